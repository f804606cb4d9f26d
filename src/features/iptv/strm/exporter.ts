/** Writes what a viewer may see of films and series as a tree of `.strm` and `.nfo` files. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { episodeNfo, movieNfo, seriesNfo, type NfoTitle } from '../../../lib/strm/nfo.ts';
import { episodeFile, seasonFolder, titleFolder } from '../../../lib/strm/names.ts';
import type { Viewer } from '../viewers/store.ts';
import { vodUrl } from '../viewers/playlist.ts';
import type { Viewers } from '../viewers/viewers.ts';
import { WHOLE_FILM, type VodLibrary, type VodTitle } from '../vod/contract.ts';
import type { SeriesEpisodes } from '../vod/series/episodes.ts';
import type { StrmExport, StrmOrder, StrmReport } from './contract.ts';
import { StrmFolder } from './folder.ts';

export interface StrmParts {
  readonly vod: VodLibrary;
  readonly series: Pick<SeriesEpisodes, 'keepCurrent'>;
  readonly viewers: Pick<Viewers, 'ofToken'>;
}

const PAGE = 1000;
const FILMS = 'Movies';
const SERIES = 'Series';

export class StrmExporter implements StrmExport {
  readonly #parts: StrmParts;

  constructor(parts: StrmParts) {
    this.#parts = parts;
  }

  async write(
    { folder: path, viewerUrl, deletion, isPreview }: StrmOrder,
    progress: (files: number) => void,
    signal: CancelSignal,
  ): Promise<StrmReport> {
    const token = /\/iptv\/([\w-]+)\/?$/.exec(viewerUrl)?.[1];
    if (token === undefined || !URL.canParse(viewerUrl))
      throw new AppError(
        'iptv.bad-token',
        'viewer: expected an address like http://host/iptv/TOKEN',
      );
    const viewer = await this.#parts.viewers.ofToken(token, signal);
    await using folder = await StrmFolder.open(path, isPreview);
    const run = new StrmRun(this.#parts, viewer, viewerUrl.replace(/\/$/, ''), folder, signal);
    await run.films(progress);
    await run.series(progress);
    const { deleted, ...stale } = await folder.finish(deletion);
    const { written, unchanged } = folder;
    const { filmCount: films, episodeCount: episodes, failedSeries } = run;
    return { films, episodes, written, unchanged, deleted, failedSeries, stale };
  }
}

class StrmRun {
  readonly #parts: StrmParts;
  readonly #viewer: Viewer;
  readonly #url: string;
  readonly #folder: StrmFolder;
  readonly #signal: CancelSignal;
  filmCount = 0;
  episodeCount = 0;
  failedSeries = 0;

  constructor(
    parts: StrmParts,
    viewer: Viewer,
    url: string,
    folder: StrmFolder,
    signal: CancelSignal,
  ) {
    this.#parts = parts;
    this.#viewer = viewer;
    this.#url = url;
    this.#folder = folder;
    this.#signal = signal;
  }

  async films(progress: (files: number) => void): Promise<void> {
    const taken = new Set<string>();
    for await (const title of this.#titles('movie')) {
      const name = titleFolder(title, taken);
      const path = `${FILMS}/${name}/${name}`;
      await this.#folder.put(`${path}.strm`, `${vodUrl(this.#url, title, WHOLE_FILM)}\n`);
      await this.#folder.put(`${path}.nfo`, movieNfo(nfoOf(title)));
      progress(++this.filmCount);
    }
  }

  async series(progress: (files: number) => void): Promise<void> {
    const taken = new Set<string>();
    for await (const title of this.#titles('series')) {
      await this.#writeSeries(title, titleFolder(title, taken));
      progress(this.filmCount + this.episodeCount);
    }
  }

  async #writeSeries(title: VodTitle, name: string): Promise<void> {
    const { vod, series } = this.#parts;
    const root = `${SERIES}/${name}`;
    try {
      await series.keepCurrent(title.serial, this.#signal);
    } catch {
      this.#signal.throwIfAborted();
      this.failedSeries++;
      this.#folder.keep(root);
      return;
    }
    const episodes = await vod.episodes(title.serial, this.#viewer, this.#signal);
    if (episodes.length === 0) return;
    await this.#folder.put(`${root}/tvshow.nfo`, seriesNfo(nfoOf(title)));
    for (const said of episodes) {
      const { season, episode, details } = said;
      const path = `${root}/${seasonFolder(season)}/${episodeFile(name, season, episode)}`;
      await this.#folder.put(`${path}.strm`, `${vodUrl(this.#url, title, said)}\n`);
      const nfo = { name: said.name || `Episode ${episode}`, season, episode };
      const told = { plot: details.plot ?? '', aired: details.released ?? '' };
      await this.#folder.put(`${path}.nfo`, episodeNfo({ ...nfo, ...told }));
      this.episodeCount++;
    }
  }

  async *#titles(kind: VodTitle['kind']): AsyncIterable<VodTitle> {
    const { groups, providers } = this.#viewer;
    const asked = { groups, providers, kind, group: null, search: '', skip: 0, limit: PAGE };
    let afterSerial = 0;
    for (;;) {
      const page = await this.#parts.vod.titles({ ...asked, afterSerial }, this.#signal);
      yield* page;
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      afterSerial = last.serial;
    }
  }
}

function nfoOf({ name, year, poster, imdbId, tmdbId, details }: VodTitle): NfoTitle {
  return {
    name,
    year,
    plot: details.plot ?? '',
    genre: details.genre ?? '',
    poster: /^https?:\/\//i.test(poster) ? poster : '',
    imdbId,
    tmdbId,
    rating: details.rating ?? 0,
  };
}
