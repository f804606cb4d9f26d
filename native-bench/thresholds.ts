/**
 * Sizes at which the product changes its way of doing something, each with the bench that measures where the
 * change pays. `npm run bench -- --record` keeps what it measured in `recorded/crossovers.json`, and a unit test compares.
 */
import { INLINE_BYTES_MAX } from '../src/http/body-compressor.ts';
import { COMPRESS_BYTES_MIN, LARGE_BYTES_MIN } from '../src/http/content-encoding.ts';
import { DEFLATE_ABOVE_BYTES } from '../src/lib/install-token/install-token.ts';
import { COMPRESS_ABOVE_BYTES } from '../src/lib/stream-set/compression.ts';
import type { Crossing } from './crossover.ts';

export interface Threshold {
  /** Name of the `….bench.ts` file that measures it. */
  readonly suite: string;
  /** The ways below and above the size. */
  readonly ways: readonly [below: string, above: string];
  /** In bytes; `always` where the code does it the second way whatever the size, `never` where it never does. */
  readonly chosen: Crossing;
  /** Why the choice is not where the two ways cost the same, and on which side of the choice they do. */
  readonly deviation?: { readonly measuredIs: 'lower' | 'higher'; readonly reason: string };
}

export const THRESHOLDS = {
  'http.compress-body': {
    suite: 'http-compression',
    ways: ['identity', 'gzip in libuv, on a line of 10 Mbit/s'],
    chosen: COMPRESS_BYTES_MIN,
    deviation: {
      measuredIs: 'lower',
      reason:
        'with a head of 481 bytes, bodies up to about 1 KiB go out in one packet (1,460 bytes) either way; compressing one ' +
        'costs the loop 50 µs and the cache a second copy',
    },
  },
  'http.compress-inline': {
    suite: 'compression-inline',
    ways: ['gzip 2 in the loop', 'gzip 6 in libuv'],
    chosen: INLINE_BYTES_MAX,
  },
  'http.compress-in-pool': {
    suite: 'compression-place',
    ways: ['gzip in libuv', 'gzip in the pool'],
    chosen: LARGE_BYTES_MIN,
    deviation: {
      measuredIs: 'higher',
      reason:
        "below the size where the pool saves the loop time, it already keeps libuv's four threads free: beside four bodies of " +
        '256 KB in them, the status of a file takes milliseconds, beside four in the pool 0.1 ms',
    },
  },
  'stream-set.deflate': {
    suite: 'stored-set',
    ways: ['plain in Redis', 'deflated in Redis, on a line of 1 Gbit/s'],
    chosen: COMPRESS_ABOVE_BYTES,
    deviation: {
      measuredIs: 'higher',
      reason:
        "a deflated set takes 2.7 times less of Redis' memory, which this row does not count; where waking a pool thread is " +
        'slow (an idle virtual machine), the time alone is even at 400 KB only',
    },
  },
  'stream-set.inflate-in-pool': {
    suite: 'stored-set',
    ways: ['inflated in the loop', 'inflated in the pool'],
    chosen: COMPRESS_ABOVE_BYTES,
    deviation: {
      measuredIs: 'lower',
      reason:
        'smaller blobs are stored plain: none of those that are compressed is small enough for the loop',
    },
  },
  'install-token.deflate': {
    suite: 'install-token',
    ways: ['plain', 'deflated'],
    chosen: DEFLATE_ABOVE_BYTES,
  },
  'zlib-or-fflate.compress': {
    suite: 'zlib-fflate',
    ways: ['fflate', 'node:zlib'],
    chosen: 'always',
  },
  'zlib-or-fflate.decompress': {
    suite: 'zlib-fflate',
    ways: ['fflate', 'node:zlib'],
    chosen: 'always',
  },
} as const satisfies Readonly<Record<string, Threshold>>;

export type CrossoverName = keyof typeof THRESHOLDS;
