/** The journal of requests: sums, samples, newest entries, all bounded. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  ENTRIES_MAX,
  RequestJournal,
} from '../../../../src/lib/request-journal/request-journal.ts';
import { SAMPLES_MAX } from '../../../../src/lib/request-journal/route-journal.ts';
import { RequestTrace } from '../../../../src/lib/trace/request-trace.ts';

const request = (number: number, trace: RequestTrace | null = null) => ({
  requestId: `id-${number}`,
  clientAddress: `10.0.0.${number % 5}`,
  startedAtMs: number,
  tiers: 1,
  trace,
});
const hash = (address: string) => `hash of ${address}`;

test('what a row answered is summed up once', () => {
  const journal = new RequestJournal();
  const row = journal.row('GET', 'stream');
  assert.equal(journal.row('GET', 'stream'), row);
  journal.answered(row, request(1), 200, 4);
  journal.answered(row, request(2), 503, 2);
  row.refused(503);
  const { routes, entries } = journal.take(hash);
  const [delta] = routes;
  assert.equal(routes.length, 1);
  assert.deepEqual(delta?.byClass, [0, 1, 0, 0, 2]);
  assert.deepEqual([delta.count, delta.totalMs, delta.minMs, delta.maxMs], [3, 6, 2, 4]);
  assert.deepEqual(delta.samplesMs, [4, 2]);
  assert.deepEqual(delta.visitors, ['hash of 10.0.0.1', 'hash of 10.0.0.2']);
  assert.deepEqual(
    entries.map(({ requestId, status }) => [requestId, status]),
    [
      ['id-1', 200],
      ['id-2', 503],
    ],
  );
  assert.deepEqual(journal.take(hash).routes, []);
  assert.deepEqual(journal.take(hash).entries, []);
});

test('a visitor by IPv6 is its /64 network, whatever address of it asks', () => {
  const journal = new RequestJournal();
  const row = journal.row('GET', 'stream');
  for (const clientAddress of ['2001:db8::1', '2001:db8::2:1', '2001:db8:0:1::1'])
    journal.answered(row, { ...request(1), clientAddress }, 200, 4);
  assert.deepEqual(journal.take(hash).routes[0]?.visitors, [
    'hash of 2001:db8:0:0::/64',
    'hash of 2001:db8:0:1::/64',
  ]);
});

test('however many come, samples, entries and addresses stay bounded, and the newest are kept', () => {
  const journal = new RequestJournal();
  const row = journal.row('GET', 'stream');
  let addressesRead = 0;
  for (let number = 0; number < 20_000; number++) {
    const one = request(number);
    Object.defineProperty(one, 'clientAddress', {
      get: () => `10.${number % 200}.${addressesRead++ % 200}.1`,
    });
    journal.answered(row, one, 200, number);
  }
  const { routes, entries } = journal.take(hash);
  assert.equal(routes[0]?.count, 20_000);
  assert.equal(routes[0].samplesMs.length, SAMPLES_MAX);
  assert.equal(routes[0].samplesMs.at(-1), 19_999);
  assert.equal(entries.length, ENTRIES_MAX);
  assert.equal(entries.at(-1)?.requestId, 'id-19999');
  assert.ok(addressesRead <= 4000, String(addressesRead));
  assert.equal(journal.find('id-18999'), undefined);
  assert.equal(journal.find('id-19000')?.tookMs, 19_000);
});

test('a request that waited is kept with its steps; those behind its answer are not its own', () => {
  const journal = new RequestJournal();
  const trace = new RequestTrace('id-7', 0);
  for (let step = 0; step < 100; step++) trace.add('query', `statement ${step}`, 0, 'primary');
  trace.isOpen = false;
  trace.add('query', 'later', 0, 'primary');
  journal.answered(journal.row('GET', 'stream'), request(7, trace), 200, 4);
  const found = journal.find('id-7');
  assert.equal(found?.steps.length, 64);
  assert.equal(found.stepsDropped, 36);
});
