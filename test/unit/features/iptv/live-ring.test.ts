/** The last seconds of a channel: who begins where, who is too slow, and what the others see of it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { LiveRing } from '../../../../src/features/iptv/proxy/live-ring.ts';
import { PACKET_BYTES } from '../../../../src/lib/mpegts/packets.ts';

const PICTURE_PACKETS = 400;
const PICTURE_PID = 0x100;
const PAT_PID = 0;

/** @param count written behind the header, so that packets can be told apart */
function packet(count: number, kind: 'table' | 'entry' | 'other' = 'other'): Buffer {
  const bytes = Buffer.alloc(PACKET_BYTES, 0xff);
  const pid = kind === 'table' ? PAT_PID : PICTURE_PID;
  bytes.set([0x47, pid >> 8, pid & 0xff, kind === 'entry' ? 0x30 : 0x10]);
  // Adaptation field of seven bytes: random access, and a clock.
  if (kind === 'entry') bytes.set([7, 0x50], 4);
  bytes.writeUInt32BE(count, 16);
  return bytes;
}

/** A picture each 400 packets, with its table before it. */
function channel(packets: number): Buffer {
  return Buffer.concat(
    Array.from({ length: packets }, (_, count) => {
      const place = count % PICTURE_PACKETS;
      return packet(count, place === 0 ? 'table' : place === 1 ? 'entry' : 'other');
    }),
  );
}

function countsOf(bytes: Uint8Array): number[] {
  assert.equal(bytes.byteLength % PACKET_BYTES, 0, 'whole packets');
  const view = Buffer.from(bytes);
  return Array.from({ length: view.byteLength / PACKET_BYTES }, (_, at) =>
    view.readUInt32BE(at * PACKET_BYTES + 16),
  );
}

async function rest(reader: AsyncIterable<Uint8Array>): Promise<number[]> {
  const counts: number[] = [];
  for await (const block of reader) counts.push(...countsOf(block));
  return counts;
}

test('a reader that takes nothing goes on where the newest picture begins; the others miss nothing', async () => {
  let skips = 0;
  const ring = new LiveRing({ bytesMax: 2000 * PACKET_BYTES, onSkip: () => skips++ });
  const bytes = channel(20_000);
  ring.append(bytes.subarray(0, 1000 * PACKET_BYTES));
  const stalled = ring.read();
  const first = await stalled.next();
  assert.ok(first.done !== true);
  const last = countsOf(first.value).at(-1) ?? 0;
  const quick = rest(ring.read());
  for (let at = 1000; at < 20_000; at += 500) {
    ring.append(bytes.subarray(at * PACKET_BYTES, (at + 500) * PACKET_BYTES));
    await turn();
  }
  ring.end(null);
  const seen = await quick;
  assert.deepEqual(
    seen,
    Array.from({ length: seen.length }, (_, at) => (seen[0] ?? 0) + at),
    'one after the other',
  );
  assert.equal(seen.at(-1), 19_999);
  const late = await rest(stalled);
  assert.equal(skips, 1);
  assert.ok((late[0] ?? 0) > last + 10_000, 'what it had not taken is gone');
  assert.equal((late[0] ?? 1) % PICTURE_PACKETS, 0, 'it goes on with a table');
  assert.equal(late[0], 19_600, 'of the newest picture');
  assert.equal(late.at(-1), 19_999);
});

test('who comes later begins with the table of the newest picture', async () => {
  const ring = new LiveRing({ bytesMax: 4000 * PACKET_BYTES, onSkip: () => assert.fail() });
  ring.append(channel(1500));
  ring.end(null);
  const counts = await rest(ring.read());
  assert.deepEqual([counts[0], counts.at(-1)], [1200, 1499]);
});

test('property: however it comes in, it goes out in whole packets and in order, without what is between them', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 50 }),
      fc.integer({ min: 0, max: PACKET_BYTES - 1 }),
      async (sizes, cut) => {
        const ring = new LiveRing({ bytesMax: 2 ** 24, onSkip: () => assert.fail() });
        const reader = ring.read();
        const bytes = channel(1000).subarray(cut);
        for (let at = 0, count = 0; at < bytes.byteLength; count++) {
          const size = sizes[count % sizes.length] ?? 1;
          ring.append(bytes.subarray(at, at + size));
          at += size;
        }
        ring.end(null);
        const counts = await rest(reader);
        const from = counts[0] ?? 0;
        assert.ok(from <= 801, `begins with ${from}`);
        assert.deepEqual(
          counts,
          Array.from({ length: 1000 - from }, (_, at) => from + at),
        );
      },
    ),
    { numRuns: 200 },
  );
});
