/** SQL of what metadata services keep up to date, and the caches of metadata. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { externalIdOf, type TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import type { Database } from '../../platform/db/database.ts';
import type { TitleIds } from './provider.ts';

const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** What came of asking for an id. That it failed is remembered for a moment: not each request asks a broken service. */
export type MakingOutcome = 'made' | 'failed';
const FAILED_FRESH_MS = 5 * SECOND_MS;

/** By `titleKey`; a negative entry is an id that nobody knows. */
export const MAKING_CACHE: CacheSpec<MakingOutcome> = {
  name: 'metadata-title',
  schemaVersion: 1,
  codec: {
    encode: (outcome) => Uint8Array.of(outcome === 'made' ? 1 : 2),
    decode: ([code]) => (code === 1 ? 'made' : code === 2 ? 'failed' : null),
    sizeBytes: () => 8,
    freshForMs: (outcome) => (outcome === 'failed' ? FAILED_FRESH_MS : undefined),
  },
  lifetimes: () => ({
    freshMs: MINUTE_MS,
    staleMs: 0,
    negativeMs: { first: MINUTE_MS, max: 6 * HOUR_MS, growth: 4 },
  }),
};

/** Ids of a search's titles as clients send them, the best first. */
export const SEARCH_CACHE: CacheSpec<readonly string[]> = {
  name: 'metadata-search',
  schemaVersion: 1,
  codec: textList(),
  lifetimes: () => ({
    freshMs: 6 * HOUR_MS,
    staleMs: 24 * HOUR_MS,
    negativeMs: { first: MINUTE_MS, max: HOUR_MS, growth: 4 },
  }),
};

export function titleKey({ type, id }: TitleId): string {
  return `${type}:${id}`;
}

export function searchKey(type: MediaType, text: string): string {
  return `${type}:${text}`;
}

function textList(): CacheCodec<readonly string[]> {
  return {
    encode: (texts) => Buffer.from(texts.join('\n')),
    decode: (bytes) => (bytes.byteLength === 0 ? [] : Buffer.from(bytes).toString().split('\n')),
    sizeBytes: (texts) => texts.reduce((sum, text) => sum + 32 + 2 * text.length, 32),
  };
}

/** A title that services keep up to date. */
export interface KeptTitle extends TitleIds {
  readonly mediaId: number;
  /** They should be asked again. */
  readonly isDue: boolean;
  readonly isSketch: boolean;
}

/** While one process asks, no other does; when it fails, the next try comes after this time. */
const CLAIM_S = 120;

const KEPT_COLUMNS = `
SELECT t.media_id::float8 AS "mediaId", m.type, t.next_at <= now() AS "isDue", t.is_sketch AS "isSketch",
  ${externalId('imdb')} AS "imdbId", ${externalId('tmdb')} AS "tmdbId", ${externalId('tvdb')} AS "tvdbId"`;

function externalId(provider: 'imdb' | 'tmdb' | 'tvdb'): string {
  return `coalesce((
    SELECT o.external_id FROM media_external_id o
    WHERE o.media_id = m.media_id AND o.provider = '${provider}' AND o.position = 0
  ), '')`;
}

const KEPT_BY_ID = `${KEPT_COLUMNS}
FROM media_external_id x JOIN title_metadata t USING (media_id) JOIN media m USING (media_id)
WHERE x.external_id = $1 AND x.provider = $2 AND x.media_type = $3::media_type`;

const KEPT_BY_MEDIA = `${KEPT_COLUMNS}
FROM title_metadata t JOIN media m USING (media_id) WHERE t.media_id = $1`;

const IS_KNOWN = `
SELECT EXISTS (
  SELECT FROM media_external_id WHERE external_id = $1 AND provider = $2 AND media_type = $3::media_type
) AS "isKnown"`;

const CLAIM = `
UPDATE title_metadata SET next_at = now() + interval '${CLAIM_S} seconds'
WHERE media_id = $1 AND next_at <= now() RETURNING media_id`;

const POSTPONE = `
UPDATE title_metadata SET checked_at = now(), next_at = now() + $2::float8 * interval '1 second' WHERE media_id = $1`;

/** Statements reject with AppError `database.…`. */
export class MetadataStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async isKnown(id: TitleId, signal: CancelSignal): Promise<boolean> {
    const [row] = await this.#database.read<{ isKnown: boolean }[]>(
      { name: 'metadata.is-known', lane: 'page', signal },
      (sql) => sql.unsafe(IS_KNOWN, parametersOf(id), { prepare: true }),
    );
    return row?.isKnown === true;
  }

  /** Null when there is no such title, or services have nothing to do with it. */
  async keptById(id: TitleId, signal: CancelSignal): Promise<KeptTitle | null> {
    const [row] = await this.#database.read<KeptTitle[]>(
      { name: 'metadata.kept-by-id', lane: 'page', signal },
      (sql) => sql.unsafe(KEPT_BY_ID, parametersOf(id), { prepare: true }),
    );
    return row ?? null;
  }

  /** As `keptById`. */
  async keptByMedia(mediaId: number, signal: CancelSignal): Promise<KeptTitle | null> {
    const [row] = await this.#database.read<KeptTitle[]>(
      { name: 'metadata.kept-by-media', lane: 'page', signal },
      (sql) => sql.unsafe(KEPT_BY_MEDIA, [mediaId], { prepare: true }),
    );
    return row ?? null;
  }

  /** True for the one process that is to ask now. */
  async claim(mediaId: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'metadata.claim', lane: 'rest', signal },
      (sql) => sql.unsafe(CLAIM, [mediaId]),
    );
    return rows.length > 0;
  }

  async postpone(mediaId: number, seconds: number, signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'metadata.postpone', lane: 'rest', signal }, (sql) =>
      sql.unsafe(POSTPONE, [mediaId, seconds]),
    );
  }
}

function parametersOf(id: TitleId): string[] {
  return [externalIdOf(id), id.provider, id.type];
}
