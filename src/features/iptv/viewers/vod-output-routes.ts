/** Films and series for viewers: lists and details in Xtream's form, and where a film or an episode plays. */
import { jsonReply } from '../../../http/json-reply.ts';
import type { Reply } from '../../../http/route.ts';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { VodKind } from '../../../lib/iptv/vod-facts.ts';
import type { VodLibrary, VodPart, VodTitle } from '../vod/contract.ts';
import type { SeriesEpisodes } from '../vod/series/episodes.ts';
import { LIST_CACHE_CONTROL } from './kept-list-routes.ts';
import { listReply } from './output-routes.ts';
import type { Viewer } from './store.ts';
import { movieInfo, movieItem, seriesInfo, seriesItem } from './vod-xtream.ts';
import { categoryIds, liveCategories } from './xtream.ts';

const PAGE_TITLES = 5000;
/** Of one answer, which is made in memory; categories are asked for one by one where there are more. */
const TITLES_MAX = 100_000;

export class VodOutput {
  readonly #library: VodLibrary;
  readonly #series: SeriesEpisodes;

  constructor(library: VodLibrary, series: SeriesEpisodes) {
    this.#library = library;
    this.#series = series;
  }

  async categories(kind: VodKind, viewer: Viewer, signal: CancelSignal): Promise<Reply> {
    return listReply(liveCategories(await this.#categoryIds(kind, viewer, signal)));
  }

  /** @param categoryId empty for all; nothing is found in one that is unknown */
  async titles(
    kind: VodKind,
    viewer: Viewer,
    categoryId: string,
    signal: CancelSignal,
  ): Promise<Reply> {
    const ids = await this.#categoryIds(kind, viewer, signal);
    const group = [...ids].find(([, id]) => String(id) === categoryId)?.[0] ?? null;
    if (categoryId !== '' && group === null) return listReply([]);
    const { groups, providers } = viewer;
    const asked = { groups, providers, kind, group, search: '', skip: 0, limit: PAGE_TITLES };
    const item = kind === 'movie' ? movieItem : seriesItem;
    const items: string[] = [];
    let afterSerial = 0;
    while (items.length < TITLES_MAX) {
      const page = await this.#library.titles({ ...asked, afterSerial }, signal);
      for (const title of page)
        items.push(JSON.stringify(item(title, ids.get(title.group) ?? 0, items.length)));
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE_TITLES) break;
      afterSerial = last.serial;
    }
    return jsonReply(Buffer.from(`[${items.join(',')}]`), LIST_CACHE_CONTROL, { isForFew: true });
  }

  /** @throws AppError `iptv.no-channel` */
  async info(kind: VodKind, serial: number, viewer: Viewer, signal: CancelSignal): Promise<Reply> {
    const title = await this.#library.titleBySerial(serial, viewer, signal);
    if (title?.kind !== kind) throw noTitle();
    const ids = await this.#categoryIds(kind, viewer, signal);
    const categoryId = ids.get(title.group) ?? 0;
    return listReply(
      kind === 'movie'
        ? movieInfo(title, categoryId)
        : seriesInfo(title, await this.episodes(title, viewer, signal), categoryId),
    );
  }

  /** Of a series, asked for at its provider where nobody has yet. */
  async episodes({ serial }: VodTitle, viewer: Viewer, signal: CancelSignal) {
    await this.#series.keepCurrent(serial, signal);
    return this.#library.episodes(serial, viewer, signal);
  }

  /** A redirect to the n-th source, from 0. @throws AppError `iptv.no-channel` */
  async play(
    title: VodTitle | null,
    part: VodPart,
    viewer: Viewer,
    at: number,
    signal: CancelSignal,
  ): Promise<Reply> {
    if (title === null) throw noTitle();
    const source = (await this.#library.sources(title.serial, part, viewer, signal))[at];
    if (source === undefined) throw noTitle();
    return {
      status: 302,
      representation: null,
      headers: ['Location', source.url, 'Cache-Control', 'no-store'],
    };
  }

  async #categoryIds(kind: VodKind, viewer: Viewer, signal: CancelSignal) {
    return categoryIds(await this.#library.groups(kind, viewer, signal));
  }
}

export function noTitle(): AppError {
  return new AppError('iptv.no-channel', 'there is no film or series with this id', {
    field: 'id',
  });
}
