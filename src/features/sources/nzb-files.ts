/** NZBs are got from the indexers that have them, with the key of whoever plays them, or else the instance's. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import { withApiKey } from '../../lib/torznab/credentials.ts';
import { FeedReader } from '../../lib/torznab/feed-reader.ts';
import type { IndexerKey } from '../../lib/user-config/own-services.ts';
import type { Upstream, UpstreamAnswer, Upstreams } from '../../platform/upstream/upstream.ts';
import type { NzbFiles } from './contract.ts';
import { openUpstream } from './providers/open-upstream.ts';
import { errorCodeOf } from './providers/torznab-endpoint.ts';

export interface NzbFilesParts {
  readonly upstreams: Upstreams;
  /** Of the instance. */
  readonly sources: readonly SourceSettings[];
  /** What calls to servers that users name go through; null: directly. */
  readonly proxyUrl: string | null;
}

/** Who is asked for an NZB. */
interface Keeper extends IndexerKey {
  readonly upstream: Upstream;
}

/** A film in parts of 700 KB is a few megabytes; whole seasons are the largest. */
const NZB_BYTES_MAX = 64 * 2 ** 20;
const TIMEOUT_MS = 28_000;
const POLITENESS = { callsPerMinute: 60, burst: 12, concurrencyMax: 4 } as const;
const PERSONAL_ID = 'own:nzb';
const HEAD_BYTES = 4096;
const HAS_ROOT = /<nzb[\s>]/i;

export class IndexerNzbFiles implements NzbFiles {
  readonly #parts: NzbFilesParts;

  constructor(parts: NzbFilesParts) {
    this.#parts = parts;
  }

  async read(
    locator: string,
    own: readonly IndexerKey[],
    signal: CancelSignal,
  ): Promise<Uint8Array> {
    const { url: apiUrl, apiKey, upstream } = this.#keeperOf(locator, own);
    let failure: unknown;
    for (const url of withApiKey(locator, { apiUrl, apiKey })) {
      try {
        return await fetchNzb(upstream, url, signal);
      } catch (error) {
        signal.throwIfAborted();
        failure = error;
        if (error instanceof AppError && error.code === 'upstream.limited') break;
      }
    }
    throw failure;
  }

  /** The user's indexer of that host, else the instance's, else nobody: the address is asked without a key. */
  #keeperOf(locator: string, own: readonly IndexerKey[]): Keeper {
    const { upstreams, sources, proxyUrl } = this.#parts;
    const personal = (key: IndexerKey): Keeper => ({
      url: key.url,
      apiKey: key.apiKey || keyIn(key.url),
      upstream: openUpstream(
        { id: PERSONAL_ID, ...key, isPersonal: true, proxyUrl },
        POLITENESS,
        upstreams,
      ),
    });
    const mine = own.find(({ url }) => isAt(locator, url));
    if (mine !== undefined) return personal(mine);
    const shared = sources
      .flatMap((one) => (one.kind === 'newznab' || one.kind === 'prowlarr' ? [one] : []))
      .find(({ url }) => isAt(locator, url));
    if (shared === undefined) return personal({ url: locator, apiKey: '' });
    const { url, apiKey } = shared;
    const upstream = openUpstream(shared, POLITENESS, upstreams);
    return { url, apiKey: apiKey || keyIn(url), upstream };
  }
}

async function fetchNzb(upstream: Upstream, url: string, signal: CancelSignal) {
  const answer = await upstream.request({
    url,
    headers: { accept: 'application/x-nzb, application/xml;q=0.9, */*;q=0.5' },
    signal,
    timeoutMs: TIMEOUT_MS,
    bodyBytesMax: NZB_BYTES_MAX,
    retriesMax: 1,
  });
  const head = Buffer.from(answer.bytes.subarray(0, HEAD_BYTES)).toString('latin1');
  if (answer.status === 200 && HAS_ROOT.test(head)) return answer.bytes;
  throw refusal(answer);
}

/** What an indexer says in place of an NZB. */
function refusal({ status, bytes, url }: UpstreamAnswer): AppError {
  if (status === 401 || status === 403)
    return new AppError('source.refused', `it does not accept the key (HTTP ${status})`);
  if (status === 404 || status === 410)
    return new AppError('source.not-found', `it does not have the NZB any more (HTTP ${status})`);
  const { error } = readFeed(bytes, url);
  const code = error === null ? 'source.bad-answer' : errorCodeOf(error);
  return code === null
    ? new AppError('source.not-found', 'it does not have the NZB any more')
    : new AppError(code, 'it gives something else than the NZB');
}

function readFeed(bytes: Uint8Array, baseUrl: string) {
  const reader = new FeedReader({ baseUrl, charset: '', onItem: () => undefined });
  reader.write(bytes.subarray(0, HEAD_BYTES));
  return reader.end();
}

/** At the same server, or at one above or below it: `api.` and the site itself are one indexer. */
function isAt(locator: string, indexerUrl: string): boolean {
  if (!URL.canParse(locator)) return false;
  const [a, b] = [new URL(locator), new URL(indexerUrl)];
  if (a.origin === b.origin) return true;
  const isBelow = (host: string, above: string) =>
    host.endsWith(`.${above}`) && above.includes('.');
  return (
    a.protocol === 'https:' &&
    b.protocol === 'https:' &&
    a.port === b.port &&
    (a.hostname === b.hostname ||
      isBelow(a.hostname, b.hostname) ||
      isBelow(b.hostname, a.hostname))
  );
}

function keyIn(url: string): string {
  return new URL(url).searchParams.get('apikey') ?? '';
}
