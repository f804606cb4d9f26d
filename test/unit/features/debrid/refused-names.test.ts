import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { contentsOf } from '../../../../src/features/debrid/contents-of-set.ts';
import { refusedByName } from '../../../../src/features/debrid/refused-names.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';

test('Real-Debrid refuses by words of names; other services do not', () => {
  const names = [
    'Film.2020.1080p.WEBRip.x265-GROUP',
    'Film.2020.1080p.BluRay.x264-GROUP',
    'Film.2020.1080p.BluRay.x265-GROUP',
    'Film.2020.2160p.WEB-DL.H.265-GROUP',
    'Show.S01E01.720p.WEB.h264-GROUP',
  ];
  const [fixture] = fixtureRows(1);
  assert.ok(fixture !== undefined);
  const rows = names.map((name, index) => ({
    ...fixture,
    streamId: index + 1,
    name,
    filename: '',
    infohash: Buffer.alloc(20, index + 1),
  }));
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set !== null);
  const { torrents } = contentsOf(set);
  const byName = new Map(
    torrents.names().map((name, place) => [name, refusedByName('realdebrid', torrents)[place]]),
  );
  const refused = names.filter((name) => byName.get(`${name} `.toLowerCase()) === true);
  assert.deepEqual(refused, [names[0], names[1], names[4]]);
  assert.deepEqual(refusedByName('alldebrid', torrents), []);
});
