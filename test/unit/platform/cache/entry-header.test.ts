import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import { packEntry, unpackEntry } from '../../../../src/platform/cache/entry-header.ts';

const entries = fc.record(
  {
    bytes: fc.uint8Array({ maxLength: 300 }),
    freshUntilMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }).map((ms) => ms / 4),
    expiresAtMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
    negativeCount: fc.nat({ max: 255 }),
  },
  { noNullPrototype: true },
);

describe('entry header', () => {
  it('every entry survives, at any offset of a larger buffer', () => {
    fc.assert(
      fc.property(entries, fc.nat({ max: 17 }), (entry, offset) => {
        const packed = packEntry(entry);
        for (const behind of [0, 400]) {
          const chunk = Buffer.alloc(offset + packed.length + behind);
          chunk.set(packed, offset);
          const unpacked = unpackEntry(chunk.subarray(offset, offset + packed.length));
          assert.deepEqual(unpacked, entry);
          assert.equal((unpacked?.bytes.byteOffset ?? 1) % 8, 0, 'aligned for typed arrays');
          const pinnedBytes = (unpacked?.bytes.buffer.byteLength ?? Infinity) - packed.length;
          assert.ok(pinnedBytes <= packed.length / 8, `pins ${pinnedBytes} bytes of the chunk`);
        }
      }),
    );
  });

  it('a reply that came alone is not copied', () => {
    const packed = packEntry({ bytes: new Uint8Array(1000), freshUntilMs: 1, expiresAtMs: 2 });
    const chunk = Buffer.concat([Buffer.from('$1024\r\n\0'), packed, Buffer.from('\r\n')]);
    const exact = new Uint8Array(chunk).buffer;
    assert.equal(unpackEntry(new Uint8Array(exact, 8, packed.length))?.bytes.buffer, exact);
  });

  it('arbitrary bytes never throw, and another version is refused', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
        unpackEntry(bytes);
      }),
    );
    const packed = packEntry({ bytes: new Uint8Array(3), freshUntilMs: 1, expiresAtMs: 2 });
    for (const [at, value] of [
      [0, 0],
      [1, 2],
      [1, 4],
    ] as const) {
      const other = packed.slice();
      other[at] = value;
      assert.equal(unpackEntry(other), null, `byte ${at}`);
    }
    assert.equal(unpackEntry(packed.subarray(0, 23)), null);
  });

  it('an entry that was changed or cut anywhere is refused: a codec cannot see half a picture', () => {
    fc.assert(
      fc.property(entries, fc.nat(), fc.integer({ min: 1, max: 255 }), (entry, place, change) => {
        const packed = packEntry(entry);
        const at = place % packed.length;
        const changed = packed.slice();
        changed[at] = (changed[at] ?? 0) ^ change;
        assert.equal(unpackEntry(changed), null, `byte ${at} changed`);
        assert.equal(unpackEntry(packed.subarray(0, at)), null, `cut to ${at} bytes`);
      }),
    );
  });

  it('times that are no numbers are refused', () => {
    const bytes = new Uint8Array(3);
    assert.equal(unpackEntry(packEntry({ bytes, freshUntilMs: Number.NaN, expiresAtMs: 2 })), null);
    assert.equal(unpackEntry(packEntry({ bytes, freshUntilMs: 1, expiresAtMs: Infinity })), null);
  });
});
