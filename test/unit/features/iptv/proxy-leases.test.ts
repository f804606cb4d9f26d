/** What is open at providers and what viewers watch, while the database is away, after it is back, and when a token is revoked. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { ChannelSlots } from '../../../../src/features/iptv/proxy/channel-slots.ts';
import { SlotLedger } from '../../../../src/features/iptv/proxy/slots.ts';
import type { CountedSlot, Watch } from '../../../../src/features/iptv/proxy/store.ts';
import { Watches } from '../../../../src/features/iptv/proxy/watches.ts';
import { NEVER_CANCELLED } from '../../../../src/lib/async/cancel.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { createTestLogger } from '../../../support/test-logger.ts';

const ACCOUNT = { providerId: 1, slotsMax: 1 };
const VIEWER = { id: 7, streamsMax: 1 };

/** The rows, and what the statements do with them. */
class Rows {
  isAway = false;
  readonly slots = new Map<string, number>();
  readonly watches: string[] = [];
  readonly revokedIds = new Set<number>();
  onRenew = () => undefined as unknown;
  #next = 1;

  async takeSlot(providerId: number, slotsMax: number): Promise<string | null> {
    return this.slots.size < slotsMax ? this.addSlot(providerId) : this.#answer(null);
  }

  async addSlot(providerId: number): Promise<string> {
    const id = await this.#answer(String(this.#next++));
    this.slots.set(id, providerId);
    return id;
  }

  async renewSlots(slots: readonly CountedSlot[]): Promise<void> {
    await this.#answer(null);
    await this.onRenew();
    for (const { id, providerId } of slots) this.slots.set(id, providerId);
  }

  async giveSlot(id: string): Promise<void> {
    await this.#answer(null);
    await setImmediate();
    this.slots.delete(id);
  }

  async watch({ key }: Watch, streamsMax: number): Promise<ReadonlySet<string>> {
    await this.#answer(null);
    this.watches.push(key);
    this.watches.splice(0, this.watches.length - streamsMax);
    return new Set(this.watches);
  }

  async renewWatches(): Promise<readonly Watch[]> {
    return this.#answer(this.watches.map((key) => ({ viewerId: VIEWER.id, key })));
  }

  revoked(): Promise<ReadonlySet<number>> {
    return this.#answer(this.revokedIds);
  }

  async unwatch(): Promise<void> {
    await this.#answer(null);
  }

  #answer<T>(value: T): Promise<T> {
    if (!this.isAway) return Promise.resolve(value);
    return Promise.reject(new AppError('database.unavailable', 'the database is away'));
  }
}

function kit() {
  const rows = new Rows();
  const parts = { store: rows, logger: createTestLogger() };
  return { rows, ledger: new SlotLedger(parts), watches: new Watches(parts) };
}

test('a stream that is opened while the database is away is counted once it is back', async () => {
  const { rows, ledger } = kit();
  rows.isAway = true;
  const slot = await ledger.take(ACCOUNT, NEVER_CANCELLED);
  assert.ok(slot !== null);
  rows.isAway = false;
  await ledger.renew(NEVER_CANCELLED);
  assert.equal(await ledger.take(ACCOUNT, NEVER_CANCELLED), null);
  await slot[Symbol.asyncDispose]();
  assert.notEqual(await ledger.take(ACCOUNT, NEVER_CANCELLED), null);
});

test('a slot whose lease ended while the database was away is taken again', async () => {
  const { rows, ledger } = kit();
  await ledger.take(ACCOUNT, NEVER_CANCELLED);
  rows.slots.clear();
  await ledger.renew(NEVER_CANCELLED);
  assert.equal(await ledger.take(ACCOUNT, NEVER_CANCELLED), null);
});

test('a slot that is given back while it is renewed stays given back', async () => {
  const { rows, ledger } = kit();
  const slot = await ledger.take(ACCOUNT, NEVER_CANCELLED);
  rows.onRenew = () => slot?.[Symbol.asyncDispose]();
  await ledger.renew(NEVER_CANCELLED);
  assert.equal(rows.slots.size, 0);
});

test('a slot that is being given back is waited for', async () => {
  const { ledger } = kit();
  const slot = await ledger.take(ACCOUNT, NEVER_CANCELLED);
  void slot?.[Symbol.asyncDispose]();
  assert.notEqual(await ledger.take(ACCOUNT, NEVER_CANCELLED), null);
});

test('all who watch a channel at an account hold one slot, given back by the last of them', async () => {
  const { rows, ledger } = kit();
  const slots = new ChannelSlots(ledger);
  const take = (channelId: string) => slots.take(channelId, ACCOUNT, NEVER_CANCELLED);
  const [first, second] = await Promise.all([take('one'), take('one')]);
  assert.equal(rows.slots.size, 1);
  assert.equal(await take('two'), null);
  await first?.[Symbol.asyncDispose]();
  await first?.[Symbol.asyncDispose]();
  assert.equal(rows.slots.size, 1);
  await second?.[Symbol.asyncDispose]();
  assert.equal(rows.slots.size, 0);
  assert.notEqual(await take('two'), null);
});

test('who begins to watch while the database is away goes on, and is counted once it is back', async () => {
  const { rows, watches } = kit();
  rows.isAway = true;
  const first = await watches.begin(VIEWER, 'one', '127.0.0.1', NEVER_CANCELLED);
  await assert.rejects(watches.renew(NEVER_CANCELLED), { code: 'database.unavailable' });
  rows.isAway = false;
  await watches.renew(NEVER_CANCELLED);
  await watches.renew(NEVER_CANCELLED);
  assert.deepEqual([first.signal.aborted, rows.watches.length], [false, 1]);
  const second = await watches.begin(VIEWER, 'two', '127.0.0.1', NEVER_CANCELLED);
  assert.deepEqual([first.signal.aborted, second.signal.aborted], [true, false]);
});

test('whose token is revoked does not go on, limited or not', async () => {
  const { rows, watches } = kit();
  const free = { id: 8, streamsMax: 0 };
  const of = (viewer: typeof free) => watches.begin(viewer, 'one', '127.0.0.1', NEVER_CANCELLED);
  const tickets = [await of(VIEWER), await of(free), await of({ id: 9, streamsMax: 0 })];
  rows.revokedIds.add(7).add(8);
  await watches.renew(NEVER_CANCELLED);
  assert.deepEqual(
    tickets.map(({ signal }) => signal.aborted),
    [true, true, false],
  );
});
