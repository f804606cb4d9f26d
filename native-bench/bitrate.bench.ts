/**
 * Bitrates of live streams: what one second of 5,000 streams costs that send four segments each, and writing their minutes.
 * A core has 1,000,000 µs a second: 5 % are 50,000.
 */
import { Bench } from 'tinybench';
import { Bitrates } from '../src/features/live/bitrate/bitrates.ts';
import type { StoredMinute } from '../src/features/live/bitrate/store.ts';
import { NEVER_CANCELLED } from '../src/lib/async/cancel.ts';
import { NO_PEERS } from '../src/platform/processes/peers.ts';
import { createTestLogger } from '../test/support/test-logger.ts';
import type { BenchSuite } from './suite.ts';

const STREAMS = 5000;
const SEGMENTS_A_SECOND = 4;
const SECOND = `one second of ${STREAMS} streams, ${SEGMENTS_A_SECOND} segments each`;
const BOUNDED = 'the same, 1,000 of them measured';
const WRITE = `minutes of ${STREAMS} streams as statements`;
const SEGMENT_BYTES = 500_000;
const NAMES = Array.from({ length: SEGMENTS_A_SECOND }, (_, at) => `v${at}_00012.ts`);

export function openBitrateBench(): Promise<BenchSuite> {
  let written = 0;
  const store = {
    put: (minutes: readonly StoredMinute[]) => {
      written += JSON.stringify(minutes).length;
      return Promise.resolve();
    },
  };
  const logger = createTestLogger();
  const open = (streamsMax: number) => new Bitrates({ store, peers: NO_PEERS, streamsMax, logger });
  const all = open(2 * STREAMS);
  const bounded = open(1000);
  const ids = Array.from({ length: STREAMS }, () => crypto.randomUUID());
  const second = (bitrates: Bitrates) => {
    for (const name of NAMES) for (const id of ids) bitrates.stored(id, name, SEGMENT_BYTES);
  };
  const bench = new Bench({ name: 'bitrates of live streams', time: 1000, warmupTime: 200 })
    .add(SECOND, () => second(all))
    .add(BOUNDED, () => second(bounded))
    .add(WRITE, async () => {
      for (const id of ids) all.stored(id, 'v0_1.ts', SEGMENT_BYTES);
      await all.flush(NEVER_CANCELLED);
    });
  return Promise.resolve({
    bench,
    bars: [
      { task: SECOND, metric: 'p50Us', max: 50_000 },
      { task: BOUNDED, metric: 'p50Us', max: 50_000 },
    ],
    notes: ['what is written every ten seconds is the third row'],
    [Symbol.asyncDispose]: () => {
      if (written === 0) throw new Error('nothing was written');
      return Promise.resolve();
    },
  });
}
