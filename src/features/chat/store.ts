/** SQL of the chat beside live streams. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from '../../platform/db/database.ts';
import type { NewMessage } from './message.ts';

export interface ChatMessage extends NewMessage {
  readonly id: number;
  /** ISO 8601, in microseconds. */
  readonly created_at: string;
}

const COLUMNS = `m.id::float8 AS id, m.author, m.text,
  to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at`;

/** The id is drawn once the stream's row is held: a lower one cannot become visible later. */
const ADD = `
WITH stream AS MATERIALIZED (
  SELECT live_stream_id FROM live_stream
  WHERE live_stream_id = $1::uuid AND status <> 'ended' AND deleted_at IS NULL FOR NO KEY UPDATE
)
INSERT INTO chat_message AS m (stream_id, author, text) SELECT live_stream_id, $2, $3 FROM stream
RETURNING ${COLUMNS}`;

/** One row without a message for a stream without any; none for an unknown stream. */
const PAGE = `
SELECT p.* FROM live_stream s
LEFT JOIN LATERAL (
  SELECT ${COLUMNS} FROM chat_message m
  WHERE m.stream_id = s.live_stream_id AND m.deleted_at IS NULL AND m.id < $2::bigint
  ORDER BY m.id DESC LIMIT $3
) p ON true
WHERE s.live_stream_id = $1::uuid AND s.deleted_at IS NULL ORDER BY p.id DESC`;

const DELETE = `
UPDATE chat_message SET deleted_at = coalesce(deleted_at, now())
WHERE stream_id = $1::uuid AND id = $2::bigint RETURNING id`;

type PageRow = ChatMessage | { readonly id: null };

export class ChatStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves after the commit; null when the stream is unknown, deleted or has ended. @param streamId a UUID */
  async add(
    streamId: string,
    { author, text }: NewMessage,
    signal: CancelSignal,
  ): Promise<ChatMessage | null> {
    const [row] = await this.#database.write<ChatMessage[]>(
      { name: 'chat.add', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD, [streamId, author, text]),
    );
    return row ?? null;
  }

  /** Newest first; null when the stream is unknown or deleted. @param streamId a UUID */
  async page(
    streamId: string,
    { beforeId, limit }: { readonly beforeId: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<readonly ChatMessage[] | null> {
    const rows = await this.#database.read<PageRow[]>(
      { name: 'chat.page', lane: 'page', signal },
      (sql) => sql.unsafe(PAGE, [streamId, beforeId, limit]),
    );
    return rows.length === 0 ? null : rows.filter((row): row is ChatMessage => row.id !== null);
  }

  /** False when there is no such message beside the stream. @param streamId a UUID */
  async delete(streamId: string, id: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write({ name: 'chat.delete', lane: 'rest', signal }, (sql) =>
      sql.unsafe(DELETE, [streamId, id]),
    );
    return rows.length > 0;
  }
}
