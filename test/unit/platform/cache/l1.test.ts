import assert from 'node:assert/strict';
import fc from 'fast-check';
import { describe, it } from 'node:test';
import { L1, type L1Entry, type L1Space } from '../../../../src/platform/cache/l1.ts';

function entryOf(key: string, value: string): L1Entry<string> {
  return {
    key,
    lookup: { value, tier: 'l1', stale: false },
    freshUntilMs: Infinity,
    servableUntilMs: Infinity,
    expiresAtMs: Infinity,
    negativeCount: 0,
    refreshNotBeforeMs: 0,
    refreshFailures: 0,
    sizeBytes: 0,
  };
}

function put(space: L1Space<string>, key: string, value: string, bytes: number): void {
  space.set(entryOf(key, value), bytes);
}

const read = (space: L1Space<string>, key: string) => space.get(key)?.lookup.value;

describe('L1', () => {
  it('holds all spaces under one bound and drops what was not used for longest', () => {
    const l1 = new L1({ bytesMax: 10_000, entryBytesMax: 5000 });
    const [a, b] = [l1.open<string>(), l1.open<string>()];
    put(a, 'k', 'a', 3000);
    put(b, 'k', 'b', 3000);
    assert.equal(read(a, 'k'), 'a');
    put(b, 'l', 'c', 3000);
    assert.equal(read(b, 'k'), undefined, 'the oldest unused');
    assert.equal(read(a, 'k'), 'a', 'used in between');
    assert.equal(read(b, 'l'), 'c');
    assert.ok(l1.sizeBytes <= 10_000);
  });

  it('keeps nothing with a bound of 0', () => {
    const l1 = new L1({ bytesMax: 0 });
    const space = l1.open<string>();
    put(space, 'k', 'value', 0);
    assert.equal(read(space, 'k'), undefined);
    assert.equal(l1.entries, 0);
  });

  it('refuses a value above the cap of one entry, and the replaced one is gone', () => {
    const l1 = new L1({ bytesMax: 10_000, entryBytesMax: 4000 });
    const space = l1.open<string>();
    put(space, 'k', 'small', 10);
    put(space, 'k', 'large', 4000);
    assert.equal(read(space, 'k'), undefined);
    assert.equal(l1.entries, 0);
    assert.equal(l1.sizeBytes, 0);
  });

  it('clearing one space leaves the others', () => {
    const l1 = new L1({ bytesMax: 100_000 });
    const [a, b] = [l1.open<string>(), l1.open<string>()];
    for (const key of ['1', '2', '3']) {
      put(a, key, 'a', 10);
      put(b, key, 'b', 10);
    }
    a.clear();
    assert.equal(read(a, '2'), undefined);
    assert.equal(read(b, '2'), 'b');
    assert.equal(l1.entries, 3);
  });

  it('index and LRU agree after any sequence of operations', () => {
    const step = fc.record({
      op: fc.constantFrom('set', 'get', 'delete', 'clear'),
      space: fc.nat({ max: 1 }),
      key: fc.constantFrom('a', 'b', 'c', 'd', 'e'),
      bytes: fc.nat({ max: 1500 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const l1 = new L1({ bytesMax: 5000, entryBytesMax: 1800 });
        const spaces = [l1.open<string>(), l1.open<string>()] as const;
        for (const { op, space, key, bytes } of steps) {
          const target = spaces[space === 0 ? 0 : 1];
          if (op === 'set') put(target, key, key, bytes);
          else if (op === 'get') assert.equal(read(target, key) ?? key, key);
          else if (op === 'delete') target.delete(key);
          else if (bytes < 100) target.clear();
          assert.ok(l1.sizeBytes <= 5000);
        }
        const found = spaces.flatMap((space) =>
          ['a', 'b', 'c', 'd', 'e'].filter((key) => space.get(key) !== undefined),
        );
        assert.equal(found.length, l1.entries);
      }),
    );
  });
});
