/**
 * Calls to other people's servers: polite (a budget for each server and credential over all processes, Retry-After
 * honoured), bounded, and stopped by a breaker where they fail. Sources, metadata and debrid services go through here.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Sample } from '../../lib/metrics/metric-family.ts';

/** Whom calls go to, and how much it may be asked. */
export interface UpstreamSpec {
  /** Label of metrics, logs and breakers, from a table or the operator's configuration; never a key or a user's address. */
  readonly name: string;
  /**
   * Who pays for the calls; hashed before it leaves the process. Empty: nobody in particular. Of a personal upstream:
   * all that tells one user's server from another's, its address too.
   */
  readonly credential: string;
  /** Calls that may start in a minute, and at once after a pause. */
  readonly callsPerMinute: number;
  readonly burst: number;
  /** Calls at a time of this process. */
  readonly concurrencyMax: number;
  /** `http://`, `https://`, `socks5://` or `socks5h://` address that calls go through; the operator's. Null: directly. */
  readonly proxyUrl: string | null;
  /** Bearer of a user's own configuration: neither its failures nor its budget touch those of others. */
  readonly isPersonal: boolean;
  /** One of many accounts at a server that all share: a budget of its own, but one breaker for all of this name. */
  readonly isAccount?: boolean;
  /** `new URL(x).origin` of what the operator's own configuration names: these may be private. Never a user's. */
  readonly trustedOrigins?: readonly string[];
}

export interface UpstreamRequest {
  readonly method?: 'GET' | 'HEAD' | 'PROPFIND' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** Never sent to another origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: CancelSignal;
  /** Everything together: waiting for the budget, retries, redirects, the whole body. */
  readonly timeoutMs: number;
  /** Of the decompressed body. */
  readonly bodyBytesMax: number;
  /**
   * Further attempts after a connection failure, 429, 502, 503 or 504, jittered and inside `timeoutMs`; for idempotent
   * calls. None once `onBody` was given something.
   */
  readonly retriesMax?: number;
  /** Takes each piece of a 2xx body as it arrives, decompressed; `bytes` is empty then. What it throws ends the call. */
  readonly onBody?: (piece: Uint8Array, contentType: string) => void;
  /** A redirect is an answer, with `location`, instead of being followed. */
  readonly manualRedirect?: boolean;
  /** True for a 5xx that says in its body what is wrong with the call: an answer, and no failure of the server. */
  readonly isAnswer?: (answer: UpstreamAnswer) => boolean;
}

export interface UpstreamAnswer {
  readonly status: number;
  /** Lower case, with its parameters; empty when there is none. */
  readonly contentType: string;
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly bytes: Uint8Array;
  /** Value of a header; empty when there is none. */
  header(lowerCaseName: string): string;
}

/** Half-open: the next call is let through to see whether it succeeds. */
export type BreakerState = 'closed' | 'open' | 'half-open';

/** One upstream with one credential. */
export interface Upstream {
  readonly name: string;
  readonly breaker: BreakerState;
  /**
   * Any status below 500 but 429 is an answer, and what `isAnswer` takes for one.
   * @throws AppError `upstream.open` (breaker; at once), `upstream.busy` (the budget has nothing within the time),
   *   `upstream.limited` (429 or a pause that the server asked for), `upstream.failed` (5xx, after retries), `fetch.*`;
   *   `request.cancelled` or the signal's own AppError
   */
  request(request: UpstreamRequest): Promise<UpstreamAnswer>;
  /**
   * How long so many percent of the newest answers took at most, from the start of the call (after waiting for the budget)
   * to the end of the body; calls that were given up count with the time that they had. Null: nothing known yet.
   */
  latencyMs(percent: number): number | null;
}

/** Since the start of the process, over all credentials. */
export interface UpstreamStats {
  readonly name: string;
  readonly calls: number;
  /** By error code. */
  readonly failures: Readonly<Record<string, number>>;
  /** Of the newest calls; null before the first. */
  readonly latencyMs: Readonly<Record<'p50' | 'p95' | 'p99', number | null>>;
  /** Seconds that calls took, all their waits included, by outcome: `ok`, or the code of the error. */
  readonly durations: readonly Sample[];
}

export interface BreakerCount {
  readonly name: string;
  readonly states: Readonly<Record<BreakerState, number>>;
}

export interface Upstreams {
  /** The same object for equal specs, as long as it is in use: state lives here, bounded. */
  open(spec: UpstreamSpec): Upstream;
  stats(): readonly UpstreamStats[];
}

/** What `createUpstreams` opens. */
export interface MeasuredUpstreams extends Upstreams {
  /** How many breakers of each name are in each state; users' own servers count for themselves. */
  breakers(): readonly BreakerCount[];
}
