/** All upstreams of the process: who is known, bounded. */
import { LRUCache } from 'lru-cache';
import type { Fetcher } from '../fetch/fetcher.ts';
import type { Logger } from '../log/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import { FailureRateBreaker, UPSTREAM_BREAKER } from './failure-rate-breaker.ts';
import { Outcomes } from './outcomes.ts';
import { PoliteUpstream } from './polite-upstream.ts';
import type {
  BreakerCount,
  BreakerState,
  MeasuredUpstreams,
  Upstream,
  UpstreamSpec,
  UpstreamStats,
} from './upstream.ts';

export interface UpstreamsOptions {
  readonly fetcher: Fetcher;
  /** Null: one process, nothing shared. */
  readonly redis: RedisClient | null;
  /** Processes of this machine. */
  readonly processes: number;
  readonly logger: Logger;
  /** Milliseconds that only grow; for tests. */
  readonly now?: () => number;
}

const SHARED_MAX = 500;
const PERSONAL_MAX = 2000;
const NAMES_MAX = 500;

export function createUpstreams(options: UpstreamsOptions): MeasuredUpstreams {
  return new KnownUpstreams(options);
}

class KnownUpstreams implements MeasuredUpstreams {
  readonly #options: UpstreamsOptions;
  /** Apart: users' own, and accounts, never push out what everybody shares. */
  readonly #shared = new LRUCache<string, PoliteUpstream>({ max: SHARED_MAX });
  readonly #personal = new LRUCache<string, PoliteUpstream>({ max: PERSONAL_MAX });
  readonly #outcomes = new LRUCache<string, Outcomes>({ max: NAMES_MAX });
  /** Of servers with accounts. */
  readonly #breakers = new LRUCache<string, FailureRateBreaker>({ max: NAMES_MAX });

  constructor(options: UpstreamsOptions) {
    this.#options = options;
  }

  open(spec: UpstreamSpec): Upstream {
    const isAccount = spec.isAccount === true && !spec.isPersonal;
    const known = spec.isPersonal || isAccount ? this.#personal : this.#shared;
    const key = keyOf(spec);
    const present = known.get(key);
    if (present !== undefined) return present;
    const now = this.#options.now ?? (() => performance.now());
    const upstream = new PoliteUpstream(spec, {
      ...this.#options,
      now,
      outcomes: this.#outcomesOf(spec.name),
      ...(isAccount && { breaker: this.#breakerOf(spec.name, now) }),
    });
    known.set(key, upstream);
    return upstream;
  }

  stats(): readonly UpstreamStats[] {
    return [...this.#outcomes.values()].map((outcomes) => outcomes.stats());
  }

  breakers(): readonly BreakerCount[] {
    const counts = new Map<string, { name: string; states: Record<BreakerState, number> }>();
    const count = (name: string, state: BreakerState) => {
      const known = counts.get(name) ?? { name, states: { closed: 0, open: 0, 'half-open': 0 } };
      known.states[state]++;
      counts.set(name, known);
    };
    for (const [name, breaker] of this.#breakers) count(name, breaker.state);
    for (const { name, breaker } of [...this.#shared.values(), ...this.#personal.values()])
      if (!this.#breakers.has(name)) count(name, breaker);
    return [...counts.values()];
  }

  #breakerOf(name: string, now: () => number): FailureRateBreaker {
    const known = this.#breakers.get(name);
    if (known !== undefined) return known;
    const breaker = new FailureRateBreaker(UPSTREAM_BREAKER, now);
    this.#breakers.set(name, breaker);
    return breaker;
  }

  #outcomesOf(name: string): Outcomes {
    const known = this.#outcomes.get(name);
    if (known !== undefined) return known;
    const outcomes = new Outcomes(name);
    this.#outcomes.set(name, outcomes);
    return outcomes;
  }
}

function keyOf(spec: UpstreamSpec): string {
  const { name, credential, callsPerMinute, burst, concurrencyMax, proxyUrl, trustedOrigins } =
    spec;
  const limits = [callsPerMinute, burst, concurrencyMax];
  const kind = [spec.isPersonal, spec.isAccount === true];
  return JSON.stringify([name, credential, ...limits, proxyUrl, trustedOrigins ?? [], kind]);
}
