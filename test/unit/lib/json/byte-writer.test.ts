/** Protects the hand-written JSON: every string and number reads back as what was meant. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter, jsonBytes } from '../../../../src/lib/json/byte-writer.ts';

const QUOTE = Buffer.from('"');

test('any string, escaped byte by byte, parses back', () => {
  const writer = new ByteWriter(1, 64);
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (drawn) => {
      const text = Buffer.from(`${drawn}\u0000\u001f"\\/\b\f\n\r\t\u007f\u2028🧲`);
      writer.raw(QUOTE);
      writer.escaped(text, 0, text.byteLength);
      writer.raw(QUOTE);
      const body = writer.finish().toString();
      assert.equal(body, JSON.stringify(text.toString()));
    }),
    { numRuns: 500 },
  );
});

test('constants are escaped like everything else', () => {
  assert.equal(jsonBytes('a"b\n🎨').toString(), 'a\\"b\\n🎨');
});

test('whole numbers up to 2^53 and hundredths are written as JavaScript writes them', () => {
  const writer = new ByteWriter(8, 1024);
  const number = fc.oneof(
    fc.maxSafeNat(),
    fc.nat(2000),
    fc.constantFrom(0, 9, 10, 999_999_999, 1e9, 1e9 + 1, 10 ** 15, Number.MAX_SAFE_INTEGER),
  );
  fc.assert(
    fc.property(number, fc.nat(150_000), (value, hundredths) => {
      writer.integer(value);
      assert.equal(writer.finish().toString(), String(value));
      writer.hundredths(hundredths);
      assert.equal(writer.finish().toString(), (hundredths / 100).toFixed(2));
    }),
    { numRuns: 2000 },
  );
});

test('hexadecimal digits, repetition and taking back', () => {
  const writer = new ByteWriter(2, 1024);
  writer.hex(Uint8Array.from([0xff, 0x00, 0x1a, 0xc4]), 1, 3);
  writer.repeat(2, 6);
  writer.at -= 1;
  assert.equal(writer.finish().toString(), '001ac41ac');
});

test('a body is a copy of its own, and a writer that grew goes back to its bound', () => {
  const writer = new ByteWriter(4, 16);
  const text = Buffer.alloc(5000, 'x');
  writer.escaped(text, 0, text.byteLength);
  const first = writer.finish();
  writer.raw(Buffer.from('second'));
  assert.equal(writer.finish().toString(), 'second');
  assert.equal(first.toString(), 'x'.repeat(5000));
  assert.equal(first.buffer.byteLength, 5000);
});
