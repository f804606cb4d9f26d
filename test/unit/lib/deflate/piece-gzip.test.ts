/** Protects lists that are compressed from known pieces: any inflater reads exactly the bytes that went in. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { LIST_CODE_LENGTHS } from '../../../../src/lib/deflate/list-code.ts';
import { LIST_CODE, PieceGzip } from '../../../../src/lib/deflate/piece-gzip.ts';
import { PieceTable } from '../../../../src/lib/deflate/piece-table.ts';

const FRAME = { before: Buffer.from('{"streams":['), between: 0x2c, after: Buffer.from(']}') };

/** A body of these parts, as the presenter joins them, and what became of it. */
function compressed(
  parts: readonly Buffer[],
  order: readonly number[],
  gzip = new PieceGzip(FRAME),
): { body: Buffer; packed: Buffer } {
  const text = Buffer.concat(parts);
  const table = new PieceTable(LIST_CODE);
  let at = 0;
  const cut = parts.map((part) => {
    const pieces = table.cut(text, at, at + part.byteLength);
    at += part.byteLength;
    assert.ok(pieces);
    return pieces;
  });
  const chosen = order.map((part) => parts[part] ?? Buffer.alloc(0));
  const body = Buffer.concat([
    FRAME.before,
    ...chosen.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from(','), part])),
    FRAME.after,
  ]);
  const packed = gzip.compress({
    bytes: body,
    table,
    parts: order.map((part) => cut[part] ?? new Uint16Array(0)),
  });
  return { body, packed };
}

/** Bytes of every kind, with what makes the cutter decide: quotes, keys, numbers, addresses, hashes, escapes. */
const fragment = fc.oneof(
  fc.constantFrom(
    '{"name":"',
    '","description":"',
    '","infoHash":"',
    '"],"behaviorHints":{',
    ',"videoSize":',
    '"tracker:',
  ),
  fc.constantFrom('://', '\\n', '\\"', '"', ':', ' '),
  fc.constantFrom(
    'udp://tracker.example.org:1337/announce',
    'a'.repeat(40),
    'Lantern.Harbour.2021',
    '🧲 1080p',
    '4.19 GB',
    '29',
  ),
  fc.string({ unit: 'binary', maxLength: 12 }),
);
const part = fc
  .array(fragment, { minLength: 1, maxLength: 14 })
  .map((fragments) => Buffer.from(fragments.join('')));

test('100,000 random lists inflate to the identical bytes', () => {
  const gzip = new PieceGzip(FRAME);
  const cases = fc.tuple(
    fc.array(part, { minLength: 1, maxLength: 6 }),
    fc.array(fc.nat(5), { minLength: 1, maxLength: 8 }),
  );
  fc.assert(
    fc.property(cases, ([parts, wanted]) => {
      const { body, packed } = compressed(
        parts.filter(({ byteLength }) => byteLength > 0).length === parts.length
          ? parts
          : [Buffer.from('x')],
        wanted.map((index) => index % parts.length),
        gzip,
      );
      assert.deepEqual(gunzipSync(packed), body);
    }),
    { numRuns: 100_000 },
  );
});

test('repetitions reach back 32,768 bytes and no further', () => {
  const near = Buffer.from(`"${'near '.repeat(3)}lantern harbour of the silent city"`);
  for (const between of [32_000, 32_700, 32_760, 33_000, 60_000]) {
    const filler = Buffer.from(
      Array.from({ length: between }, (_, at) => 0x61 + ((at * 7919 + (at >> 3) * 31) % 26)),
    );
    const { body, packed } = compressed([near, filler], [0, 1, 0]);
    assert.deepEqual(gunzipSync(packed), body, `${between} bytes between`);
  }
});

test('a repetition may be longer than one symbol of DEFLATE can say', () => {
  for (const length of [4, 257, 258, 259, 260, 261, 262, 516, 517, 518, 519, 5000]) {
    const { body, packed } = compressed([Buffer.from(`q${'e'.repeat(length - 1)}`)], [0, 0]);
    assert.deepEqual(gunzipSync(packed), body, `${length} bytes`);
    if (length > 200) assert.ok(packed.byteLength < body.byteLength * 0.9);
  }
});

test('the code is complete: every symbol has bits, and no bits are left over', () => {
  for (const lengths of [LIST_CODE_LENGTHS.literals, LIST_CODE_LENGTHS.distances]) {
    assert.ok(lengths.every((length) => length >= 1 && length <= 12));
    assert.equal(
      lengths.reduce((sum, length) => sum + 2 ** -length, 0),
      1,
    );
  }
  assert.equal(LIST_CODE_LENGTHS.literals.length, 286);
  assert.equal(LIST_CODE_LENGTHS.distances.length, 30);
});

test('a table that is full takes no more and stays as it was', () => {
  const table = new PieceTable(LIST_CODE);
  const words = Buffer.from(
    `"${Array.from({ length: 65_600 }, (_, index) => index.toString(36)).join(' ')}"`,
  );
  assert.equal(table.cut(words, 0, words.byteLength), null);
  assert.equal(table.count, 0);
  assert.ok(table.cut(words, 0, 100));
});
