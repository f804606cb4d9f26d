/**
 * Everything that Sluice fetches on a user's behalf goes through here: http and https only, checked
 * addresses, and a limit on time, bytes, redirects and requests per host.
 */
import { Agent, request, type Dispatcher } from 'undici';
import { abortSignalOf, type CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { waitFailure } from '../../lib/async/wait.ts';
import { createAddressGuard } from './address-guard.ts';
import { guardedConnector, resolveBySystem, type ResolveAll } from './guarded-connector.ts';
import { HostSlots } from './host-slots.ts';

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

export interface FetchOptions {
  readonly signal: CancelSignal;
  /** A larger body is refused, by its declared length or when it grows past this. */
  readonly bodyBytesMax: number;
  /** Total time in milliseconds: waiting for a slot, redirects and the whole body included. */
  readonly timeoutMs: number;
  /** Header lines by lower-case name. Never sent to another origin than the first one. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Beginnings of the content types that are accepted (`image/`); anything when absent. */
  readonly contentTypes?: readonly string[];
}

export interface FetchedBytes {
  readonly status: number;
  /** Lower case, with its parameters; empty when there is none. */
  readonly contentType: string;
  /** Address of the last redirect. */
  readonly url: string;
  readonly bytes: Uint8Array;
}

export interface Fetcher extends AsyncDisposable {
  /**
   * GET. Any final status is an answer, except a redirect that leads nowhere.
   * @throws AppError `fetch.bad-url`, `fetch.blocked-address`, `fetch.too-large`, `fetch.timeout`,
   *   `fetch.busy`, `fetch.failed`; `request.cancelled` (or the signal's own AppError) when aborted
   */
  fetchBytes(url: string, options: FetchOptions): Promise<FetchedBytes>;
}

const USER_AGENT = 'Sluice';
const CONNECT_TIMEOUT_MS = 5000;
const PER_HOST_MAX = 6;
const WAITERS_PER_HOST_MAX = 200;
const HOSTS_MAX = 500;
const REDIRECTS_MAX = 5;
const REDIRECT_STATUS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);
const URL_CHARS_MAX = 4096;
/** Of a redirect's body, read to keep the connection; a longer one costs the connection. */
const DRAIN_BYTES_MAX = 16 * 1024;
const HEADER_BYTES_MAX = 16 * 1024;

export function createFetcher(options: FetcherOptions): Fetcher {
  return new GuardedFetcher(options);
}

class GuardedFetcher implements Fetcher {
  readonly #agent: Agent;
  readonly #userAgent: string;
  readonly #slots: HostSlots;

  constructor(options: FetcherOptions) {
    const perHostMax = options.perHostMax ?? PER_HOST_MAX;
    const connectTimeoutMs = options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS;
    const guard = createAddressGuard(options.allowPrivate);
    this.#agent = new Agent({
      connect: guardedConnector(guard, options.resolve ?? resolveBySystem, connectTimeoutMs),
      connections: perHostMax,
      pipelining: 1,
      maxHeaderSize: HEADER_BYTES_MAX,
    });
    this.#userAgent = options.userAgent ?? USER_AGENT;
    this.#slots = new HostSlots({
      perHostMax,
      waitersMax: WAITERS_PER_HOST_MAX,
      hostsMax: HOSTS_MAX,
    });
  }

  async fetchBytes(url: string, options: FetchOptions): Promise<FetchedBytes> {
    const { signal, timeoutMs } = options;
    if (signal.aborted) throw waitFailure(signal);
    using deadline = new Deadline({
      timeoutMs,
      failure: () => timedOut(timeoutMs),
      parent: signal,
    });
    try {
      return await this.#follow(parseTarget(url, undefined), options, deadline.signal);
    } catch (error) {
      throw deadline.signal.aborted ? waitFailure(deadline.signal) : asAppError(error);
    }
  }

  /** Ends connections at once; what is under way fails. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#agent.destroy();
  }

  async #follow(first: URL, options: FetchOptions, signal: CancelSignal): Promise<FetchedBytes> {
    let target = first;
    for (let hop = 0; hop <= REDIRECTS_MAX; hop++) {
      const answer = await this.#once(
        target,
        target.origin === first.origin ? first : null,
        options,
        signal,
      );
      if (!(answer instanceof URL)) return answer;
      target = answer;
    }
    throw new AppError('fetch.failed', `more than ${REDIRECTS_MAX} redirects`);
  }

  /**
   * One request.
   * @param entitled carries the caller's credentials when the target is of the first origin
   * @returns the next target for a redirect
   */
  async #once(
    target: URL,
    entitled: URL | null,
    options: FetchOptions,
    signal: CancelSignal,
  ): Promise<FetchedBytes | URL> {
    await this.#slots.acquire(target.host, signal);
    const undiciSignal = abortSignalOf(signal);
    try {
      const response = await request(target.origin + target.pathname + target.search, {
        dispatcher: this.#agent,
        headers: this.#headers(entitled, options.headers),
        headersTimeout: options.timeoutMs,
        bodyTimeout: options.timeoutMs,
        signal: undiciSignal,
      });
      const location = response.headers['location'];
      if (REDIRECT_STATUS.has(response.statusCode) && typeof location === 'string') {
        await response.body.dump({ limit: DRAIN_BYTES_MAX, signal: undiciSignal });
        return parseTarget(location, target);
      }
      return { ...(await readAnswer(response, options)), url: target.href };
    } finally {
      this.#slots.release(target.host);
    }
  }

  #headers(entitled: URL | null, own: FetchOptions['headers']): Record<string, string> {
    // Bodies are capped as they arrive: one that is compressed could still burst afterwards.
    const plain = { 'user-agent': this.#userAgent, 'accept-encoding': 'identity' };
    if (entitled === null) return plain;
    const user = `${decodeURIComponent(entitled.username)}:${decodeURIComponent(entitled.password)}`;
    const basic =
      user === ':' ? {} : { authorization: `Basic ${Buffer.from(user).toString('base64')}` };
    return { ...basic, ...own, ...plain };
  }
}

/** @param base what a redirect is relative to; credentials in its target are dropped */
function parseTarget(url: string, base: URL | undefined): URL {
  const refused = (why: string) =>
    new AppError('fetch.bad-url', `the address ${why}: expected http:// or https://`);
  if (url.length > URL_CHARS_MAX) throw refused(`is longer than ${URL_CHARS_MAX} characters`);
  if (!URL.canParse(url, base?.href)) throw refused('is not a URL');
  const target = new URL(url, base?.href);
  if (target.protocol !== 'http:' && target.protocol !== 'https:')
    throw refused('has another scheme');
  if (base !== undefined) target.username = target.password = '';
  return target;
}

async function readAnswer(
  { statusCode, headers, body }: Dispatcher.ResponseData,
  { bodyBytesMax, contentTypes }: FetchOptions,
): Promise<Omit<FetchedBytes, 'url'>> {
  const contentType = String(headers['content-type'] ?? '').toLowerCase();
  const encoding = String(headers['content-encoding'] ?? 'identity').toLowerCase();
  const wrongType =
    contentTypes !== undefined && !contentTypes.some((start) => contentType.startsWith(start));
  try {
    if (Number(headers['content-length'] ?? 0) > bodyBytesMax) throw tooLarge(bodyBytesMax);
    if (encoding !== 'identity')
      throw new AppError('fetch.failed', 'the answer is compressed although it must not be');
    if (wrongType)
      throw new AppError('fetch.failed', 'the answer has another content type than was asked for');
    return { status: statusCode, contentType, bytes: await readBody(body, bodyBytesMax) };
  } catch (error) {
    // The rest is of no use; an error that this raises has been told already.
    body.on('error', () => {}).destroy();
    throw error;
  }
}

async function readBody(
  body: Dispatcher.ResponseData['body'],
  bodyBytesMax: number,
): Promise<Uint8Array> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    bytes += chunk.byteLength;
    if (bytes > bodyBytesMax) throw tooLarge(bodyBytesMax);
    chunks.push(chunk);
  }
  return new Uint8Array(Buffer.concat(chunks, bytes));
}

function tooLarge(bodyBytesMax: number): AppError {
  return new AppError('fetch.too-large', `the answer is larger than ${bodyBytesMax} bytes`);
}

function timedOut(timeoutMs: number): AppError {
  return new AppError('fetch.timeout', `no whole answer within ${timeoutMs} ms`);
}

/** undici's own timeouts (connect, headers, body) count as ours. */
function asAppError(cause: unknown): AppError {
  if (cause instanceof AppError) return cause;
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (/^UND_ERR_(CONNECT|HEADERS|BODY)_TIMEOUT$/.test(code)) {
    return new AppError('fetch.timeout', 'the other server did not answer in time', { cause });
  }
  const detail = code === '' ? '' : ` (${code})`;
  return new AppError('fetch.failed', `the other server did not answer properly${detail}`, {
    cause,
  });
}
