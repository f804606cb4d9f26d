/** One search of an endpoint: its queries stage by stage, page by page, until enough is found. */
import { AppError } from '../../../lib/errors.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { IndexerSettings } from '../../../lib/source-settings/source-settings.ts';
import { mayBeVideo } from '../../../lib/torznab/categories.ts';
import type { FeedItem } from '../../../lib/torznab/feed-item.ts';
import type { FeedSummary } from '../../../lib/torznab/feed-reader.ts';
import type { SearchSubject } from '../contract.ts';
import { settledCalls } from './settled-calls.ts';
import { KnownCaps, type EndpointCaps } from './torznab-caps.ts';
import type { QueryParameters, TorznabEndpoint } from './torznab-endpoint.ts';
import {
  hasCategories,
  latestQuery,
  planQueries,
  type ImdbForm,
  type QueryOptions,
} from './torznab-queries.ts';

export interface IndexerCall {
  readonly signal: CancelSignal;
  /** Given what may be a film or an episode, as it comes. */
  readonly onItems: (items: readonly FeedItem[]) => void;
}

/** Searches in vain after which the other form of an IMDb id is not tried any more. */
const FORM_TRIES_MAX = 4;
const PAGES_MAX = 3;
const LIMIT_DEFAULT = 100;
const LIMIT_MAX = 500;

export class IndexerSearch {
  readonly caps: KnownCaps;
  readonly #endpoint: TorznabEndpoint;
  readonly #options: Omit<QueryOptions, 'imdbForm'>;
  /** Whichever form the endpoint has answered to. */
  #imdbForm: ImdbForm;
  #isFormKnown = false;
  #formTries = 0;

  constructor(endpoint: TorznabEndpoint, settings: IndexerSettings) {
    const { kind, movieCategories, seriesCategories } = settings;
    this.#endpoint = endpoint;
    this.#options = { movieCategories, seriesCategories };
    this.#imdbForm = kind === 'torznab' ? 'tt' : 'digits';
    this.caps = new KnownCaps(endpoint, pathsOf(settings));
  }

  canSearch(subject: SearchSubject): boolean {
    return hasCategories(subject, this.caps.latest, this.#queryOptions());
  }

  /** @throws AppError the first failure of a stage, once its queries have ended; what was found counts */
  async run(subject: SearchSubject, call: IndexerCall): Promise<void> {
    const known = await this.caps.value(call.signal);
    if (!hasCategories(subject, known.caps, this.#queryOptions())) return;
    let found = 0;
    const onItems = (items: readonly FeedItem[]) => {
      const video = items.filter(({ categories }) => mayBeVideo(categories));
      found += video.length;
      if (video.length > 0) call.onItems(video);
    };
    for (const stage of planQueries(subject, known.caps, this.#queryOptions())) {
      await this.#runStage(stage.queries, known, { signal: call.signal, onItems });
      if (found >= stage.enough) return;
    }
  }

  /** Most indexers find a torrent by its infohash as they find words. @throws AppError */
  async byInfohash(infohash: string, { signal, onItems }: IndexerCall): Promise<void> {
    const known = await this.caps.value(signal);
    const query = { t: 'search', q: infohash, extended: '1' };
    const ofTorrent = (items: readonly FeedItem[]) =>
      onItems(items.filter((item) => item.infohash === infohash));
    await this.#pages(query, known, { signal, onItems: ofTorrent }, () => false);
  }

  /** What is new, up to a page of which everything is known. @throws AppError */
  async latest(call: IndexerCall, isKnown: (item: FeedItem) => boolean): Promise<void> {
    const known = await this.caps.value(call.signal);
    const query = latestQuery(known.caps, this.#queryOptions());
    let isNew = false;
    const onItems = (items: readonly FeedItem[]) => {
      const video = items.filter((item) => mayBeVideo(item.categories) && !isKnown(item));
      isNew ||= video.length > 0;
      if (video.length > 0) call.onItems(video);
    };
    const goesOn = () => {
      const hadNew = isNew;
      isNew = false;
      return hadNew;
    };
    await this.#pages(query, known, { signal: call.signal, onItems }, goesOn);
  }

  /** A query that the endpoint does not know after all finds nothing: the next stage asks otherwise. */
  async #runStage(
    stage: readonly QueryParameters[],
    known: EndpointCaps,
    call: IndexerCall,
  ): Promise<void> {
    await settledCalls(
      stage.map(async (query) => {
        try {
          await this.#runQuery(query, known, call);
        } catch (error) {
          const isUnknown = error instanceof AppError && error.code === 'source.unsupported';
          if (!isUnknown || query['t'] === 'search') throw error;
        }
      }),
    );
  }

  /** Whoever does not know one form of the id answers with nothing; the other one is tried until one has found something. */
  async #runQuery(query: QueryParameters, known: EndpointCaps, call: IndexerCall): Promise<void> {
    const items = await this.#pages(query, known, call);
    const imdbId = query['imdbid'];
    if (imdbId === undefined || this.#isFormKnown) return;
    if (items > 0) {
      this.#isFormKnown = true;
      return;
    }
    this.#isFormKnown = ++this.#formTries >= FORM_TRIES_MAX;
    const isWithPrefix = imdbId.startsWith('tt');
    const other = isWithPrefix ? imdbId.slice(2) : `tt${imdbId}`;
    if ((await this.#pages({ ...query, imdbid: other }, known, call)) === 0) return;
    this.#imdbForm = isWithPrefix ? 'digits' : 'tt';
    this.#isFormKnown = true;
  }

  /** Resolves with the number of items. @param goesOn asked after each page */
  async #pages(
    query: QueryParameters,
    { caps, path }: EndpointCaps,
    { signal, onItems }: IndexerCall,
    goesOn: () => boolean = () => true,
  ): Promise<number> {
    const limit = Math.min(caps.limitMax === 0 ? LIMIT_DEFAULT : caps.limitMax, LIMIT_MAX);
    let items = 0;
    let firstOfLast: string | null = null;
    for (let page = 0; page < PAGES_MAX; page++) {
      const paging = { limit: String(limit), ...(items > 0 && { offset: String(items) }) };
      let first: string | null = null;
      let isRepeated = false;
      const summary = await this.#endpoint.ask(
        path,
        { ...query, ...paging },
        {
          signal,
          onItems: (pageItems) => {
            first ??= pageItems[0]?.title ?? null;
            // An endpoint that knows no offset answers with the same page for ever.
            isRepeated ||= first === firstOfLast;
            if (!isRepeated) onItems(pageItems);
          },
        },
      );
      if (isRepeated) return items;
      firstOfLast = first;
      items += summary.items + summary.itemsBad;
      if (summary.isCutOff)
        throw new AppError('source.bad-answer', 'its answer ended in the middle');
      if (!hasMore(summary, items, limit) || !goesOn()) return items;
    }
    return items;
  }

  #queryOptions(): QueryOptions {
    return { ...this.#options, imdbForm: this.#imdbForm };
  }
}

function hasMore({ items, itemsBad, total }: FeedSummary, soFar: number, limit: number): boolean {
  if (items === 0) return false;
  return total === null ? items + itemsBad >= limit : soFar < total;
}

/** Newznab's API is at `/api` of the site; Torznab's is at an address of its own, which mostly ends in it already. */
function pathsOf({ kind, url }: IndexerSettings): readonly string[] {
  const { pathname } = new URL(url);
  if (/\/api\/?$|\.(?:php|aspx?|cgi|xml)$/i.test(pathname)) return [''];
  return kind === 'newznab' ? ['/api', ''] : ['', '/api'];
}
