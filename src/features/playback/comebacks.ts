/**
 * Players that come back to a link as if they had never been led anywhere: the sign that what they were led to does not play.
 * A seek comes back, too, but for other bytes; a player that begins asks a few times within a second or two.
 */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../lib/reuse/growing-lru.ts';

export interface ComebacksOptions {
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number;
}

interface Led {
  readonly atMs: number;
  /** `Range` header of the request; empty when there was none. */
  readonly range: string;
  /** When its link was last doubted. */
  readonly doubtedAtMs: number;
}

const LINKS_MAX = 10_000;
/** Players begin with several requests. */
const BEGINNING_MS = 2000;
/** Later it is somebody who watches again. */
const COMES_BACK_WITHIN_MS = 600_000;
/** A link is looked at no more often, whatever comes of it. */
const DOUBT_EVERY_MS = 60_000;

export class Comebacks {
  readonly #led = new LRUCache<string, Led>({ ...growsTo(LINKS_MAX), ttl: COMES_BACK_WITHIN_MS });
  readonly #now: () => number;

  constructor({ now = () => performance.now() }: ComebacksOptions = {}) {
    this.#now = now;
  }

  /** Whether the link that a player is about to be led to should be doubted. @param key of account and file */
  isDoubtful(key: string, range: string): boolean {
    const atMs = this.#now();
    const before = this.#led.get(key);
    const pauseMs = before === undefined ? 0 : atMs - before.atMs;
    const isBeginning = before === undefined || pauseMs < BEGINNING_MS;
    const doubtedAtMs = before?.doubtedAtMs ?? -DOUBT_EVERY_MS;
    const isDoubtful =
      !isBeginning &&
      pauseMs < COMES_BACK_WITHIN_MS &&
      before.range === range &&
      atMs - doubtedAtMs >= DOUBT_EVERY_MS;
    // What comes again and again while it begins is one beginning.
    const ledAtMs = isBeginning && before?.range === range ? before.atMs : atMs;
    this.#led.set(key, {
      atMs: ledAtMs,
      range,
      doubtedAtMs: isDoubtful ? atMs : doubtedAtMs,
    });
    return isDoubtful;
  }
}
