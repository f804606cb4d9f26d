/** Protects lists that are compressed once for many users: any inflater reads exactly the bytes of the one who asked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { GappedGzip } from '../../../../src/lib/deflate/gapped-gzip.ts';
import { GappedText, gapBytes, type Gap } from '../../../../src/lib/deflate/gapped-text.ts';

const GAP_LENGTH = 22;
const FILLINGS = 5;

/** The parts with gaps between them: as many gaps as `order` has fillings. */
function textOf(parts: readonly string[], order: readonly number[]): GappedText {
  const pieces: Uint8Array[] = [];
  const gaps: Gap[] = [];
  let at = 0;
  const add = (bytes: Uint8Array): void => {
    pieces.push(bytes);
    at += bytes.byteLength;
  };
  order.forEach((filling, index) => {
    add(Buffer.from(parts[index % parts.length] ?? ''));
    gaps.push({ start: at, filling });
    add(gapBytes(filling, GAP_LENGTH));
  });
  add(Buffer.from(parts.at(-1) ?? ''));
  return new GappedText(Buffer.concat(pieces), gaps, GAP_LENGTH);
}

function filled(text: GappedText, tokens: readonly Uint8Array[]): Buffer {
  const copy = Buffer.from(text.bytes);
  text.fill(copy, tokens);
  return copy;
}

const token = fc
  .uint8Array({ minLength: GAP_LENGTH, maxLength: GAP_LENGTH })
  .map((bytes) => Buffer.from(Buffer.from(bytes).toString('base64url').slice(0, GAP_LENGTH)));
/** Tokens that are likely to meet what stands beside them. */
const odd = fc.constantFrom(
  'a'.repeat(22),
  '-'.repeat(22),
  'playback/aaaaaaaaaaaaa',
  'ab'.repeat(11),
);
const tokens = fc.array(
  fc.oneof(
    token,
    odd.map((text) => Buffer.from(text)),
  ),
  {
    minLength: FILLINGS,
    maxLength: FILLINGS,
  },
);
const part = fc
  .array(
    fc.oneof(
      {
        weight: 6,
        arbitrary: fc.constantFrom(
          '{"name":"Sluice 🧲 TRB ⚡ 1080p","description":"',
          '","url":"https://sluice.example/playback/',
          '/6b01d1a4a4d2b3d2a5e9f5c1d2e3f4a5b6c7d8e9/Sintel.2010.1080p.mkv",',
          '"behaviorHints":{"bingeGroup":"sluice|TRB|1080p|WEB-DL"}}',
          'a'.repeat(40),
          '🎬',
        ),
      },
      { weight: 2, arbitrary: fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)) },
    ),
    { minLength: 1, maxLength: 7 },
  )
  .map((pieces) => pieces.join(''));

const TEXTS = 2500;
const FILLED_EACH = 40;

test('100,000 copies of 2,500 texts inflate to the identical bytes, and few are not to be had', () => {
  let filledCount = 0;
  let refused = 0;
  fc.assert(
    fc.property(
      fc.array(part, { minLength: 1, maxLength: 6 }),
      fc.array(fc.nat(FILLINGS - 1), { minLength: 1, maxLength: 30 }),
      fc.array(tokens, { minLength: FILLED_EACH, maxLength: FILLED_EACH }),
      (parts, order, users) => {
        const text = textOf(parts, order);
        const gzip = GappedGzip.of(text);
        if (gzip === null) refused++;
        for (const own of users) {
          const copy = filled(text, own);
          const packed = gzip?.fill(copy, own);
          filledCount++;
          if (packed !== undefined) assert.deepEqual(gunzipSync(packed), copy);
        }
      },
    ),
    { numRuns: TEXTS },
  );
  assert.equal(filledCount, TEXTS * FILLED_EACH);
  assert.ok(refused < TEXTS / 20, `${refused} texts have no compressed form`);
});

test('gaps further apart than a repetition reaches are stored again', () => {
  const far = Array.from({ length: 4000 }, (_, at) => `"${(at * 2_654_435_761) % 1e9}"`).join(',');
  assert.ok(far.length > 40_000);
  const text = textOf([far, 'x'], [0, 1, 0, 0, 1]);
  const gzip = GappedGzip.of(text);
  assert.ok(gzip);
  const own = [Buffer.from('a'.repeat(22)), Buffer.from('b'.repeat(22))];
  const copy = filled(text, own);
  assert.deepEqual(gunzipSync(gzip.fill(copy, own)), copy);
});

test('a text without gaps is compressed like any other', () => {
  const text = new GappedText(Buffer.from('{"streams":[]}'.repeat(20)), [], GAP_LENGTH);
  const gzip = GappedGzip.of(text);
  assert.deepEqual(gzip === null ? null : gunzipSync(gzip.fill(text.bytes, [])), text.bytes);
});

test('a gap that would be repeated by other text is refused', () => {
  // Not `gapBytes`: what stands in the gap stands beside it, too, and zlib repeats the gap for it.
  const gaps = [{ start: 3, filling: 0 }];
  const text = Buffer.from(`abc${'x'.repeat(22)}def${'x'.repeat(40)}`);
  assert.equal(GappedGzip.of(new GappedText(text, gaps, GAP_LENGTH)), null);
});
