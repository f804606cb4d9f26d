/** Jackett. Its list of indexers leaves out those that fail; where an older one cannot, all are listed. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { ManagerSettings } from '../../../lib/source-settings/source-settings.ts';
import { readIndexers } from '../../../lib/torznab/indexer-list.ts';
import { withoutSecrets } from '../../../lib/torznab/credentials.ts';
import type { Upstream, Upstreams } from '../../../platform/upstream/upstream.ts';
import type { Source } from '../source.ts';
import { badAnswer, requireSuccess } from './json-answer.ts';
import { ManagerSource, type ManagedIndexer } from './manager.ts';

const TIMEOUT_MS = 10_000;
/** A list of some hundred indexers, each with its categories. */
const LIST_BYTES_MAX = 8 * 2 ** 20;
const LISTS = ['!status:failing', 'all'] as const;

export function jackettSource(settings: ManagerSettings, upstreams: Upstreams): Source {
  return new ManagerSource(settings, upstreams, listIndexers);
}

async function listIndexers(
  manager: Upstream,
  settings: ManagerSettings,
  signal: CancelSignal,
): Promise<readonly ManagedIndexer[]> {
  const [healthy, all] = LISTS;
  try {
    return await listOf(healthy, manager, settings, signal);
  } catch (error) {
    const isUnknown = error instanceof AppError && error.code === 'source.bad-answer';
    if (!isUnknown) throw error;
    return listOf(all, manager, settings, signal);
  }
}

async function listOf(
  which: (typeof LISTS)[number],
  manager: Upstream,
  { url, apiKey }: ManagerSettings,
  signal: CancelSignal,
): Promise<readonly ManagedIndexer[]> {
  const base = `${url.replace(/\/+$/, '')}/api/v2.0/indexers`;
  const query = new URLSearchParams({ apikey: apiKey, t: 'indexers', configured: 'true' });
  const answer = await manager.request({
    url: `${base}/${which}/results/torznab/api?${query}`,
    headers: { accept: 'application/xml' },
    signal,
    timeoutMs: TIMEOUT_MS,
    bodyBytesMax: LIST_BYTES_MAX,
    retriesMax: 1,
  });
  requireSuccess(answer);
  const list = readIndexers(Buffer.from(answer.bytes).toString('utf8'));
  if (list.kind === 'error')
    throw refusal(list.code, withoutSecrets(list.description, [apiKey], '…'));
  if (list.kind === 'other')
    throw badAnswer(
      answer.contentType.startsWith('text/html')
        ? 'a web page came instead of the list of indexers: check the address and the key'
        : 'it answered without a list of indexers: check the address',
    );
  return list.indexers.map(({ id, name, privacy, categories }) => {
    const has = (thousand: number) =>
      categories.length === 0 ||
      categories.some((category) => Math.floor(category / 1000) === thousand);
    return {
      id,
      name,
      kind: 'torznab',
      url: `${base}/${encodeURIComponent(id)}/results/torznab/api`,
      isPrivate: privacy === 'private',
      hasMovies: has(2),
      hasSeries: has(5),
      isPaused: false,
    };
  });
}

function refusal(code: number, description: string): AppError {
  return code >= 100 && code < 200
    ? new AppError('source.refused', `it answered with error ${code}: ${description}`)
    : badAnswer(`it answered with error ${code}: ${description}`);
}
