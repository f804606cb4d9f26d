/** Bitrates of streams: bounded, told to other processes, kept by minute without a double or a loss. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Bitrates } from '../../../../src/features/live/bitrate/bitrates.ts';
import { Minutes } from '../../../../src/features/live/bitrate/minutes.ts';
import type { StoredMinute } from '../../../../src/features/live/bitrate/store.ts';
import { NO_PEERS, type Peers } from '../../../../src/platform/processes/peers.ts';
import { NO_ABORT } from '../../../support/open-database.ts';
import { createTestLogger } from '../../../support/test-logger.ts';

const MINUTE = 60_000;
const logger = createTestLogger();
const nowhere = { put: () => Promise.resolve() };

test('streams beyond the bound are counted, and those that send stay measured', async () => {
  await using bitrates = new Bitrates({ store: nowhere, peers: NO_PEERS, streamsMax: 16, logger });
  for (let n = 0; n < 1000; n += 1) bitrates.stored(`stream-${n}`, 'a0.ts', 1000);
  const families = new Map(bitrates.families.map((one) => [one.name, one.collect()]));
  assert.deepEqual(families.get('live_measured_streams'), [[[], [16]]]);
  const outcomes = new Map(families.get('live_segments_total')?.map(([[name], [n]]) => [name, n]));
  assert.deepEqual([...outcomes.values()], [1000, 0, 984]);
});

test('what one process takes, the others know, and only that one writes', async () => {
  const heard: ((body: unknown) => void)[] = [];
  const written: StoredMinute[][] = [[], []];
  const open = (at: number) => {
    const peers: Peers = {
      hasOthers: true,
      tell: (_topic, body) => heard[1 - at]?.(JSON.parse(JSON.stringify(body))),
      listen: (_topic, handler) => void heard.push(handler),
    };
    const put = (minutes: readonly StoredMinute[]) => {
      written[at]?.push(...minutes);
      return Promise.resolve();
    };
    return new Bitrates({ store: { put }, peers, streamsMax: 100, logger });
  };
  await using first = open(0);
  await using second = open(1);
  first.stored('s', 'a1.ts', 1000);
  first.refused('s', 'a2.ts');
  const deadline = performance.now() + 10_000;
  while (second.snapshot('s') === null && performance.now() < deadline)
    await new Promise((resolve) => setTimeout(resolve, 20));
  const known = second.snapshot('s');
  assert.deepEqual([known?.segments, known?.drops], [1, 1]);
  await Promise.all([first.flush(NO_ABORT), second.flush(NO_ABORT)]);
  assert.deepEqual(
    written.map((minutes) => minutes.map(({ bytes, drops }) => [bytes, drops])),
    [[[1000, 1]], []],
  );
});

test('a minute is written as a whole each time, also when a write failed and after the next one began', () => {
  const minutes = new Minutes(10);
  const add = (bytes: number, atMs: number) =>
    minutes.add('s', 'a', { bytes, drops: 0, rateBps: bytes }, atMs);
  const take = (atMs: number) =>
    minutes.take(100, atMs).map(({ minuteMs, bytes, segments }) => [minuteMs, bytes, segments]);
  add(100, 10 * MINUTE);
  assert.deepEqual(take(10 * MINUTE), [[10 * MINUTE, 100, 1]]);
  assert.deepEqual(take(10 * MINUTE + 1), [], 'nothing new');
  add(50, 10 * MINUTE + 2);
  const failed = minutes.take(100, 10 * MINUTE + 3);
  add(7, 11 * MINUTE);
  minutes.putBack(failed);
  assert.deepEqual(
    take(11 * MINUTE).toSorted(([a = 0], [b = 0]) => a - b),
    [
      [10 * MINUTE, 150, 2],
      [11 * MINUTE, 7, 1],
    ],
  );
  assert.deepEqual(take(20 * MINUTE), [], 'what is over is forgotten');
});
