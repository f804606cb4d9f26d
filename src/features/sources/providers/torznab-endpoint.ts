/** Calls to one Torznab or Newznab endpoint: addresses, the reading of what comes, and what went wrong in words. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError, type ErrorCode } from '../../../lib/errors.ts';
import type { IndexerSettings } from '../../../lib/source-settings/source-settings.ts';
import { withoutSecrets } from '../../../lib/torznab/credentials.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { FeedSummary } from '../../../lib/torznab/feed-reader.ts';
import type { FeedError, FrameKind } from '../../../lib/torznab/frame.ts';
import type { Upstream, Upstreams } from '../../../platform/upstream/upstream.ts';
import { openUpstream } from './open-upstream.ts';
import { StreamedAnswer } from './streamed-answer.ts';

export type QueryParameters = Readonly<Record<string, string>>;

export interface EndpointCall {
  readonly signal: CancelSignal;
  /** Given the items as they come, those before a failure too; must not throw. */
  readonly onItems: (items: readonly FeedItem[]) => void;
}

/** Indexers answer a hundred items in 200 KB; some answer everything that they have. */
const BODY_BYTES_MAX = 24 * 2 ** 20;
const TIMEOUT_MS = 28_000;
const POLITENESS = { callsPerMinute: 60, burst: 12, concurrencyMax: 4 } as const;
/** Ours, whatever the configured address has. */
const OWN_PARAMETERS: ReadonlySet<string> = new Set(['t', 'apikey', 'q', 'cat', 'limit', 'offset']);

export class TorznabEndpoint {
  readonly upstream: Upstream;
  readonly #settings: IndexerSettings;
  readonly #base: URL;
  readonly #apiKey: string;
  /** What must not be seen by anybody: the key, and what else the configured address holds. */
  readonly secrets: readonly string[];

  constructor(settings: IndexerSettings, upstreams: Upstreams) {
    this.#settings = settings;
    this.#base = new URL(settings.url);
    const { searchParams, username, password } = this.#base;
    this.#apiKey = settings.apiKey || (searchParams.get('apikey') ?? '');
    this.secrets = [
      this.#apiKey,
      decodeURIComponent(username),
      decodeURIComponent(password),
      ...[...searchParams].filter(([name]) => !OWN_PARAMETERS.has(name)).map(([, value]) => value),
      ...Object.values(settings.headers),
    ].filter((secret) => secret !== '');
    this.upstream = openUpstream(settings, POLITENESS, upstreams);
  }

  /**
   * Asks, and reads the answer as it arrives.
   * @param path behind the configured address: empty or `/api`
   * @returns what the answer was, never an error of the indexer's
   * @throws AppError `source.*`, `upstream.*`, `fetch.*`, without secrets
   */
  async ask(
    path: string,
    parameters: QueryParameters,
    { signal, onItems }: EndpointCall,
  ): Promise<FeedSummary> {
    const url = this.#address(path, parameters);
    const answer = new StreamedAnswer(url, onItems);
    const { status, bytes, contentType } = await this.upstream.request({
      url,
      headers: {
        accept: 'application/rss+xml, application/xml, text/xml',
        ...this.#settings.headers,
      },
      signal,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: BODY_BYTES_MAX,
      retriesMax: 1,
      onBody: (piece, type) => answer.write(piece, type),
    });
    answer.write(bytes, contentType);
    const summary = answer.end();
    const failure = this.#failureOf(status, summary);
    if (failure !== null) throw failure;
    return summary;
  }

  /** Headers for an address that an item names: those of the endpoint belong to its own server alone. */
  headersFor(url: string): Readonly<Record<string, string>> {
    return new URL(url).origin === this.#base.origin ? this.#settings.headers : {};
  }

  /** `t` is always there: one server redirects without it, and drops everything else. */
  #address(path: string, parameters: QueryParameters): string {
    const url = new URL(this.#base);
    url.hash = '';
    url.pathname = url.pathname.replace(/\/+$/, '') + path;
    for (const name of OWN_PARAMETERS) url.searchParams.delete(name);
    for (const [name, value] of Object.entries(parameters)) url.searchParams.set(name, value);
    if (this.#apiKey !== '') url.searchParams.set('apikey', this.#apiKey);
    // A plus is a space in forms alone; not every server takes an address for one.
    url.search = url.search.replaceAll('+', '%20');
    return url.href;
  }

  #failureOf(status: number, summary: FeedSummary): AppError | null {
    const { error, kind } = summary;
    if (error !== null) return this.#errorOf(error);
    if (status === 401 || status === 403)
      return new AppError('source.refused', `it does not accept the key (HTTP ${status})`);
    if (status === 404 || status === 410)
      return new AppError(
        'source.not-found',
        `nothing is at this address (HTTP ${status}): did you forget /api?`,
      );
    if (status < 200 || status >= 300)
      return new AppError('source.bad-answer', `it answered with HTTP ${status}`);
    return kind === 'feed' || kind === 'caps' ? null : unreadable(kind);
  }

  /** Null where the error means that nothing was found. */
  #errorOf(error: FeedError): AppError | null {
    const code = errorCodeOf(error);
    if (code === null) return null;
    const said = withoutSecrets(error.description, this.secrets, '…');
    const number = error.code === 0 ? '' : ` ${error.code}`;
    return new AppError(code, `it answered with error${number}${said === '' ? '' : `: ${said}`}`);
  }
}

const REFUSED_TEXT = /api[ _-]?key|credential|unauthori[sz]ed|forbidden|not registered|suspended/i;
const LIMITED_TEXT = /limit (?:reached|exceeded)|too many requests/i;
const NOTHING_TEXT = /no (?:results|items|such item)|nothing found/i;

/**
 * Newznab's numbers: 1xx accounts, 2xx calls, 300 nothing, 5xx limits, 9xx the server; texts where there is none.
 * @returns null where nothing was found
 */
export function errorCodeOf({ code, description }: FeedError): ErrorCode | null {
  if (code === 300 || NOTHING_TEXT.test(description)) return null;
  if (code === 500 || code === 501 || code === 429 || LIMITED_TEXT.test(description))
    return 'upstream.limited';
  if ((code >= 100 && code < 200) || code === 401 || code === 403 || REFUSED_TEXT.test(description))
    return 'source.refused';
  return code >= 200 && code < 300 ? 'source.unsupported' : 'source.failed';
}

const UNREADABLE: Readonly<Record<Exclude<FrameKind, 'feed' | 'caps'>, string>> = {
  html: 'a web page came instead of XML: check the address (did you forget /api?), and whether it asks to sign in',
  json: 'JSON came instead of XML: the address is that of another API',
  empty: 'it answered with nothing at all',
  error: 'it answered with an error that says nothing',
  other: 'what it answered is no feed',
};

function unreadable(kind: Exclude<FrameKind, 'feed' | 'caps'>): AppError {
  return new AppError('source.bad-answer', UNREADABLE[kind]);
}
