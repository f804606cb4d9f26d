/** Protects the cache of posters: what is read back is what was written, everything else is a miss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  POSTER_CACHE,
  posterKey,
  type PosterImage,
} from '../../../../src/features/posters/store.ts';

const { codec } = POSTER_CACHE;
const signal = new AbortController().signal;
const starts = {
  jpeg: [0xff, 0xd8, 0xff],
  webp: Buffer.from('RIFF\0\0\0\0WEBP'),
  avif: Buffer.from('\0\0\0\x1cftypavif'),
};

test('posters of every format come back as they were, in memory of their own length', async () => {
  for (const format of ['jpeg', 'webp', 'avif'] as const) {
    for (const isMakeshift of [false, true]) {
      const image: PosterImage = {
        format,
        isMakeshift,
        bytes: Uint8Array.from([...starts[format], 1, 2, 3]),
      };
      assert.deepEqual(await codec.decode(await codec.encode(image), signal), image);
      assert.ok(codec.sizeBytes(image) >= image.bytes.byteLength);
    }
  }
});

test('other bytes are a miss: truncated, of another version, of another format, anything', async () => {
  const bytes = Uint8Array.from([...starts.jpeg, 1]);
  const blob = await codec.encode({ format: 'jpeg', isMakeshift: false, bytes });
  for (let length = 0; length < 7; length++)
    assert.equal(await codec.decode(blob.subarray(0, length), signal), null);
  for (const [at, byte] of [
    [0, 0],
    [1, 99],
    [2, 1],
    [2, 9],
    [3, 2],
  ] as const) {
    const changed = Uint8Array.from(blob);
    changed[at] = byte;
    assert.equal(await codec.decode(changed, signal), null);
  }
  await fc.assert(
    fc.asyncProperty(fc.uint8Array({ maxLength: 40 }), async (noise) => {
      assert.equal(await codec.decode(noise, signal), null);
    }),
  );
});

test('a makeshift is fresh for two minutes, a poster for as long as the cache says', () => {
  const image = { format: 'jpeg', bytes: new Uint8Array(3) } as const;
  assert.equal(codec.freshForMs?.({ ...image, isMakeshift: true }), 120_000);
  assert.equal(codec.freshForMs?.({ ...image, isMakeshift: false }), undefined);
});

test('keys differ by type, id, format and badge', () => {
  const id = { type: 'movie', provider: 'tmdb', id: 'tmdb:603' } as const;
  const keys = [
    posterKey(id, 'jpeg', true),
    posterKey(id, 'jpeg', false),
    posterKey(id, 'webp', true),
    posterKey({ ...id, type: 'series' }, 'jpeg', true),
    posterKey({ ...id, id: 'tmdb:604' }, 'jpeg', true),
  ];
  assert.equal(new Set(keys).size, keys.length);
});
