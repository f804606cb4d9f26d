/** The supervisor's sum, with children that answer, are silent, leave and come back. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Snapshot } from '../../../../src/lib/metrics/snapshot.ts';
import type { MetricsMessage } from '../../../../src/platform/metrics/metrics-messages.ts';
import { SupervisorMetrics } from '../../../../src/platform/metrics/supervisor-metrics.ts';
import type { ChildPort } from '../../../../src/platform/processes/supervisor.ts';

/** A child that has counted `requests`, and waits with one of them. */
class FakeChild implements ChildPort {
  requests = 0;
  isSilent = false;
  collects = 0;
  readonly #group: SupervisorMetrics;
  #onSum: ((snapshot: Snapshot) => void) | null = null;

  constructor(group: SupervisorMetrics) {
    this.#group = group;
    group.joined(this);
  }

  send(message: object): void {
    const { type, id } = message as MetricsMessage;
    if (type === 'sluice.metrics.sum')
      this.#onSum?.((message as { snapshot: Snapshot } & MetricsMessage).snapshot);
    if (type !== 'sluice.metrics.collect') return;
    this.collects++;
    if (this.isSilent) return;
    const snapshot: Snapshot = [
      ['requests_total', 'total', [['', [this.requests]]]],
      ['waiting', 'sum', [['', [1]]]],
    ];
    setImmediate(() => this.#group.heard(this, { type: 'sluice.metrics.collected', id, snapshot }));
  }

  scrape(): Promise<Snapshot> {
    return new Promise((resolve) => {
      this.#onSum = resolve;
      this.#group.heard(this, { type: 'sluice.metrics.wanted', id: 7 });
    });
  }
}

const open = () => new SupervisorMetrics({ processes: 2, answerTimeoutMs: 50, families: [] });
const value = (snapshot: Snapshot, name: string) =>
  snapshot.find(([family]) => family === name)?.[2][0]?.[1][0];

test('both children, exactly; scrapes at the same time share one round', async () => {
  const group = open();
  const [one, two] = [new FakeChild(group), new FakeChild(group)];
  one.requests = 3;
  two.requests = 4;
  const [first, second] = await Promise.all([one.scrape(), two.scrape()]);
  assert.deepEqual(first, second);
  assert.equal(value(first, 'requests_total'), 7);
  assert.equal(value(first, 'waiting'), 2);
  assert.equal(value(first, 'metrics_processes'), 0);
  assert.deepEqual([one.collects, two.collects], [1, 1]);
});

test('a silent child is marked, its counters stay, its gauges do not', async () => {
  const group = open();
  const [one, two] = [new FakeChild(group), new FakeChild(group)];
  one.requests = 3;
  two.requests = 4;
  await one.scrape();
  two.isSilent = true;
  two.requests = 100;
  one.requests = 5;
  const sum = await one.scrape();
  assert.equal(value(sum, 'requests_total'), 9);
  assert.equal(value(sum, 'waiting'), 1);
  assert.equal(value(sum, 'metrics_processes'), 1);
});

test('counters of a child that has ended stay in the sum; its successor begins at 0', async () => {
  const group = open();
  const [one, two] = [new FakeChild(group), new FakeChild(group)];
  two.requests = 40;
  await one.scrape();
  group.left(two);
  const between = await one.scrape();
  assert.equal(value(between, 'requests_total'), 40);
  assert.equal(value(between, 'metrics_processes'), 1);
  new FakeChild(group).requests = 2;
  const after = await one.scrape();
  assert.equal(value(after, 'requests_total'), 42);
  assert.equal(value(after, 'metrics_processes'), 0);
});

test('a child that ends while it is waited for holds nobody up', async () => {
  const group = new SupervisorMetrics({ processes: 2, answerTimeoutMs: 60_000, families: [] });
  const [one, two] = [new FakeChild(group), new FakeChild(group)];
  two.isSilent = true;
  const scraped = one.scrape();
  group.left(two);
  assert.equal(value(await scraped, 'metrics_processes'), 1);
});
