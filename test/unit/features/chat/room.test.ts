/** Protects the order of a chat: whatever the channel loses, doubles or turns around, each message is told once, by ascending id. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { batchOf, Room, type WireBatch } from '../../../../src/features/chat/room.ts';
import type { ChatMessage } from '../../../../src/features/chat/message.ts';
import { NO_ABORT } from '../../../support/open-database.ts';

function message(id: number): ChatMessage {
  const created_at = '2026-12-01T00:00:00.000000Z';
  return { id, author: 'Ada', author_id: null, owner: false, text: `text ${id}`, created_at };
}

/** What PostgreSQL would hold, and a room over it. */
function planted() {
  const stored: ChatMessage[] = [];
  const batches: WireBatch[] = [];
  const told: unknown[] = [];
  const tell = (bytes: Uint8Array) => told.push(JSON.parse(Buffer.from(bytes).toString())['id']);
  const failures: unknown[] = [];
  const room = new Room({
    load: async (afterId, limit) => {
      const sequence = stored.length;
      const messages = stored.filter(({ id }) => id > afterId).slice(-limit);
      await Promise.resolve();
      return { sequence, messages, slowModeS: 0, followersOnly: false };
    },
    publish: tell,
    signal: NO_ABORT,
    onFailure: (error) => failures.push(error),
  });
  /** Ids have holes, as those of several streams come from one sequence. */
  const store = (count: number) => {
    const previous = stored.length;
    const messages = Array.from({ length: count }, (_, at) => message((previous + at + 1) * 3));
    stored.push(...messages);
    const entries = messages.map((one) => [one.id, JSON.stringify(one)] as const);
    batches.push({ previous, sequence: stored.length, messages: entries });
  };
  return { room, stored, batches, told, failures, store };
}

const settle = () => new Promise((resolve) => setImmediate(resolve));

test('a late lower id: batches that come turned around, doubled or not at all are told in order, once', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 0, max: 5 }),
      fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 12 }),
      fc.array(fc.record({ at: fc.nat(), waits: fc.boolean(), bare: fc.boolean() }), {
        maxLength: 30,
      }),
      async (before, sizes, arrivals) => {
        const { room, stored, batches, told, failures, store } = planted();
        if (before > 0) store(before);
        await room.loaded();
        for (const size of sizes) store(size);
        for (const { at, waits, bare } of arrivals) {
          const batch = batches[at % batches.length];
          assert.ok(batch !== undefined);
          room.deliver(batchOf(bare ? { ...batch, messages: null } : batch));
          if (waits) await settle();
          assert.deepEqual(
            told,
            told.toSorted((a, b) => Number(a) - Number(b)),
          );
        }
        // What was lost is found when the rooms are looked at.
        room.heardOf(stored.length);
        await settle();
        await settle();
        assert.deepEqual(failures, []);
        assert.deepEqual(
          told,
          stored.slice(before).map(({ id }) => id),
        );
      },
    ),
    { numRuns: 300 },
  );
});

test('what is kept for those who come back is bounded, and says from where on it is whole', async () => {
  const { room, batches, told, store } = planted();
  store(500);
  await room.loaded();
  assert.equal(room.after(0).length, 200);
  assert.equal(room.floorId, 301 * 3 - 1);
  store(100);
  room.deliver(batchOf(batches[1] as WireBatch));
  assert.equal(told.length, 100);
  assert.equal(room.after(0).length, 200);
  assert.equal(room.floorId, 400 * 3);
  room.forget(600 * 3);
  assert.equal(room.after(0).length, 199);
});

test('a gap of more than is fetched is told as one', async () => {
  const { room, stored, store } = planted();
  store(1);
  await room.loaded();
  store(2500);
  room.heardOf(stored.length);
  await settle();
  await settle();
  assert.equal(room.lastId, 2501 * 3);
});
