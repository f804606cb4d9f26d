/**
 * Fills a migrated database with generated titles and streams, the same ones for the same seed: release
 * names with agreeing attributes, few titles with most of the streams, series with packs. By COPY; the
 * largest tables' indexes are built afterwards.
 */
import postgres, { type Sql } from 'postgres';
import { titleLexemes } from '../../src/lib/search-text.ts';
import { CERTIFICATES, NUDITY_LEVELS } from '../../src/lib/vocabulary.ts';
import { withoutIndexes } from './bulk-load.ts';
import { bytesValue, CopyTarget, type PlainValue } from './copy-target.ts';
import { makePlacements } from './placements.ts';
import { Random } from './random.ts';
import { makeRelease } from './releases.ts';
import { makeTitles, type SeedTitle } from './titles.ts';
import { GENRES, TitleMaker } from './words.ts';

export interface SeedOptions {
  /** A migrated database; what is in it stays. */
  readonly uri: string;
  readonly titles: number;
  readonly streams: number;
  /** The same seed gives the same rows. */
  readonly seed: number;
  readonly onProgress?: (text: string) => void;
}

export interface SeedResult {
  readonly titles: number;
  readonly streams: number;
  readonly links: number;
  readonly elapsedMs: number;
}

const COLUMNS = {
  media: [
    'media_id', 'type', 'public_id', 'title', 'description', 'year', 'runtime_minutes', 'is_adult', 'is_blocked',
    'nudity', 'certificate', 'search',
    'created_at', 'updated_at',
  ],
  media_external_id: ['media_id', 'media_type', 'provider', 'external_id'],
  media_title: ['media_id', 'title'],
  media_genre: ['media_id', 'genre_id', 'position'],
  media_rating: ['media_id', 'provider', 'value', 'votes'],
  media_counter: ['media_id', 'latest_at', 'link_count', 'popularity'],
  catalog_entry: ['media_id', 'genre_id', 'type', 'latest_at', 'popularity', 'levels', 'rating', 'released', 'title_key'],
  season: ['media_id', 'season'],
  episode: ['media_id', 'season', 'episode', 'title'],
  stream: [
    'stream_id', 'added_at', 'total_size_bytes', 'tracker_list_id', 'audio_mask', 'languages_low', 'languages_high',
    'hdr_mask', 'channels_mask', 'kind', 'resolution', 'quality', 'codec', 'bit_depth', 'is_active', 'content_key',
    'name',
    'locator', 'source', 'release_group',
  ],
  stream_counter: ['stream_id', 'seeders'],
  stream_link: [
    'stream_id', 'media_id', 'season', 'episode_from', 'episode_to', 'file_index', 'file_size_bytes', 'is_visible',
    'filename',
  ],
} as const;
type Table = keyof typeof COLUMNS;
const TABLES = Object.keys(COLUMNS) as Table[];

/** All times are before this one, so that they do not depend on when it runs. */
const NEWEST_S = Date.UTC(2025, 0, 1) / 1000;
const OLDEST_S = Date.UTC(2015, 0, 1) / 1000;
const TRACKER_LISTS = 20;
const PROGRESS_EVERY_STREAMS = 200_000;
const MAINTENANCE_MEMORY_KB = 256 * 1024;

/**
 * Rejects when the database is not migrated; what was copied until then stays.
 * Nobody else may write meanwhile: triggers and constraints are off.
 */
export async function seedDatabase(options: SeedOptions): Promise<SeedResult> {
  const startedAt = performance.now();
  const progress = options.onProgress ?? (() => undefined);
  const sql = postgres(options.uri, {
    max: TABLES.length + 1,
    onnotice: () => undefined,
    connection: { synchronous_commit: 'off', maintenance_work_mem: MAINTENANCE_MEMORY_KB },
  });
  try {
    const base = await prepare(sql, options.seed);
    let seeder: Seeder | undefined;
    await withoutIndexes(sql, TABLES, async () => {
      seeder = await Seeder.open(sql, options, base);
      await seeder.run(progress);
      progress('indexes');
    });
    await resetIdentities(sql);
    progress('statistics');
    await sql.unsafe(`VACUUM (ANALYZE) ${TABLES.join(', ')}, tracker_list, genre`);
    return {
      titles: options.titles,
      streams: seeder?.rows('stream') ?? 0,
      links: seeder?.rows('stream_link') ?? 0,
      elapsedMs: performance.now() - startedAt,
    };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

/** What exists already: the numbers to go on from, and keys of rows that are referred to. */
interface Base {
  readonly mediaId: number;
  readonly streamId: number;
  /** By position in GENRES. */
  readonly genreIds: readonly number[];
  readonly trackerListIds: readonly number[];
}

async function prepare(sql: Sql, seed: number): Promise<Base> {
  const genres = JSON.stringify(GENRES);
  await sql`
    INSERT INTO genre (name) SELECT name FROM jsonb_array_elements_text(${genres}::text::jsonb) AS name
    WHERE NOT EXISTS (SELECT FROM genre g WHERE g.name = name.name)`;
  const genreRows = await sql<{ genre_id: number; name: string }[]>`SELECT genre_id, name FROM genre`;
  const genreIds = new Map(genreRows.map((row) => [row.name, row.genre_id]));
  const trackerRows = await sql<{ tracker_list_id: number }[]>`
    INSERT INTO tracker_list (urls)
    SELECT string_agg(format('udp://tracker%s-%s.example.org:1337/announce', list, n), E'\n' ORDER BY n)
      || format(E'\nudp://seed-%s.example.org:80', ${seed}::bigint)
    FROM generate_series(1, ${TRACKER_LISTS}::int) AS list, generate_series(1, 8) AS n GROUP BY list ORDER BY list
    ON CONFLICT (urls_hash) DO UPDATE SET urls = excluded.urls
    RETURNING tracker_list_id`;
  const [last] = await sql<{ media: number; stream: number }[]>`
    SELECT (SELECT coalesce(max(media_id), 0)::float8 FROM media) AS media,
      (SELECT coalesce(max(stream_id), 0)::float8 FROM stream) AS stream`;
  return {
    mediaId: last?.media ?? 0,
    streamId: last?.stream ?? 0,
    genreIds: GENRES.map((name) => genreIds.get(name) ?? 0),
    trackerListIds: trackerRows.map((row) => row.tracker_list_id),
  };
}

async function resetIdentities(sql: Sql): Promise<void> {
  await sql`SELECT setval(pg_get_serial_sequence('media', 'media_id'), (SELECT max(media_id) FROM media))`;
  await sql`SELECT setval(pg_get_serial_sequence('stream', 'stream_id'), (SELECT max(stream_id) FROM stream))`;
}

/** Turns titles into rows. One pass; at any time only one title and a chunk of each table are in memory. */
class Seeder {
  readonly #options: SeedOptions;
  readonly #base: Base;
  readonly #random: Random;
  readonly #targets: Readonly<Record<Table, CopyTarget>>;
  #mediaId: number;
  #streamId: number;

  private constructor(options: SeedOptions, base: Base, targets: Readonly<Record<Table, CopyTarget>>) {
    this.#options = options;
    this.#base = base;
    this.#targets = targets;
    this.#random = new Random(options.seed);
    this.#mediaId = base.mediaId;
    this.#streamId = base.streamId;
  }

  static async open(sql: Sql, options: SeedOptions, base: Base): Promise<Seeder> {
    const opened = await Promise.all(
      TABLES.map(async (table) => [table, await CopyTarget.open(sql, table, COLUMNS[table])] as const),
    );
    return new Seeder(options, base, Object.fromEntries(opened) as Record<Table, CopyTarget>);
  }

  rows(table: Table): number {
    return this.#targets[table].rows;
  }

  async run(progress: (text: string) => void): Promise<void> {
    const { titles, streams } = this.#options;
    let reported = 0;
    for (const title of makeTitles(this.#random, new TitleMaker(this.#random), titles, streams)) {
      this.#mediaId++;
      await this.#addTitle(title);
      await Promise.all(TABLES.map((table) => this.#targets[table].flush()));
      if (this.rows('stream') - reported < PROGRESS_EVERY_STREAMS) continue;
      reported = this.rows('stream');
      progress(`${reported} streams`);
    }
    await Promise.all(TABLES.map((table) => this.#targets[table].end()));
  }

  async #addTitle(title: SeedTitle): Promise<void> {
    const type = title.isSeries ? 'series' : 'movie';
    const id = this.#mediaId;
    const { linkCount, latestS } = await this.#addStreams(title);
    const latestAt = timestamp(latestS);
    const publicId = `sl:seed${this.#options.seed}-${id}`;
    const [nudity, certificate] = [id % NUDITY_LEVELS.length, id % CERTIFICATES.length];
    const levels = (1 << nudity) | (1 << (8 + certificate));
    const titleKey = title.name.toLowerCase().slice(0, 64);
    this.#add('media', [
      id, type, publicId, title.name, `The story of ${title.name}, as it was told in ${title.year}.`, title.year,
      title.runtimeMinutes, title.isAdult, title.isBlocked, nudity, certificate,
      lexemes([title.name, ...title.otherNames]),
      timestamp(OLDEST_S), timestamp(OLDEST_S),
    ]);
    this.#add('media_external_id', [id, type, 'sl', publicId]);
    this.#add('media_external_id', [id, type, 'imdb', `tt${10_000_000 + id}`]);
    this.#add('media_external_id', [id, type, 'tmdb', 1_000_000 + id]);
    for (const name of new Set(title.otherNames)) this.#add('media_title', [id, name]);
    if (title.rating > 0) this.#add('media_rating', [id, 'imdb', title.rating, Math.round(title.popularity * 100)]);
    this.#add('media_counter', [id, latestAt, linkCount, title.popularity]);
    title.genres.forEach((genre, position) => this.#add('media_genre', [id, this.#genreId(genre), position]));
    if (linkCount > 0 && !title.isBlocked && !title.isAdult) {
      for (const genreId of [0, ...title.genres.map((genre) => this.#genreId(genre))]) {
        this.#add('catalog_entry', [
          id, genreId, type, latestAt, title.popularity, levels, title.rating, `${title.year}-01-01`, titleKey,
        ]);
      }
    }
    if (title.streams > 0) this.#addEpisodes(title);
  }

  #addEpisodes(title: SeedTitle): void {
    for (let season = 1; season <= title.seasons; season++) {
      this.#add('season', [this.#mediaId, season]);
      for (let episode = 1; episode <= title.episodesPerSeason; episode++) {
        this.#add('episode', [this.#mediaId, season, episode, `Chapter ${episode}`]);
      }
    }
  }

  async #addStreams(title: SeedTitle): Promise<{ linkCount: number; latestS: number }> {
    const dotted = title.name.replaceAll(' ', '.');
    let linkCount = 0;
    let latestS = OLDEST_S;
    for (let at = 0; at < title.streams; at++) {
      const addedS = this.#random.between(OLDEST_S, NEWEST_S);
      const links = this.#addStream(title, dotted, addedS);
      linkCount += links;
      if (links > 0 && addedS > latestS) latestS = addedS;
      // The largest titles are larger than a chunk.
      if (at % 1000 === 999) await Promise.all(TABLES.map((table) => this.#targets[table].flush()));
    }
    return { linkCount, latestS };
  }

  /** Returns the number of visible links. */
  #addStream(title: SeedTitle, dotted: string, addedS: number): number {
    const random = this.#random;
    const streamId = ++this.#streamId;
    const { part, placements } = makePlacements(random, title);
    const release = makeRelease(random, `${dotted}.${part}`);
    this.#add('stream', [
      streamId, timestamp(addedS), release.sizeBytes,
      release.kind === 0 ? random.pickSkewed(this.#base.trackerListIds) : null,
      release.audioMask, release.languagesLow, release.languagesHigh, release.hdrMask, release.channelsMask,
      release.kind,
      release.resolution, release.quality, release.codec, release.bitDepth, release.isVisible,
      bytesValue(release.contentKey),
      release.name, release.locator, release.source, release.group,
    ]);
    this.#add('stream_counter', [streamId, release.seeders]);
    const fileSizeBytes = Math.floor(release.sizeBytes / placements.length);
    for (const { season, episodeFrom, episodeTo, fileIndex } of placements) {
      const filename = fileIndex === -1 ? '' : `${release.name}${placements.length > 1 ? `.E${episodeFrom}` : ''}.mkv`;
      this.#add('stream_link', [
        streamId, this.#mediaId, season, episodeFrom, episodeTo, fileIndex, fileSizeBytes, release.isVisible, filename,
      ]);
    }
    return release.isVisible ? placements.length : 0;
  }

  #genreId(genre: number): number {
    return this.#base.genreIds[genre] ?? 0;
  }

  #add(table: Table, values: readonly PlainValue[]): void {
    this.#targets[table].add(values);
  }
}

function timestamp(seconds: number): string {
  return new Date(seconds * 1000).toISOString();
}

/** tsvector's text form; lexemes have no quotes or backslashes. */
function lexemes(names: readonly string[]): string {
  return titleLexemes(names).map((lexeme) => `'${lexeme}'`).join(' ');
}
