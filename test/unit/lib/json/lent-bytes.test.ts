/** Protects bodies in buffers that are used again: lent bytes stay as they are until they are recycled, and only then. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ByteWriter } from '../../../../src/lib/json/byte-writer.ts';
import { recycle } from '../../../../src/lib/json/lent-bytes.ts';

function write(writer: ByteWriter, text: string): Buffer {
  writer.raw(Buffer.from(text));
  return writer.lend();
}

test('a lent body stays as it is while others are written; once recycled, its buffer is used again', () => {
  const writer = new ByteWriter(4, 64);
  const first = write(writer, 'the first body');
  const second = write(writer, 'second');
  assert.equal(writer.at, 0);
  assert.deepEqual([first.toString(), second.toString()], ['the first body', 'second']);
  recycle(first);
  const third = write(writer, 'a body in the buffer of the second or first');
  const fourth = write(writer, 'fourth');
  assert.deepEqual(
    [second.toString(), third.toString()],
    ['second', 'a body in the buffer of the second or first'],
  );
  assert.equal(fourth.buffer, first.buffer, 'used again');
});

test('a buffer that grew too large is not kept, and the next one is small again', () => {
  const writer = new ByteWriter(4, 64);
  const large = write(writer, 'x'.repeat(65));
  recycle(large);
  const buffers = Array.from({ length: 4 }, () => write(writer, 'x').buffer);
  assert.ok(!buffers.includes(large.buffer));
  assert.deepEqual(
    buffers.map(({ byteLength }) => byteLength),
    [4, 4, 4, 4],
  );
});

test('bytes that were never lent, a part of lent ones and finished ones are left alone', () => {
  const writer = new ByteWriter(4, 64);
  const lent = write(writer, 'lent');
  writer.raw(Buffer.from('finished'));
  const finished = writer.finish();
  for (const bytes of [Buffer.from('other'), Buffer.alloc(64), finished, lent.subarray(0, 2)])
    recycle(bytes);
  const later = Array.from({ length: 4 }, () => write(writer, 'later'));
  assert.deepEqual([lent.toString(), finished.toString()], ['lent', 'finished']);
  assert.ok(later.every(({ buffer }) => buffer !== lent.buffer && buffer !== finished.buffer));
});

test('of many that never come back the oldest are forgotten: recycled late, their buffer stays unused', () => {
  const writer = new ByteWriter(4, 64);
  const [first, ...others] = Array.from({ length: 200 }, () => write(writer, 'x'));
  assert.ok(first);
  recycle(first);
  // The first of two is written in the buffer that the writer had already.
  const waiting = write(writer, 'x');
  const next = write(writer, 'y');
  assert.ok([waiting, next].every(({ buffer }) => buffer !== first.buffer));
  const last = others.at(-1);
  assert.ok(last);
  recycle(last);
  write(writer, 'x');
  assert.equal(write(writer, 'y').buffer, last.buffer);
});

test('whatever is written, recycled, and recycled again after its buffer was lent to others: all keep their own bytes', () => {
  const step = fc.oneof(
    fc.record({ write: fc.string({ unit: 'grapheme-ascii', maxLength: 100 }) }),
    fc.record({ recycle: fc.nat(30) }),
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const writer = new ByteWriter(8, 64);
      const lent: { bytes: Buffer; text: string; isOut: boolean }[] = [];
      for (const one of steps) {
        if ('write' in one) {
          lent.push({ bytes: write(writer, one.write), text: one.write, isOut: true });
          continue;
        }
        const body = lent[one.recycle % Math.max(1, lent.length)];
        if (body === undefined) continue;
        recycle(body.bytes);
        body.isOut = false;
      }
      for (const { bytes, text, isOut } of lent) if (isOut) assert.equal(bytes.toString(), text);
    }),
  );
});
