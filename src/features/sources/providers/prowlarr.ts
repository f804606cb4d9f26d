/**
 * Prowlarr. Its indexers are asked at their Torznab endpoints and not by `/api/v1/search`: a search there takes ids and
 * episodes only as words in braces, and answers with a JSON list that is as large as it likes instead of a feed that is
 * read as it comes.
 */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { foldControlCharacters } from '../../../lib/control-characters.ts';
import { countOf, textOf } from '../../../lib/json/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import type { ManagerSettings } from '../../../lib/source-settings/source-settings.ts';
import type { Upstream, Upstreams } from '../../../platform/upstream/upstream.ts';
import type { Source } from '../source.ts';
import { JSON_BYTES_MAX, jsonRows, parseJsonAnswer } from './json-answer.ts';
import { ManagerSource, type ManagedIndexer } from './manager.ts';

const TIMEOUT_MS = 10_000;
/** Lists of indexers have every field of their settings, translated help included. */
const LIST_BYTES_MAX = 4 * JSON_BYTES_MAX;
const NAME_CHARS_MAX = 80;

export function prowlarrSource(settings: ManagerSettings, upstreams: Upstreams): Source {
  return new ManagerSource(settings, upstreams, listIndexers);
}

/** Those that are switched on and can be searched, by Prowlarr's own order: low numbers first. */
async function listIndexers(
  manager: Upstream,
  { url, apiKey }: ManagerSettings,
  signal: CancelSignal,
): Promise<readonly ManagedIndexer[]> {
  const base = url.replace(/\/+$/, '');
  const ask = async (path: string) => {
    const answer = await manager.request({
      url: `${base}${path}`,
      headers: { 'x-api-key': apiKey, accept: 'application/json' },
      signal,
      timeoutMs: TIMEOUT_MS,
      bodyBytesMax: LIST_BYTES_MAX,
      retriesMax: 1,
    });
    return jsonRows(parseJsonAnswer(answer), 'a list of indexers');
  };
  const [indexers, states] = await Promise.all([
    ask('/api/v1/indexer'),
    // Without the states all of them are asked.
    ask('/api/v1/indexerstatus').catch(() => []),
  ]);
  const paused = pausedIndexers(states, Date.now());
  return indexers
    .filter((indexer) => indexer['enable'] === true && indexer['supportsSearch'] !== false)
    .toSorted((a, b) => priorityOf(a) - priorityOf(b))
    .map((indexer) => managedIndexer(indexer, base, paused))
    .filter((indexer) => indexer !== null);
}

function pausedIndexers(states: readonly JsonObject[], nowMs: number): ReadonlySet<number> {
  const paused = states.filter(({ disabledTill }) => Date.parse(textOf(disabledTill)) > nowMs);
  return new Set(paused.map(({ indexerId }) => countOf(indexerId) ?? -1));
}

function managedIndexer(
  indexer: JsonObject,
  base: string,
  paused: ReadonlySet<number>,
): ManagedIndexer | null {
  const id = countOf(indexer['id']);
  if (id === undefined) return null;
  const categories = categoriesOf(indexer['capabilities']);
  const has = (thousand: number) => categories.length === 0 || categories.includes(thousand);
  return {
    id: String(id),
    name:
      foldControlCharacters(textOf(indexer['name'])).slice(0, NAME_CHARS_MAX) || `Indexer ${id}`,
    kind: indexer['protocol'] === 'usenet' ? 'newznab' : 'torznab',
    url: `${base}/${id}/api`,
    isPrivate: indexer['privacy'] === 'private',
    hasMovies: has(2),
    hasSeries: has(5),
    isPaused: paused.has(id),
  };
}

function priorityOf(indexer: JsonObject): number {
  return countOf(indexer['priority']) ?? 25;
}

/** Thousands of Newznab's numbering. */
function categoriesOf(capabilities: JsonValue | undefined): readonly number[] {
  const listed = isJsonObject(capabilities) ? capabilities['categories'] : undefined;
  if (!Array.isArray(listed)) return [];
  return (listed as readonly JsonValue[])
    .filter(isJsonObject)
    .map(({ id }) => Math.floor((countOf(id) ?? 0) / 1000));
}
