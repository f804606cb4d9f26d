/** Rows of generated titles, and what triggers would derive from them. */
import { titleLexemes } from '../../src/lib/search-text.ts';
import { CERTIFICATES, NUDITY_LEVELS } from '../../src/lib/vocabulary.ts';
import type { StreamCounts } from './stream-rows.ts';
import type { Writers } from './tables.ts';
import { OLDEST_S } from './times.ts';
import type { SeedTitle } from './titles.ts';

export interface TitleBase {
  readonly seed: number;
  /** By position in GENRES. */
  readonly genreIds: readonly number[];
}

const TITLE_KEY_CHARS = 64;

export class TitleRows {
  readonly #base: TitleBase;
  readonly #writers: Writers;

  constructor(base: TitleBase, writers: Writers) {
    this.#base = base;
    this.#writers = writers;
  }

  add(title: SeedTitle, mediaId: number, counts: StreamCounts): void {
    const type = title.isSeries ? 'series' : 'movie';
    const publicId = `sl:seed${this.#base.seed}-${mediaId}`;
    const genreIds = title.genres.map((genre) => this.#base.genreIds[genre] ?? 0);
    this.#addMedia(title, mediaId, type, publicId);
    this.#addExternalIds(mediaId, type, publicId);
    const {
      media_title: otherTitle,
      media_rating: rating,
      media_counter: counter,
      media_genre: genre,
    } = this.#writers;
    for (const name of new Set(title.otherNames)) {
      otherTitle.row();
      otherTitle.int8(mediaId);
      otherTitle.text(name);
    }
    if (title.rating > 0) {
      rating.row();
      rating.int8(mediaId);
      rating.text('imdb');
      rating.float4(title.rating);
      rating.int4(Math.round(title.popularity * 100));
    }
    counter.row();
    counter.int8(mediaId);
    counter.timestamp(counts.latestS);
    counter.int4(counts.visibleLinks);
    counter.float4(title.popularity);
    genreIds.forEach((genreId, position) => {
      genre.row();
      genre.int8(mediaId);
      genre.int2(genreId);
      genre.int2(position);
    });
    if (counts.visibleLinks > 0 && !title.isBlocked && !title.isAdult)
      this.#addCatalogEntries(title, mediaId, type, counts, genreIds);
    if (title.streams > 0) this.#addEpisodes(title, mediaId);
  }

  #addMedia(title: SeedTitle, mediaId: number, type: string, publicId: string): void {
    const { media } = this.#writers;
    const [nudity, certificate] = levelsOf(mediaId);
    media.row();
    media.int8(mediaId);
    media.text(type);
    media.text(publicId);
    media.text(title.name);
    media.text(`The story of ${title.name}, as it was told in ${title.year}.`);
    media.int2(title.year);
    media.int4(title.runtimeMinutes);
    media.bool(title.isAdult);
    media.bool(title.isBlocked);
    media.int2(nudity);
    media.int2(certificate);
    media.lexemes(titleLexemes([title.name, ...title.otherNames], title.year));
    media.timestamp(OLDEST_S);
    media.timestamp(OLDEST_S);
  }

  #addExternalIds(mediaId: number, type: string, publicId: string): void {
    const { media_external_id: external } = this.#writers;
    const ids = [
      ['sl', publicId],
      ['imdb', `tt${10_000_000 + mediaId}`],
      ['tmdb', String(1_000_000 + mediaId)],
    ] as const;
    for (const [provider, id] of ids) {
      external.row();
      external.int8(mediaId);
      external.text(type);
      external.text(provider);
      external.text(id);
    }
  }

  #addCatalogEntries(
    title: SeedTitle,
    mediaId: number,
    type: string,
    counts: StreamCounts,
    genreIds: readonly number[],
  ): void {
    const { catalog_entry: entry } = this.#writers;
    const [nudity, certificate] = levelsOf(mediaId);
    const firstDayS = Date.UTC(title.year, 0, 1) / 1000;
    const titleKey = title.name.toLowerCase().slice(0, TITLE_KEY_CHARS);
    for (const genreId of [0, ...genreIds]) {
      entry.row();
      entry.int8(mediaId);
      entry.int2(genreId);
      entry.text(type);
      entry.timestamp(counts.latestS);
      entry.float4(title.popularity);
      entry.int4((1 << nudity) | (1 << (8 + certificate)));
      entry.float4(title.rating);
      entry.date(firstDayS);
      entry.text(titleKey);
    }
  }

  #addEpisodes(title: SeedTitle, mediaId: number): void {
    const { season: seasons, episode: episodes } = this.#writers;
    for (let season = 1; season <= title.seasons; season++) {
      seasons.row();
      seasons.int8(mediaId);
      seasons.int2(season);
      for (let episode = 1; episode <= title.episodesPerSeason; episode++) {
        episodes.row();
        episodes.int8(mediaId);
        episodes.int2(season);
        episodes.int4(episode);
        episodes.text(`Chapter ${episode}`);
      }
    }
  }
}

function levelsOf(mediaId: number): readonly [nudity: number, certificate: number] {
  return [mediaId % NUDITY_LEVELS.length, mediaId % CERTIFICATES.length];
}
