/** Protects what is read of other add-ons' rows: every recorded shape, and that errors, pages and personal links are left out. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  releaseOfRow,
  releasesOfRows,
} from '../../../../src/features/sources/providers/addon-rows.ts';
import type { JsonObject } from '../../../../src/lib/json/json-value.ts';

const SHAPES = '../shared/data/stremio/stream-shapes.jsonl';
const ORIGIN = { name: 'Some add-on', base: 'https://addon.example/settings' };
const SINTEL = '08ada5a7a6183aae1e09d831df6748d566095a10';

interface Shape {
  readonly addon: string;
  readonly case: string;
  readonly stream: JsonObject;
  readonly expected: {
    readonly hash?: string;
    readonly ttitle?: string;
    readonly seeders?: number;
    readonly result: { readonly site: string; readonly size: string };
    readonly file: { readonly idx: number; readonly name?: string };
  };
}

const gigabytes = (text: string) => Number.parseFloat(text) * (text.endsWith('MB') ? 2 ** -10 : 1);

test(
  'every recorded shape',
  { skip: existsSync(SHAPES) ? false : `${SHAPES} is not there` },
  async () => {
    const lines = (await readFile(SHAPES, 'utf8')).trim().split('\n');
    let torrents = 0;
    for (const line of lines) {
      const { stream, expected, addon } = JSON.parse(line) as Shape;
      const release = releaseOfRow(stream, ORIGIN);
      if (expected.hash === undefined) {
        assert.equal(release, null, `a link of somebody's account: ${line}`);
        continue;
      }
      torrents++;
      assert.ok(release !== null, line);
      assert.equal(release.kind, 'torrent');
      assert.equal(release.infohash, expected.hash);
      assert.equal(release.locator, '');
      assert.equal(release.origin, expected.result.site);
      assert.equal(release.name, expected.ttitle ?? expected.file.name);
      // The text's own count where the record has none: `👤 1` of Peerflix, `👤0` of Orion.
      const stated = /👤\s*(\d+)/u.exec(String(stream['title'] ?? ''))?.[1];
      assert.equal(release.seeders, expected.seeders ?? Number(stated ?? -1), line);
      if (addon !== 'orion')
        assert.equal(release.fileIndex, stream['fileIdx'] ?? expected.file.idx);
      if (expected.file.name !== undefined) assert.equal(release.filename, expected.file.name);
      const statedGb = gigabytes(expected.result.size);
      const isPack = release.sizeBytes === 0;
      const bytes = isPack ? release.fileSizeBytes : release.sizeBytes;
      assert.ok(Math.abs(bytes / 2 ** 30 - statedGb) < 0.02, `${bytes} of ${expected.result.size}`);
    }
    assert.deepEqual([lines.length, torrents], [15, 13]);
  },
);

const base = { name: 'Some', title: 'Sintel.2010.720p\n👤 3 💾 1 GB ⚙️ Site' };

test('torrents: hashes of every form, trackers that are public, sizes of packs', () => {
  const of = (row: JsonObject) => releaseOfRow({ ...base, ...row }, ORIGIN);
  assert.equal(of({ infoHash: SINTEL.toUpperCase() })?.infohash, SINTEL);
  assert.equal(of({ infoHash: ` ${SINTEL} ` })?.infohash, SINTEL);
  assert.equal(of({ infoHash: 'BCW2LJ5GDANK4HQJ2AY566IA2VTASWQQ' })?.infohash?.length, 40);
  assert.deepEqual(
    of({
      infoHash: SINTEL,
      sources: [
        'tracker:udp://one.example:80',
        `dht:${SINTEL}`,
        7,
        'tracker:https://two.example/a?passkey=canary',
      ],
    })?.trackers,
    ['udp://one.example:80'],
  );
  const pack = of({
    infoHash: SINTEL,
    title: 'Show.S01.1080p\nShow.S01E02.mkv\n👤 3 💾 1 GB ⚙️ Site',
  });
  assert.deepEqual(
    [pack?.filename, pack?.fileSizeBytes, pack?.sizeBytes],
    ['Show.S01E02.mkv', 2 ** 30, 0],
  );
  const odd = of({ infoHash: SINTEL, fileIdx: 70_000, behaviorHints: { videoSize: -3 } });
  assert.deepEqual([odd?.fileIndex, odd?.fileSizeBytes], [-1, 2 ** 30]);
  assert.equal(of({ infoHash: SINTEL })?.isVouchedFor, true);
});

test('an address gives its hash, file and name, and never itself', () => {
  const settings = 'a'.repeat(40);
  const origin = { name: 'Some', base: `https://addon.example/${settings}` };
  const row = (url: string) => releaseOfRow({ ...base, url }, origin);
  const resolved = row(
    `https://addon.example/${settings}/playback/${SINTEL}/0/4/n/n/Sintel%20%5B1%5D.mkv?k=v`,
  );
  assert.deepEqual(
    [resolved?.infohash, resolved?.fileIndex, resolved?.filename, resolved?.locator],
    [SINTEL, 4, 'Sintel [1].mkv', ''],
  );
  assert.equal(row(`https://addon.example/${settings}/no-hash/video.mp4`), null);
});

test('videos of nobody are kept, all others are not', () => {
  const kept = 'https://video.example/big_buck_bunny.mp4';
  const video = releaseOfRow({ ...base, url: kept }, ORIGIN);
  assert.deepEqual([video?.kind, video?.locator, video?.infohash], ['http', kept, null]);
  const refused: readonly JsonObject[] = [
    { url: 'https://addon.example/videos/failed_access.mp4' },
    { url: 'https://video.example/a.mp4?token=canary' },
    { url: 'https://user:canary@video.example/a.mp4' },
    { url: 'https://video.example/d/ABCDEFGHIJ1234567890abcd/a.mp4' },
    { url: 'https://video.example/watch' },
    { url: 'ftp://video.example/a.mp4' },
    { url: 'javascript:alert(1)' },
    { url: kept, behaviorHints: { proxyHeaders: { request: { Referer: 'x' } } } },
    { url: kept, name: '⚠️ Some' },
    { url: kept, title: '❌ your subscription has ended' },
    { externalUrl: 'https://addon.example/configure' },
    { ytId: 'm3BKVSpP80s' },
    { infoHash: 'nonsense' },
    {},
  ];
  for (const row of refused)
    assert.equal(releaseOfRow({ ...base, ...row }, ORIGIN), null, JSON.stringify(row));
});

test('one bad row never loses the others', () => {
  const rows = [{ infoHash: 7 }, { ...base, infoHash: SINTEL }, { title: ['x'], infoHash: SINTEL }];
  assert.equal(releasesOfRows(rows as unknown as readonly JsonObject[], ORIGIN).length, 1);
});

test('any row is read or left out, and what is read is one line', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom(
      '👤',
      '💾 1,5 GB',
      '⚙️',
      '\n',
      '🌐 \n',
      '📂 a.mkv\n',
      `${SINTEL}/null/99999999/`,
    ),
  );
  const joined = fc.array(text, { maxLength: 12 }).map((parts) => parts.join(''));
  const row = fc.record(
    {
      name: joined,
      title: joined,
      description: joined,
      url: joined.map((tail) => `https://addon.example/${tail}`),
      infoHash: fc.constantFrom(SINTEL, '', 'x'),
      fileIdx: fc.oneof(fc.integer(), fc.double(), joined),
      behaviorHints: fc.oneof(fc.record({ filename: joined, videoSize: fc.double() }), joined),
      sources: fc.array(joined),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(row, (value) => {
      const release = releaseOfRow(value as unknown as JsonObject, ORIGIN);
      if (release === null) return;
      for (const line of [release.name, release.origin, release.filename])
        assert.doesNotMatch(line, /[\p{Cc}\p{Zl}\p{Zp}]/u);
      assert.ok(release.name !== '' && release.name.length <= 500);
      assert.ok(Number.isSafeInteger(release.sizeBytes) && release.sizeBytes >= 0);
      assert.ok(Number.isSafeInteger(release.seeders) && release.seeders >= -1);
      assert.ok(release.fileIndex >= -1 && release.fileIndex <= 65_535);
    }),
  );
});
