/**
 * Everything that Sluice fetches from other servers goes through here: http and https only, checked addresses, and
 * a limit on time, bytes, redirects and requests per host.
 */
import { request, type Dispatcher } from 'undici';
import { abortSignalOf, type CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { orCancelled, waitFailure } from '../../lib/async/wait.ts';
import { createAddressGuard } from './address-guard.ts';
import { ConnectionPools, DIRECT, type FetchRoute } from './connection-pools.ts';
import { ACCEPTED_ENCODINGS } from './decompress.ts';
import { asFetchFailure, tooLate } from './fetch-failure.ts';
import { resolveBySystem, type ResolveAll } from './guarded-lookup.ts';
import { hostBusy, HostSlots } from './host-slots.ts';
import {
  headerReader,
  readAnswer,
  TakerFailure,
  type Answer,
  type AnswerLimits,
} from './read-answer.ts';
import { callerHeaders, mayCarryCredentials, parseTarget } from './target.ts';

export interface FetcherOptions {
  /** Hosts, addresses and ranges that may be fetched from although they are not public. */
  readonly allowPrivate: readonly string[];
  /** Sent as `User-Agent`. */
  readonly userAgent?: string;
  readonly connectTimeoutMs?: number;
  /** Requests at a time against one host. */
  readonly perHostMax?: number;
  /** Replaces the system's resolver; for tests. */
  readonly resolve?: ResolveAll;
}

export type HttpMethod = 'GET' | 'HEAD' | 'PROPFIND' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** They change nothing, so that a redirect does not change them. */
const QUESTIONS: ReadonlySet<HttpMethod> = new Set(['GET', 'HEAD', 'PROPFIND']);

export interface FetchOptions extends AnswerLimits {
  readonly signal: CancelSignal;
  /** Total time in milliseconds: waiting for a slot, redirects and the whole body included. */
  readonly timeoutMs: number;
  /** Never sent to another origin than the first one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** In place of our own, on every server that redirects lead to: some let only their players in. */
  readonly userAgent?: string;
  /** GET when absent. */
  readonly method?: HttpMethod;
  readonly body?: string | Uint8Array;
  /** A redirect is an answer, with the header `location` and no bytes, instead of being followed. */
  readonly manualRedirect?: boolean;
  /** Directly, as everybody, when absent. */
  readonly route?: FetchRoute;
}

export interface FetchedBytes extends Answer {
  /** Address of the last redirect. */
  readonly url: string;
}

export interface Fetcher extends AsyncDisposable {
  /**
   * Any final status is an answer, except a redirect that leads nowhere.
   * @throws AppError `fetch.bad-url`, `fetch.bad-header`, `fetch.blocked-address`, `fetch.too-large`, `fetch.timeout`,
   *   `fetch.busy`, `fetch.failed`; `request.cancelled` (or the signal's own AppError) when aborted; what `onBody` threw
   */
  fetchBytes(url: string, options: FetchOptions): Promise<FetchedBytes>;
}

const USER_AGENT = 'Sluice';
const CONNECT_TIMEOUT_MS = 5000;
/** Longest pause within a body. */
const BODY_PAUSE_MAX_MS = 10_000;
const PER_HOST_MAX = 6;
/** Of the operator's own servers: a manager of indexers waits for many of them at a time. */
const PER_TRUSTED_HOST_MAX = 40;
/** Each stays open while somebody watches; a provider limits them by itself. */
const PER_LIVE_HOST_MAX = 500;
const WAITERS_PER_HOST_MAX = 200;
const HOSTS_MAX = 500;
const REDIRECTS_MAX = 5;
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
/** Of a redirect's body, read to keep the connection; a longer one costs the connection. */
const DRAIN_BYTES_MAX = 16 * 1024;

export function createFetcher(options: FetcherOptions): Fetcher {
  return new GuardedFetcher(options);
}

interface Call {
  readonly options: FetchOptions;
  waitsForSlot: boolean;
}

/** One request of a call; the next one differs after a redirect. */
interface Hop {
  readonly target: URL;
  readonly method: HttpMethod;
  readonly body: string | Uint8Array | null;
  /** Without the caller's, and without credentials, on another origin. */
  readonly headers: Readonly<Record<string, string>>;
}

class GuardedFetcher implements Fetcher {
  readonly #pools: ConnectionPools;
  readonly #userAgent: string;
  readonly #slots: Readonly<Record<FetchRoute['lane'] | 'trusted', HostSlots>>;

  constructor(options: FetcherOptions) {
    const perHostMax = options.perHostMax ?? PER_HOST_MAX;
    this.#pools = new ConnectionPools({
      guard: createAddressGuard(options.allowPrivate),
      resolve: options.resolve ?? resolveBySystem,
      connectTimeoutMs: options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS,
      perHostMax,
      perTrustedHostMax: PER_TRUSTED_HOST_MAX,
      perLiveHostMax: PER_LIVE_HOST_MAX,
    });
    this.#userAgent = options.userAgent ?? USER_AGENT;
    const slots = { perHostMax, waitersMax: WAITERS_PER_HOST_MAX, hostsMax: HOSTS_MAX };
    this.#slots = {
      shared: new HostSlots(slots),
      personal: new HostSlots(slots),
      live: new HostSlots({ ...slots, perHostMax: PER_LIVE_HOST_MAX }),
      trusted: new HostSlots({ ...slots, perHostMax: PER_TRUSTED_HOST_MAX }),
    };
  }

  async fetchBytes(url: string, options: FetchOptions): Promise<FetchedBytes> {
    const { signal, timeoutMs } = options;
    if (signal.aborted) throw waitFailure(signal);
    const call: Call = { options, waitsForSlot: false };
    using deadline = new Deadline({
      timeoutMs,
      // Whoever never got to the server has nothing to say about it.
      failure: () => (call.waitsForSlot ? hostBusy() : tooLate(timeoutMs)),
      parent: signal,
    });
    try {
      return await this.#follow(parseTarget(url), call, deadline.signal);
    } catch (error) {
      if (error instanceof TakerFailure) throw error.cause;
      throw deadline.signal.aborted ? waitFailure(deadline.signal) : asFetchFailure(error);
    }
  }

  /** Ends connections at once; what is under way fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#pools[Symbol.asyncDispose]();
  }

  async #follow(first: URL, call: Call, signal: CancelSignal): Promise<FetchedBytes> {
    const { options } = call;
    const { method = 'GET', body = null } = options;
    let hop: Hop = { target: first, method, body, headers: callerHeaders(first, options.headers) };
    for (let hops = 0; hops <= REDIRECTS_MAX; hops++) {
      const answer = await this.#once(hop, call, signal);
      if ('bytes' in answer) return answer;
      hop = nextHop(hop, answer, mayCarryCredentials(first, answer.target) ? hop.headers : {});
    }
    throw new AppError('fetch.failed', `more than ${REDIRECTS_MAX} redirects`);
  }

  /** One request; a redirect that is to be followed is returned as where it leads. */
  async #once(hop: Hop, call: Call, signal: CancelSignal): Promise<FetchedBytes | Redirect> {
    const { target } = hop;
    const { options } = call;
    const route = options.route ?? DIRECT;
    const isTrusted = route.trustedOrigins.includes(target.origin);
    const slots = this.#slots[isTrusted ? 'trusted' : route.lane];
    call.waitsForSlot = true;
    await slots.acquire(target.host, signal);
    call.waitsForSlot = false;
    const undiciSignal = abortSignalOf(signal);
    try {
      // undici hears the signal only once it is connected.
      const response = await orCancelled(this.#send(hop, route, options, undiciSignal), signal);
      const location = response.headers['location'];
      if (!REDIRECT_STATUS.has(response.statusCode) || typeof location !== 'string')
        return { ...(await readAnswer(response, options)), url: target.href };
      await response.body.dump({ limit: DRAIN_BYTES_MAX, signal: undiciSignal });
      if (options.manualRedirect === true) return withoutBody(response, target);
      return { status: response.statusCode, target: parseTarget(location, target) };
    } finally {
      slots.release(target.host);
    }
  }

  #send(
    { target, method, body, headers }: Hop,
    route: FetchRoute,
    { timeoutMs, acceptsCompressed = false, userAgent = this.#userAgent }: FetchOptions,
    signal: ReturnType<typeof abortSignalOf>,
  ): Promise<Dispatcher.ResponseData> {
    return request(target.origin + target.pathname + target.search, {
      dispatcher: this.#pools.dispatcher(route),
      method,
      body,
      headers: {
        'user-agent': userAgent,
        ...headers,
        // Bodies are capped as they are decompressed, or must not be compressed.
        'accept-encoding': acceptsCompressed ? ACCEPTED_ENCODINGS : 'identity',
      },
      headersTimeout: timeoutMs,
      bodyTimeout: Math.min(timeoutMs, BODY_PAUSE_MAX_MS),
      signal,
    });
  }
}

interface Redirect {
  readonly status: number;
  readonly target: URL;
}

/** RFC 9110 section 15.4: 307 and 308 keep method and body, the others turn what is no question into a GET. */
function nextHop(
  { method, body, target: from }: Hop,
  { status, target }: Redirect,
  headers: Hop['headers'],
): Hop {
  if (status !== 307 && status !== 308)
    return { target, method: QUESTIONS.has(method) ? method : 'GET', body: null, headers };
  if (body !== null && from.origin !== target.origin)
    throw new AppError('fetch.failed', 'a redirect leads what was sent to another server');
  return { target, method, body, headers };
}

function withoutBody(
  { statusCode, headers }: Dispatcher.ResponseData,
  { href }: URL,
): FetchedBytes {
  const header = headerReader(headers);
  return {
    status: statusCode,
    contentType: header('content-type').toLowerCase(),
    bytes: new Uint8Array(0),
    url: href,
    header,
  };
}
