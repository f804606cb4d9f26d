/** What is kept of what services have: answers to checks for everybody, contents of accounts for their users alone. */
import { pack, unpack } from 'msgpackr';
import { Buffer } from 'node:buffer';
import { MARKS } from '../../lib/ranking/service-marks.ts';
import type { CacheSpec } from '../../platform/cache/cache.ts';
import type { Lifetimes } from '../../platform/cache/timed-value.ts';

/** A service's answer for the torrents of a set. */
export interface CheckedTorrents {
  /** Epoch milliseconds. */
  readonly atMs: number;
  /** MARKS by place in `HashedRows.hashes`. */
  readonly marks: Uint8Array;
}

/** What an account holds and plays at once. */
export interface HeldTorrents {
  readonly atMs: number;
  /** Of torrents; of Usenet posts the hashes of their names. */
  readonly infohashes: ReadonlySet<string>;
}

/** What playing has shown, the latest first. */
export type LearntTorrents = readonly LearntTorrent[];

export interface LearntTorrent {
  readonly infohash: string;
  readonly isReady: boolean;
  readonly atMs: number;
}

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const NEGATIVE = { first: MINUTE_MS, max: 10 * MINUTE_MS, growth: 2 };
const HEX_CHARS = 40;

/** What is cached stays so for days, what is not may be so within minutes. */
const CHECKED: Lifetimes = {
  freshMs: 10 * MINUTE_MS,
  staleMs: 60 * MINUTE_MS,
  negativeMs: NEGATIVE,
};
const HELD: Lifetimes = { freshMs: MINUTE_MS, staleMs: 30 * MINUTE_MS, negativeMs: NEGATIVE };
/** Longer than whatever it corrects. */
const LEARNT: Lifetimes = { freshMs: 120 * MINUTE_MS, staleMs: 0, negativeMs: NEGATIVE };

/** By service and `HashedRows.key`. */
export const CHECKED_CACHE: CacheSpec<CheckedTorrents> = {
  name: 'debrid-checked',
  schemaVersion: 1,
  codec: {
    encode: ({ atMs, marks }) => pack([atMs, Buffer.from(marks)]),
    decode(bytes) {
      const [atMs, marks] = itemsOf(bytes);
      return typeof atMs === 'number' && Buffer.isBuffer(marks)
        ? { atMs, marks: Uint8Array.from(marks) }
        : null;
    },
    sizeBytes: ({ marks }) => 256 + marks.byteLength,
  },
  lifetimes: () => CHECKED,
};

/** By account. */
export const HELD_CACHE: CacheSpec<HeldTorrents> = {
  name: 'debrid-held',
  schemaVersion: 1,
  codec: {
    encode: ({ atMs, infohashes }) => pack([atMs, Buffer.from([...infohashes].join(''), 'hex')]),
    decode(bytes) {
      const [atMs, held] = itemsOf(bytes);
      if (typeof atMs !== 'number' || !Buffer.isBuffer(held)) return null;
      return { atMs, infohashes: new Set(held.toString('hex').match(EACH_HASH) ?? []) };
    },
    sizeBytes: ({ infohashes }) => 256 + 120 * infohashes.size,
  },
  lifetimes: () => HELD,
};

const EACH_HASH = new RegExp(`.{${HEX_CHARS}}`, 'g');

/** By account, or by service where everybody's answers are the same. */
export const LEARNT_CACHE: CacheSpec<LearntTorrents> = {
  name: 'debrid-learnt',
  schemaVersion: 1,
  codec: {
    encode: (learnt) =>
      pack(learnt.map(({ infohash, isReady, atMs }) => [infohash, isReady, atMs])),
    decode: (bytes) => itemsOf(bytes).flatMap((item) => learntOf(item)),
    sizeBytes: (learnt) => 256 + 160 * learnt.length,
  },
  lifetimes: () => LEARNT,
};

function learntOf(item: unknown): readonly LearntTorrent[] {
  const [infohash, isReady, atMs]: readonly unknown[] = Array.isArray(item) ? item : [];
  return typeof infohash === 'string' && typeof isReady === 'boolean' && typeof atMs === 'number'
    ? [{ infohash, isReady, atMs }]
    : [];
}

function itemsOf(bytes: Uint8Array): readonly unknown[] {
  try {
    const items: unknown = unpack(bytes);
    return Array.isArray(items) ? items : [];
  } catch {
    return [];
  }
}

/** What was learnt after `atMs` says more than what was answered then. */
export function corrected(
  infohash: string,
  answer: number,
  atMs: number,
  learnt: LearntTorrents,
): number {
  const later = learnt.find((one) => one.infohash === infohash && one.atMs >= atMs);
  if (later === undefined) return answer;
  return later.isReady ? MARKS.cached : MARKS.notCached;
}
