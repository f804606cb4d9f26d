/** Playlists of encoders are read without throwing, and what is written is read back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { parsePlaylist, writePlaylist } from '../../../../src/lib/hls/playlist.ts';
import { isWholeSegment } from '../../../../src/lib/hls/segment.ts';

test('what is written for players is read back', () => {
  const segment = fc.record({
    durationMs: fc.integer({ min: 0, max: 60_000 }),
    isDiscontinuity: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(segment, { minLength: 1 }), fc.nat(), (given, first) => {
      const segments = given.map((one, at) => ({
        ...one,
        name: `s${at}.m4s`,
        sequence: first + at,
      }));
      const written = segments.map((one) => ({ ...one, isGap: false }));
      const text = writePlaylist({ mapName: 'init.mp4', segments: written, isEnded: false });
      const expected = { kind: 'media', mapName: 'init.mp4', segments, isEnded: false };
      const read = parsePlaylist(text);
      assert.ok(read?.kind === 'media');
      assert.deepEqual({ ...read, segments: [...read.segments] }, expected);
    }),
  );
});

test('any text is read or refused', () => {
  const line = fc.oneof(
    fc.string(),
    fc.constantFrom('#EXTINF:2,', '#EXT-X-MEDIA-SEQUENCE:7', '#EXT-X-MAP:URI="x"', 'a.ts', '../b'),
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      const read = parsePlaylist(['#EXTM3U', ...lines].join('\n'));
      if (read?.kind === 'media')
        for (const { name } of read.segments) assert.match(name, /^[A-Za-z\d][\w.-]*$/);
    }),
  );
});

test('encrypted segments and ranges of files are refused, lists of renditions known', () => {
  assert.equal(parsePlaylist('#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:2,\na.ts'), null);
  assert.equal(parsePlaylist('#EXTM3U\n#EXTINF:2,\n#EXT-X-BYTERANGE:9@0\na.ts'), null);
  assert.deepEqual(parsePlaylist('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nv0.m3u8'), {
    kind: 'variants',
  });
  assert.equal(parsePlaylist('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n../v0.m3u8'), null);
});

test('a segment is whole when its packets or boxes end with it', () => {
  const box = Buffer.from('\0\0\0\u000Cmoofabcd', 'latin1');
  assert.ok(isWholeSegment(Buffer.concat([box, box]), 'm4s'));
  for (let bytes = 0; bytes < box.length; bytes += 1)
    assert.ok(!isWholeSegment(box.subarray(0, bytes), 'm4s'), String(bytes));
  fc.assert(
    fc.property(fc.uint8Array(), fc.constantFrom('ts', 'm4s'), (bytes, ending) => {
      assert.equal(typeof isWholeSegment(Buffer.from(bytes), ending), 'boolean');
    }),
  );
});
