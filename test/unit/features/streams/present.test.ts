/** Protects the bodies of `/stream`: the bytes say exactly what the plain objects say, for any content. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainPresent } from '../../../../native-bench/fixtures/plain-present.ts';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { StreamPresenter } from '../../../../src/features/streams/present.ts';
import { decodeStreamSet } from '../../../../src/lib/stream-set/decode.ts';
import { encodeStreamSet } from '../../../../src/lib/stream-set/encode.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import type { Stream } from '../../../../src/lib/stremio/types.ts';
import { AUDIO_FORMATS, STREAM_KINDS, maskOf } from '../../../../src/lib/vocabulary.ts';
import { rowArbitrary } from '../../lib/stream-set/arbitraries.ts';

const presenter = new StreamPresenter({ addonName: 'Sluice', rowBytesMax: 1_000_000 });

function setOf(rows: readonly StreamRow[]) {
  const set = decodeStreamSet(encodeStreamSet(FIXTURE_MEDIA, rows));
  assert.ok(set);
  return set;
}

function present(rows: readonly StreamRow[], by = presenter): readonly Stream[] {
  const all = Uint32Array.from(rows.keys());
  const body = by.present(setOf(rows), all, rows.length);
  const parsed: { readonly streams: readonly Stream[] } = JSON.parse(body.toString());
  return parsed.streams;
}

function row(changes: Partial<StreamRow>): StreamRow {
  const bare: StreamRow = {
    streamId: 1,
    kind: 0,
    resolution: 0,
    quality: 0,
    codec: 0,
    hdrMask: 0,
    audioMask: 0,
    channelsMask: 0,
    flagsMask: 0,
    languagesLow: 0,
    languagesHigh: 0,
    subtitleLanguagesLow: 0,
    subtitleLanguagesHigh: 0,
    bitDepth: 0,
    fileSizeBytes: 0,
    totalSizeBytes: 0,
    seeders: -1,
    addedAtS: 0,
    fileIndex: -1,
    infohash: new Uint8Array(20).fill(0xab),
    name: '',
    filename: '',
    locator: '',
    source: '',
    releaseGroup: '',
    uploader: '',
    trackers: '',
  };
  return { ...bare, ...changes };
}

function only(changes: Partial<StreamRow>): Stream {
  const [stream] = present([row(changes)]);
  assert.ok(stream);
  return stream;
}

test('bytes equal the plain objects for random rows, whatever is in their strings', () => {
  fc.assert(
    fc.property(fc.array(rowArbitrary, { maxLength: 8 }), (rows) => {
      const set = setOf(rows);
      const all = Uint32Array.from(rows.keys());
      const expected = JSON.stringify({ streams: plainPresent(set, all, rows.length, 'Sluice') });
      assert.equal(presenter.present(set, all, rows.length).toString(), expected);
    }),
    { numRuns: 500 },
  );
});

test('bytes equal the plain objects for the fixed rows', () => {
  const set = setOf(fixtureRows(200));
  const all = Uint32Array.from({ length: 200 }, (_, at) => 199 - at);
  const body: unknown = JSON.parse(presenter.present(set, all, 200).toString());
  assert.deepEqual(body, { streams: plainPresent(set, all, 200, 'Sluice') });
});

test('a torrent in full', () => {
  const stream = only({
    resolution: 3,
    quality: 4,
    codec: 1,
    hdrMask: 5,
    audioMask: maskOf(AUDIO_FORMATS, ['Atmos', 'TrueHD']),
    channelsMask: 8,
    languagesLow: 0b101,
    fileSizeBytes: 4.19 * 2 ** 30,
    totalSizeBytes: 33.48 * 2 ** 30,
    seeders: 120,
    fileIndex: 3,
    name: 'Show.S01',
    filename: 'Show.S01E02.mkv',
    source: 'demo',
    uploader: 'captain',
    releaseGroup: 'NTb',
    trackers: 'udp://a:1\nudp://b:2/announce',
  });
  const hash = 'ab'.repeat(20);
  assert.deepEqual(stream, {
    name: 'Sluice 🧲 1080p',
    description:
      '🎨 DV|HDR 📺 WEB-DL 🎞️ hevc 🎵 Atmos|TrueHD 🔊 5.1\n📦 4.19 GB / 33.48 GB 👤 120\n' +
      '🌐 English + Hindi\n🔗 demo | 🧑‍💻 captain',
    infoHash: hash,
    fileIdx: 3,
    sources: ['tracker:udp://a:1', 'tracker:udp://b:2/announce', `dht:${hash}`],
    behaviorHints: {
      bingeGroup: 'sluice|torrent|1080p|WEB-DL|hevc|DV|HDR|NTb',
      videoSize: Math.trunc(4.19 * 2 ** 30),
      filename: 'Show.S01E02.mkv',
    },
  });
});

test('a torrent of which only the title is known shows its title', () => {
  assert.deepEqual(only({ name: 'Big "Buck" Bunny' }), {
    name: 'Sluice 🧲',
    description: '📄 Big "Buck" Bunny',
    infoHash: 'ab'.repeat(20),
    sources: [`dht:${'ab'.repeat(20)}`],
    behaviorHints: { bingeGroup: 'sluice|torrent|unknown', filename: 'Big "Buck" Bunny' },
  });
});

test('a stream without any name has no filename hint: an empty one is no file', () => {
  assert.deepEqual(only({}).behaviorHints, { bingeGroup: 'sluice|torrent|unknown' });
  assert.deepEqual(only({ fileSizeBytes: 7 }).behaviorHints, {
    bingeGroup: 'sluice|torrent|unknown',
    videoSize: 7,
  });
});

test('links: web ready is MP4 over HTTPS and nothing else', () => {
  const http = STREAM_KINDS.indexOf('http');
  const hints = (locator: string) => only({ kind: http, locator }).behaviorHints?.notWebReady;
  assert.equal(only({ kind: http, locator: 'https://a/b.mp4' }).url, 'https://a/b.mp4');
  for (const ready of ['https://a/b.mp4', 'HTTPS://a/b.MP4', 'https://a/b.mp4?token=1']) {
    assert.equal(hints(ready), undefined, ready);
  }
  for (const not of [
    'http://a/b.mp4',
    'https://a/b.mkv',
    'https://a/b?f=c.mp4',
    'https://a/b.mp4.part',
  ]) {
    assert.equal(hints(not), true, not);
  }
});

test('YouTube and external links go to their fields; kinds that Stremio cannot play alone are left out', () => {
  const kinds = present(STREAM_KINDS.map((_, kind) => row({ kind, locator: 'x' })));
  const targets = kinds.map(({ infoHash, url, ytId, externalUrl }) => [
    infoHash?.length,
    url,
    ytId,
    externalUrl,
  ]);
  const none = undefined;
  assert.deepEqual(targets, [
    [40, none, none, none],
    [none, 'x', none, none],
    [none, none, 'x', none],
    [none, none, none, 'x'],
  ]);
});

test('the binge group is the same over the episodes of one release', () => {
  const episode = (number: number, changes: Partial<StreamRow> = {}) =>
    only({
      name: `Show.S01E0${number}`,
      filename: `Show.S01E0${number}.mkv`,
      fileSizeBytes: 1000 + number,
      seeders: number,
      resolution: 3,
      quality: 4,
      codec: 2,
      releaseGroup: 'NTb',
      ...changes,
    }).behaviorHints?.bingeGroup;
  assert.equal(episode(1), episode(2));
  assert.notEqual(episode(1), episode(2, { releaseGroup: 'FLUX' }));
  assert.notEqual(episode(1), episode(2, { resolution: 1 }));
});

test('sizes are 1024-based with two decimals and never read "1024.00"', () => {
  const shown = (fileSizeBytes: number) =>
    only({ fileSizeBytes, name: 'x' }).description.split('📦 ')[1];
  assert.equal(shown(512), '512 B');
  assert.equal(shown(1024), '1.00 KB');
  assert.equal(shown(2 ** 30 - 1), '1.00 GB');
  assert.equal(shown(700 * 2 ** 20), '700.00 MB');
  assert.equal(shown(Number.MAX_SAFE_INTEGER), '8.00 PB');
});

test('an addon name is escaped in names and becomes a slug in binge groups', () => {
  const named = new StreamPresenter({ addonName: 'My "Own" Sluice', rowBytesMax: 1_000_000 });
  const [stream] = present([row({ resolution: 3 })], named);
  assert.equal(stream?.name, 'My "Own" Sluice 🧲 1080p');
  assert.equal(stream?.behaviorHints?.bingeGroup, 'my-"own"-sluice|torrent|1080p');
});

test('codes of a newer vocabulary are left out, never shown wrong', () => {
  const stream = only({
    resolution: 99,
    quality: 200,
    codec: 201,
    hdrMask: 0xe0,
    channelsMask: 0xc0,
    name: 'x',
  });
  assert.equal(stream.name, 'Sluice 🧲');
  assert.equal(stream.description, '📄 x');
  assert.equal(stream.behaviorHints?.bingeGroup, 'sluice|torrent|unknown');
});
