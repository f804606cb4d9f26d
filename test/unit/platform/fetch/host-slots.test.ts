/** Protects other servers from us: the number of requests per host, the order, and no slot is ever lost. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../../src/lib/errors.ts';
import { HostSlots } from '../../../../src/platform/fetch/host-slots.ts';

const never = new AbortController().signal;
const busy = (error: unknown) => error instanceof AppError && error.code === 'fetch.busy';

test('slots are handed on in order; nothing is kept of a host without requests', async () => {
  const slots = new HostSlots({ perHostMax: 2, waitersMax: 10, hostsMax: 10 });
  const order: number[] = [];
  await slots.acquire('a', never);
  await slots.acquire('a', never);
  const third = slots.acquire('a', never).then(() => order.push(3));
  const fourth = slots.acquire('a', never).then(() => order.push(4));
  slots.release('a');
  slots.release('a');
  await Promise.all([third, fourth]);
  assert.deepEqual(order, [3, 4]);
  slots.release('a');
  slots.release('a');
  assert.equal(slots.size, 0);
});

test('waiters and hosts are bounded', async () => {
  const slots = new HostSlots({ perHostMax: 1, waitersMax: 1, hostsMax: 1 });
  await slots.acquire('a', never);
  const waiting = slots.acquire('a', never);
  await assert.rejects(slots.acquire('a', never), busy);
  await assert.rejects(slots.acquire('b', never), busy);
  slots.release('a');
  await waiting;
});

test('a waiter that leaves does not take its slot along', async () => {
  const slots = new HostSlots({ perHostMax: 1, waitersMax: 5, hostsMax: 1 });
  await slots.acquire('a', never);
  const client = new AbortController();
  const left = slots.acquire('a', client.signal);
  const stays = slots.acquire('a', never);
  client.abort(new Error('gone'));
  await assert.rejects(left, /gone/);
  slots.release('a');
  await stays;
  slots.release('a');
  assert.equal(slots.size, 0);
});
