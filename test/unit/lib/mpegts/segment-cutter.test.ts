/** A transport stream in pieces of any size is cut into the same segments, each with its tables first. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { SegmentCutter, UncuttableStream } from '../../../../src/lib/mpegts/segment-cutter.ts';

const PACKET = 188;
const MAP_PID = 0x1000;
const VIDEO_PID = 0x100;

function packet(pid: number, write: (bytes: Buffer) => void = () => undefined): Buffer {
  const bytes = Buffer.alloc(PACKET, 0xff);
  bytes.set([0x47, 0x40 | (pid >> 8), pid & 0xff, 0x10]);
  write(bytes);
  return bytes;
}

/** Names one programme. */
const LIST = packet(0, (bytes) => {
  bytes.set([0, 0, 0xb0, 13, 0, 1, 0xc1, 0, 0, 0, 1, 0xe0 | (MAP_PID >> 8), MAP_PID & 0xff], 4);
});
const MAP = packet(MAP_PID);

/** A picture at `ms`; one that needs no other is an entry. */
function picture(ms: number, isEntry: boolean): Buffer {
  const ticks = ms * 90;
  return packet(VIDEO_PID, (bytes) => {
    bytes.set([0x30, 7, isEntry ? 0x50 : 0x10], 3);
    bytes.writeUInt32BE(Math.floor(ticks / 2), 6);
    bytes[10] = (ticks % 2) << 7;
  });
}

/** An entry each second, a picture each 100 ms. */
function stream(seconds: number): Buffer {
  const packets = [picture(0, false), LIST, MAP];
  for (let ms = 0; ms < seconds * 1000; ms += 100) packets.push(picture(ms, ms % 1000 === 0));
  return Buffer.concat(packets);
}

const open = () => new SegmentCutter({ targetMs: 4000, bytesMax: 1_000_000 });

test('pieces of any size give the same segments, cut at the first entry after the target', () => {
  const whole = stream(10);
  const expected = open();
  const once = [...expected.push(whole), expected.end()];
  assert.deepEqual(
    once.map((segment) => segment?.durationMs),
    [4000, 4000, 1900],
  );
  for (const segment of once) {
    assert.deepEqual(segment?.bytes.subarray(0, PACKET), LIST);
    assert.deepEqual(segment?.bytes.subarray(PACKET, 2 * PACKET), MAP);
  }
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1 }), (sizes) => {
      const cutter = open();
      const cut = [];
      for (let at = 0, nth = 0; at < whole.length; nth += 1) {
        const size = sizes[nth % sizes.length] ?? 1;
        cut.push(...cutter.push(whole.subarray(at, at + size)));
        at += size;
      }
      assert.deepEqual([...cut, cutter.end()], once);
    }),
    { numRuns: 50 },
  );
});

test('what is no transport stream, or has no entry within a segment, is refused; nothing is nothing', () => {
  assert.throws(() => open().push(Buffer.from('x'.repeat(1000))), UncuttableStream);
  const small = new SegmentCutter({ targetMs: 4000, bytesMax: 20 * PACKET });
  assert.throws(() => small.push(stream(10)), UncuttableStream);
  assert.equal(open().end(), null);
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 5000 }), (bytes) => {
      try {
        open().push(Buffer.from(bytes));
      } catch (error) {
        assert.ok(error instanceof UncuttableStream);
      }
    }),
  );
});
