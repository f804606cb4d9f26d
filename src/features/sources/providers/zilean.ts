/** Zilean: hash lists that people shared, searched by name and by IMDb id. Nobody seeds there: it knows no seeders. */
import { foldControlCharacters } from '../../../lib/control-characters.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { countOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import type { ZileanSettings } from '../../../lib/source-settings/source-settings.ts';
import { parseInfohash } from '../../../lib/torrent/infohash.ts';
import type { Upstream, UpstreamRequest, Upstreams } from '../../../platform/upstream/upstream.ts';
import type { FoundRelease, SearchSubject } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import {
  JSON_BYTES_MAX,
  badAnswer,
  jsonRows,
  parseJsonAnswer,
  requireSuccess,
} from './json-answer.ts';
import { openUpstream } from './open-upstream.ts';
import { torrentRelease } from './release.ts';
import { reportOf } from './source-test.ts';
import { settledCalls } from './settled-calls.ts';

const SEARCH_TIMEOUT_MS = 20_000;
const TEST_TIMEOUT_MS = 8000;
const NAME_CHARS_MAX = 500;
/** Mostly people's own servers, two or three calls for a search. */
const POLITENESS = { callsPerMinute: 240, burst: 40, concurrencyMax: 4 } as const;

export function zileanSource(settings: ZileanSettings, upstreams: Upstreams): Source {
  return new ZileanSource(settings, upstreams);
}

class ZileanSource implements Source {
  readonly id: string;
  readonly name: string;
  readonly #base: string;
  readonly #upstream: Upstream;

  constructor(settings: ZileanSettings, upstreams: Upstreams) {
    this.id = settings.id;
    this.name = settings.name;
    this.#base = settings.url.replace(/\/+$/, '');
    this.#upstream = openUpstream(settings, POLITENESS, upstreams);
  }

  canSearch(): boolean {
    return true;
  }

  /**
   * By name with year or episode, and by IMDb id for what goes by another name. Only when both have nothing is the plain
   * search asked: it has what Zilean read no year or episode in.
   */
  async search(subject: SearchSubject, { signal, found }: SourceCall): Promise<void> {
    let isEmpty = true;
    const take = async (request: Pick<UpstreamRequest, 'url' | 'method' | 'headers' | 'body'>) => {
      const rows = await this.#rows(request, signal);
      const releases = rows.map((row) => this.#release(row)).filter((release) => release !== null);
      isEmpty &&= releases.length === 0;
      if (releases.length > 0) found(releases);
    };
    const plain = () => take(plainSearch(this.#base, subject.names[0] ?? ''));
    const filtered = filteredQueries(subject).map((query) =>
      take({ url: `${this.#base}/dmm/filtered?${query}` }),
    );
    // Releases of anime count over all seasons: a filter by season does not find them.
    const isCountedOver = subject.isAnime && subject.season > 1;
    await settledCalls(isCountedOver ? [...filtered, plain()] : filtered);
    if (isEmpty && !isCountedOver) await plain();
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return reportOf(signal, async () => {
      const answer = await this.#upstream.request({
        url: `${this.#base}/healthchecks/ping`,
        signal,
        timeoutMs: TEST_TIMEOUT_MS,
        bodyBytesMax: 1024,
      });
      requireSuccess(answer);
      const text = Buffer.from(answer.bytes).toString('latin1').trim().slice(0, 4);
      if (text.toLowerCase() !== 'pong')
        throw badAnswer('it answers, but not as Zilean does: check the address');
      return 'Zilean answers';
    });
  }

  async #rows(
    request: Pick<UpstreamRequest, 'url' | 'method' | 'headers' | 'body'>,
    signal: CancelSignal,
  ): Promise<readonly JsonObject[]> {
    const answer = await this.#upstream.request({
      ...request,
      signal,
      timeoutMs: SEARCH_TIMEOUT_MS,
      bodyBytesMax: JSON_BYTES_MAX,
      retriesMax: request.method === 'POST' ? 0 : 1,
    });
    return jsonRows(parseJsonAnswer(answer), 'a list of torrents');
  }

  /** Its IMDb id is Zilean's own guess by the name: it is left out, for a wrong one would reject the release. */
  #release(row: JsonObject): FoundRelease | null {
    const infohash = parseInfohash(textOf(row['info_hash']));
    const name = foldControlCharacters(textOf(row['raw_title'])).slice(0, NAME_CHARS_MAX);
    if (infohash === null || name === '') return null;
    return torrentRelease({
      infohash,
      name,
      origin: this.name,
      sizeBytes: countOf(row['size']) ?? 0,
    });
  }
}

function filteredQueries(subject: SearchSubject): readonly URLSearchParams[] {
  const { type, names, imdbId, year, season, episode } = subject;
  const part =
    type === 'series'
      ? { Season: String(season), Episode: String(episode) }
      : { ...(year > 0 && { Year: String(year) }) };
  const byName = new URLSearchParams({ Query: names[0] ?? '', ...part });
  if (imdbId === '') return [byName];
  return [byName, new URLSearchParams({ ImdbId: imdbId, ...(type === 'series' && part) })];
}

function plainSearch(base: string, queryText: string) {
  return {
    method: 'POST',
    url: `${base}/dmm/search`,
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ queryText }),
  } as const;
}
