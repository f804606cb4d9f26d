/** The tables that are filled, and their columns in the order in which rows are written. */
import { RowWriter } from './row-writer.ts';
import type { CopyQueue } from './copy-queue.ts';

export const COLUMNS = {
  media: [
    'media_id',
    'type',
    'public_id',
    'title',
    'description',
    'year',
    'runtime_minutes',
    'is_adult',
    'is_blocked',
    'nudity',
    'certificate',
    'search',
    'created_at',
    'updated_at',
  ],
  media_external_id: ['media_id', 'media_type', 'provider', 'external_id'],
  media_title: ['media_id', 'title'],
  media_genre: ['media_id', 'genre_id', 'position'],
  media_rating: ['media_id', 'provider', 'value', 'votes'],
  media_counter: ['media_id', 'latest_at', 'link_count', 'popularity'],
  catalog_entry: [
    'media_id',
    'genre_id',
    'type',
    'latest_at',
    'popularity',
    'levels',
    'rating',
    'released',
    'title_key',
  ],
  season: ['media_id', 'season'],
  episode: ['media_id', 'season', 'episode', 'title'],
  stream: [
    'stream_id',
    'added_at',
    'total_size_bytes',
    'tracker_list_id',
    'audio_mask',
    'flags_mask',
    'languages_low',
    'languages_high',
    'subtitle_languages_low',
    'subtitle_languages_high',
    'hdr_mask',
    'channels_mask',
    'kind',
    'resolution',
    'quality',
    'codec',
    'bit_depth',
    'is_active',
    'content_key',
    'name',
    'locator',
    'source',
    'release_group',
  ],
  stream_counter: ['stream_id', 'seeders'],
  stream_link: [
    'stream_id',
    'media_id',
    'season',
    'episode_from',
    'episode_to',
    'file_index',
    'file_size_bytes',
    'is_visible',
    'filename',
  ],
} as const;

export type Table = keyof typeof COLUMNS;
export const TABLES = Object.keys(COLUMNS) as readonly Table[];

export type Writers = Readonly<Record<Table, RowWriter>>;

/** @param frozen tables that were emptied by this transaction: their rows need no visit by VACUUM */
export function openWriters(queue: CopyQueue, frozen: ReadonlySet<Table>): Writers {
  const writers = TABLES.map((table) => {
    const columns = COLUMNS[table];
    const options = frozen.has(table) ? 'FORMAT binary, FREEZE' : 'FORMAT binary';
    const statement = `COPY ${table} (${columns.join(', ')}) FROM STDIN (${options})`;
    const writer = new RowWriter(columns.length, queue.lend(), (full, rows) => {
      queue.add(statement, full, rows);
      return queue.lend();
    });
    return [table, writer] as const;
  });
  return Object.fromEntries(writers) as Record<Table, RowWriter>;
}
