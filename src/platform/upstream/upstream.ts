/**
 * Calls to other people's servers: polite (a budget for each server and credential over all processes, Retry-After
 * honoured), bounded, and stopped by a breaker where they fail. Sources, metadata and debrid services go through here.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';

/** Whom calls go to, and how much it may be asked. */
export interface UpstreamSpec {
  /** Label of metrics, logs and breakers, from a table or the operator's configuration; never a key or a user's address. */
  readonly name: string;
  /** Who pays for the calls; hashed before it leaves the process. Empty: nobody in particular. */
  readonly credential: string;
  /** Calls that may start in a minute, and at once after a pause. */
  readonly callsPerMinute: number;
  readonly burst: number;
  /** Calls at a time of this process. */
  readonly concurrencyMax: number;
  /** `http://`, `https://` or `socks5://` address that calls go through; null: directly. */
  readonly proxyUrl: string | null;
  /** Bearer of a user's own configuration: neither its failures nor its budget touch those of others. */
  readonly isPersonal: boolean;
}

export interface UpstreamRequest {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly url: string;
  /** By lower-case name; never sent to another origin. */
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly signal: CancelSignal;
  /** Everything together: waiting for the budget, retries, redirects, the whole body. */
  readonly timeoutMs: number;
  /** Of the decompressed body. */
  readonly bodyBytesMax: number;
  /** Further attempts after a connection failure, 502, 503 or 504, jittered and inside `timeoutMs`; for idempotent calls. */
  readonly retriesMax?: number;
  /** Takes each piece of a 2xx body as it arrives, decompressed; `bytes` is empty then. Not together with retries. */
  readonly onBody?: (piece: Uint8Array) => void;
  /** A redirect is an answer, with `location`, instead of being followed. */
  readonly manualRedirect?: boolean;
}

export interface UpstreamAnswer {
  readonly status: number;
  readonly contentType: string;
  /** Where it came from, after redirects. */
  readonly url: string;
  readonly bytes: Uint8Array;
  /** Value of a header; empty when there is none. */
  header(lowerCaseName: string): string;
}

export type BreakerState = 'closed' | 'open' | 'half-open';

/** One upstream with one credential. */
export interface Upstream {
  readonly name: string;
  readonly breaker: BreakerState;
  /**
   * Any status below 500 but 429 is an answer.
   * @throws AppError `upstream.open` (breaker; at once), `upstream.busy` (the budget has nothing within the time),
   *   `upstream.limited` (429 or a pause that the server asked for), `upstream.failed` (5xx, after retries), `fetch.*`
   */
  request(request: UpstreamRequest): Promise<UpstreamAnswer>;
}

export interface Upstreams {
  /** The same object for equal specs, as long as it is in use: state lives here, bounded. */
  open(spec: UpstreamSpec): Upstream;
}
