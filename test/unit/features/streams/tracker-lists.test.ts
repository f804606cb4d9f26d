/** Which lists of trackers are asked for again, and what happens when one is not there. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { TrackerListStore } from '../../../../src/features/streams/tracker-lists/store.ts';
import type { Database } from '../../../../src/platform/db/database.ts';

/** Has the lists `1` to `9`, `udp://1` and so on, and keeps the ids that it was asked for. */
class Lists {
  readonly asked: string[][] = [];

  get database(): Database {
    const unsafe = (_text: string, [ids]: [string[]]) => {
      this.asked.push(ids);
      return Promise.resolve(
        ids.filter((id) => /^[1-9]$/.test(id)).map((id) => ({ id, urls: `udp://${id}` })),
      );
    };
    return {
      read: (_options: unknown, build: (sql: unknown) => unknown) => build({ unsafe }),
    } as unknown as Database;
  }
}

describe('lists of trackers', () => {
  const { signal } = new AbortController();

  test('a list is asked for once, and again when it was kept for its time', async () => {
    const lists = new Lists();
    const store = new TrackerListStore(lists.database, { keptMs: 3000 });
    assert.deepEqual(
      [...(await store.load(new Set(['1', '2']), signal))],
      [
        ['1', 'udp://1'],
        ['2', 'udp://2'],
      ],
    );
    assert.deepEqual(
      [...(await store.load(new Set(['2', '3']), signal))],
      [
        ['2', 'udp://2'],
        ['3', 'udp://3'],
      ],
    );
    assert.deepEqual(lists.asked, [['1', '2'], ['3']]);
    await sleep(3100);
    assert.equal((await store.load(new Set(['1']), signal)).get('1'), 'udp://1');
    assert.deepEqual(lists.asked.at(-1), ['1']);
    assert.equal((await store.load(new Set<string>(), signal)).size, 0);
    assert.equal(lists.asked.length, 3, 'nothing is asked for nothing');
  });

  test('those that were not used go first when there is no room', async () => {
    const lists = new Lists();
    // Two lists of 216 bytes.
    const store = new TrackerListStore(lists.database, { bytesMax: 2 * 216 });
    for (const id of ['1', '2', '1', '3', '1', '2'])
      assert.equal((await store.load(new Set([id]), signal)).get(id), `udp://${id}`);
    assert.deepEqual(lists.asked, [['1'], ['2'], ['3'], ['2']]);
  });

  test('a list that is not there is an error that a client may try again after, and is asked for again', async () => {
    const lists = new Lists();
    const store = new TrackerListStore(lists.database);
    await assert.rejects(store.load(new Set(['1', '10']), signal), {
      code: 'database.unavailable',
    });
    await assert.rejects(store.load(new Set(['10']), signal), { code: 'database.unavailable' });
    assert.deepEqual(lists.asked, [['1', '10'], ['10']]);
  });
});
