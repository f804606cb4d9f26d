/** Protects the map of requests under way: it answers as a Map does, and what was removed is let go of. */
import assert from 'node:assert/strict';
import { PerformanceObserver, constants } from 'node:perf_hooks';
import { test } from 'node:test';
import fc from 'fast-check';
import { HighChurnMap } from '../../../src/lib/high-churn-map.ts';

const KEYS = Array.from({ length: 8 }, (_, index) => `key ${index}`);
const step = fc.oneof(
  fc.record({ act: fc.constant('set' as const), key: fc.constantFrom(...KEYS), value: fc.nat() }),
  fc.record({ act: fc.constant('delete' as const), key: fc.constantFrom(...KEYS) }),
  fc.record({ act: fc.constant('churn' as const), keys: fc.integer({ min: 1, max: 200 }) }),
  fc.record({ act: fc.constant('clear' as const) }),
);

test('after any steps it holds what a Map would', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
      const [model, tested] = [new Map<string, number>(), new HighChurnMap<string, number>()];
      let others = 0;
      for (const one of steps) {
        if (one.act === 'set') {
          model.set(one.key, one.value);
          tested.set(one.key, one.value);
        } else if (one.act === 'delete') {
          assert.equal(tested.delete(one.key), model.delete(one.key));
        } else if (one.act === 'clear') {
          model.clear();
          tested.clear();
        } else {
          for (let count = 0; count < one.keys; count++) {
            const key = `other ${others++}`;
            tested.set(key, count);
            assert.equal(tested.delete(key), true);
            assert.equal(tested.delete(key), false);
          }
        }
        assert.equal(tested.size, model.size);
        for (const key of KEYS) assert.equal(tested.get(key), model.get(key));
        assert.deepEqual(
          [...tested.values()].toSorted((a, b) => a - b),
          [...model.values()].toSorted((a, b) => a - b),
        );
      }
    }),
  );
});

test('a value that was removed is not referenced any more', async () => {
  const tested = new HighChurnMap<number, object>();
  const removed: WeakRef<object>[] = [];
  for (let key = 0; key < 1000; key++) {
    const value = { key };
    tested.set(key, value);
    if (key < 990) removed.push(new WeakRef(value));
    if (key >= 8) tested.delete(key - 8);
  }
  const collect = await collector();
  for (let round = 0; round < 5; round++) {
    await new Promise((resolve) => setTimeout(resolve, 5));
    collect();
  }
  assert.equal(tested.size, 8);
  assert.deepEqual(
    removed.filter((one) => one.deref() !== undefined),
    [],
  );
});

/** Of 150,000 values of 2 KB that come and go, eight at a time, after some that were forced. */
async function fullCollectionsOf(
  map: Pick<HighChurnMap<string, object>, 'set' | 'delete'>,
): Promise<number> {
  let full = 0;
  const observer = new PerformanceObserver((list) => {
    const entries = list.getEntries() as unknown as readonly {
      readonly detail: { readonly kind: number };
    }[];
    full += entries.filter(
      ({ detail }) => detail.kind === constants.NODE_PERFORMANCE_GC_MAJOR,
    ).length;
  });
  const collect = await collector();
  for (let count = 0; count < 150_000; count++) {
    if (count <= 20_000 && count % 1000 === 0) collect();
    if (count === 21_000) observer.observe({ entryTypes: ['gc'] });
    map.set(
      `key ${count}`,
      Array.from({ length: 40 }, (_, index) => ({ index })),
    );
    map.delete(`key ${count - 8}`);
    if (count % 2000 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
  }
  observer.disconnect();
  return full;
}

test('values that come and go are garbage of the young generation; those of a Map are not', async () => {
  const [ofMap, ofOurs] = [
    await fullCollectionsOf(new Map<string, object>()),
    await fullCollectionsOf(new HighChurnMap()),
  ];
  assert.ok(ofOurs * 3 < ofMap, `${ofOurs} full collections, ${ofMap} with a Map`);
});

async function collector(): Promise<() => void> {
  const [{ setFlagsFromString }, { runInNewContext }] = [
    await import('node:v8'),
    await import('node:vm'),
  ];
  setFlagsFromString('--expose-gc');
  return runInNewContext('gc') as () => void;
}
