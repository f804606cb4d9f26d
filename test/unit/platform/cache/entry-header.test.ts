import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import { packEntry, unpackEntry } from '../../../../src/platform/cache/entry-header.ts';

const entries = fc.record({
  bytes: fc.uint8Array({ maxLength: 300 }),
  freshUntilMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }).map((ms) => ms / 4),
  expiresAtMs: fc.nat({ max: Number.MAX_SAFE_INTEGER }),
  negativeCount: fc.nat({ max: 255 }),
}, { noNullPrototype: true });

describe('entry header', () => {
  it('every entry survives, at any offset of a larger buffer', () => {
    fc.assert(fc.property(entries, fc.nat({ max: 9 }), (entry, offset) => {
      const packed = packEntry(entry);
      const chunk = Buffer.alloc(packed.length + 20);
      chunk.set(packed, offset);
      const unpacked = unpackEntry(chunk.subarray(offset, offset + packed.length));
      assert.deepEqual(unpacked, entry);
      assert.equal(unpacked?.bytes.byteOffset, 0, 'aligned for typed arrays');
      assert.equal(unpacked?.bytes.buffer.byteLength, entry.bytes.length, 'pins nothing of the chunk');
    }));
  });

  it('arbitrary bytes never throw, and another version is refused', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 64 }), (bytes) => {
      unpackEntry(bytes);
    }));
    const packed = packEntry({ bytes: new Uint8Array(3), freshUntilMs: 1, expiresAtMs: 2 });
    for (const [at, value] of [[0, 0], [1, 2], [4, 0x7f]] as const) {
      const other = packed.slice();
      other[at] = value;
      if (at === 4) other[5] = 0xf8;
      assert.equal(unpackEntry(other), null, `byte ${at}`);
    }
    assert.equal(unpackEntry(packed.subarray(0, 19)), null);
  });
});
