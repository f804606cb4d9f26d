/** SQL of the chat beside live streams. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from '../../platform/db/database.ts';
import type { ChatMessage, NewMessage } from './message.ts';
import type { Sender } from './sender.ts';

/** What somebody wants to have stored. */
export interface Said extends NewMessage, Sender {
  /** A UUID. */
  readonly streamId: string;
  readonly isOwner: boolean;
}

/** `replayed`: a message with its `ref` is there already. */
export type Verdict =
  | 'stored'
  | 'replayed'
  | 'unknown'
  | 'ended'
  | 'muted'
  | 'banned'
  | 'followers'
  | 'slow';

/** What became of one message of a batch, in the order of the batch. */
export interface Outcome {
  readonly verdict: Verdict;
  /** Null unless it was stored. */
  readonly message: ChatMessage | null;
  /** Of the room, with the whole batch. */
  readonly sequence: number;
}

/** A room as it was at one moment, with the newest messages up to that. */
export interface RoomState {
  readonly sequence: number;
  readonly slowModeS: number;
  readonly followersOnly: boolean;
  /** Oldest first. */
  readonly messages: readonly ChatMessage[];
}

/** What decides who may connect. */
export interface Admission {
  readonly owner: string;
  readonly isBanned: boolean;
}

const COLUMNS = `m.id::float8 AS id, m.author, m.author_id, m.is_owner AS owner, m.text,
  to_char(m.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS created_at`;

/** Rows of chat_sanction that hold for a sender; $n are expressions. */
const sanctionsOf = (owner: string, authorId: string, addressId: string): string => `
  SELECT x.kind FROM chat_sanction x WHERE x.owner = ${owner} AND x.subject IN (${authorId}, ${addressId})
    AND (x.until IS NULL OR x.until > now())`;

/**
 * All rules are judged here, so that they hold over all processes. Rooms are held in the order of their ids, and ids are drawn
 * once their room is held: a lower one of a stream cannot become visible later.
 */
const ADD = `
WITH input AS MATERIALIZED (
  SELECT * FROM jsonb_to_recordset($1::text::jsonb) AS i (n int, "streamId" uuid, author text, text text, ref uuid,
    "authorId" text, "addressId" text, "isOwner" boolean)
), judged AS MATERIALIZED (
  SELECT i.*, CASE
    WHEN s.live_stream_id IS NULL THEN 'unknown'
    WHEN i.ref IS NOT NULL AND EXISTS (
      SELECT FROM chat_message c WHERE c.stream_id = i."streamId" AND c.ref = i.ref) THEN 'replayed'
    WHEN s.status = 'ended' THEN 'ended'
    WHEN i."isOwner" THEN 'stored'
    WHEN x.kind IS NOT NULL THEN x.kind
    WHEN r.followers_only AND NOT EXISTS (
      SELECT FROM chat_follower f WHERE f.owner = s.owner AND f.author_id = i."authorId") THEN 'followers'
    WHEN r.slow_mode_s > 0 AND (i.nth > 1 OR EXISTS (
      SELECT FROM chat_message c WHERE c.stream_id = i."streamId" AND c.author_id = i."authorId"
        AND c.created_at > now() - make_interval(secs => r.slow_mode_s))) THEN 'slow'
    ELSE 'stored' END AS verdict
  FROM (SELECT *, row_number() OVER (PARTITION BY "streamId", "authorId" ORDER BY n) AS nth FROM input) i
  LEFT JOIN live_stream s ON s.live_stream_id = i."streamId" AND s.deleted_at IS NULL
  LEFT JOIN chat_room r ON r.stream_id = i."streamId"
  LEFT JOIN LATERAL (${sanctionsOf('s.owner', 'i."authorId"', 'i."addressId"')} ORDER BY x.kind LIMIT 1) x ON true
), room AS (
  INSERT INTO chat_room AS r (stream_id, sequence)
  SELECT "streamId", count(*) FROM judged WHERE verdict = 'stored' GROUP BY "streamId" ORDER BY "streamId"
  ON CONFLICT (stream_id) DO UPDATE SET sequence = r.sequence + excluded.sequence
  RETURNING stream_id, sequence
), numbered AS MATERIALIZED (
  SELECT q.*, nextval('chat_message_id_seq') AS id FROM (
    SELECT j.*, r.sequence FROM judged j JOIN room r ON r.stream_id = j."streamId" WHERE j.verdict = 'stored' ORDER BY j.n
  ) q
), m AS (
  INSERT INTO chat_message (id, stream_id, author, text, ref, author_id, address_id, is_owner) OVERRIDING SYSTEM VALUE
  SELECT id, "streamId", author, text, ref, "authorId", "addressId", "isOwner" FROM numbered ORDER BY id
  ON CONFLICT (stream_id, ref) WHERE ref IS NOT NULL DO NOTHING
  RETURNING *
)
SELECT j.verdict, coalesce(n.sequence, 0)::float8 AS sequence, ${COLUMNS}
FROM judged j LEFT JOIN numbered n ON n.n = j.n LEFT JOIN m ON m.id = n.id ORDER BY j.n`;

const REPLAYED = `
SELECT ${COLUMNS} FROM chat_message m WHERE m.stream_id = $1::uuid AND m.ref = $2::uuid AND m.author_id = $3`;

/** One row without a message for a stream without any; none for an unknown stream. */
const PAGE = `
SELECT p.* FROM live_stream s
LEFT JOIN LATERAL (
  SELECT ${COLUMNS} FROM chat_message m
  WHERE m.stream_id = s.live_stream_id AND m.deleted_at IS NULL AND m.id < $2::bigint
  ORDER BY m.id DESC LIMIT $3
) p ON true
WHERE s.live_stream_id = $1::uuid AND s.deleted_at IS NULL ORDER BY p.id DESC`;

/** What was said after an id, the newest of it, with the room's number at that moment. */
const SINCE = `
SELECT coalesce(r.sequence, 0)::float8 AS sequence, coalesce(r.slow_mode_s, 0) AS "slowModeS",
  coalesce(r.followers_only, false) AS "followersOnly", p.*
FROM live_stream s
LEFT JOIN chat_room r ON r.stream_id = s.live_stream_id
LEFT JOIN LATERAL (
  SELECT ${COLUMNS} FROM chat_message m
  WHERE m.stream_id = s.live_stream_id AND m.deleted_at IS NULL AND m.id > $2::bigint
  ORDER BY m.id DESC LIMIT $3
) p ON true
WHERE s.live_stream_id = $1::uuid ORDER BY p.id`;

const SEQUENCES = `
SELECT stream_id AS "streamId", sequence::float8 AS sequence FROM chat_room
WHERE stream_id = ANY (ARRAY(SELECT jsonb_array_elements_text($1::text::jsonb)::uuid))`;

const ADMISSION = `
SELECT s.owner, EXISTS (${sanctionsOf('s.owner', '$2', '$3')} AND x.kind = 'banned') AS "isBanned"
FROM live_stream s WHERE s.live_stream_id = $1::uuid AND s.deleted_at IS NULL`;

const DELETE = `
UPDATE chat_message SET deleted_at = coalesce(deleted_at, now())
WHERE stream_id = $1::uuid AND id = $2::bigint RETURNING id`;

const DELETED = `
SELECT id::float8 AS id FROM chat_message
WHERE stream_id = $1::uuid AND deleted_at > now() - make_interval(secs => $2) ORDER BY deleted_at DESC LIMIT $3`;

type Row = ChatMessage | { readonly id: null };
type OutcomeRow = Row & { readonly verdict: Verdict; readonly sequence: number };
type StateRow = Row & Omit<RoomState, 'messages'>;

export class ChatStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Resolves after the commit; all or none are stored. Never repeated: who does not hear of it sends again with its `ref`. */
  async add(batch: readonly Said[], signal: CancelSignal): Promise<readonly Outcome[]> {
    const input = JSON.stringify(batch.map((said, n) => ({ ...said, n })));
    const rows = await this.#database.write<OutcomeRow[]>(
      { name: 'chat.add', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD, [input], { prepare: true }),
    );
    return rows.map((row) => ({
      // Another process stored it at the same moment.
      verdict: row.verdict === 'stored' && row.id === null ? 'replayed' : row.verdict,
      sequence: row.sequence,
      message: row.id === null ? null : messageOf(row),
    }));
  }

  /** The message that was sent with this `ref` before; null when another author sent it. */
  async replayed(said: Said, signal: CancelSignal): Promise<ChatMessage | null> {
    const { streamId, ref, authorId } = said;
    const rows = await this.#database.write<ChatMessage[]>(
      { name: 'chat.replayed', lane: 'rest', signal },
      (sql) => sql.unsafe(REPLAYED, [streamId, ref, authorId], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  /** Newest first; null when the stream is unknown or deleted. @param streamId a UUID */
  async page(
    streamId: string,
    { beforeId, limit }: { readonly beforeId: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<readonly ChatMessage[] | null> {
    const rows = await this.#database.read<Row[]>(
      { name: 'chat.page', lane: 'page', signal },
      (sql) => sql.unsafe(PAGE, [streamId, beforeId, limit], { prepare: true }),
    );
    return rows.length === 0 ? null : rows.filter(hasMessage).map(messageOf);
  }

  /** From the primary: a replica may lack what was told already. The newest `limit` after `afterId`. @param streamId a UUID */
  async since(
    streamId: string,
    { afterId, limit }: { readonly afterId: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<RoomState> {
    const rows = await this.#database.write<StateRow[]>(
      { name: 'chat.since', lane: 'rest', signal },
      (sql) => sql.unsafe(SINCE, [streamId, afterId, limit], { prepare: true }),
    );
    const { sequence = 0, slowModeS = 0, followersOnly = false } = rows[0] ?? {};
    const messages = rows.filter(hasMessage).map(messageOf);
    return { sequence, slowModeS, followersOnly, messages };
  }

  /** Of rooms that somebody spoke in, from the primary. */
  async sequences(
    streamIds: readonly string[],
    signal: CancelSignal,
  ): Promise<ReadonlyMap<string, number>> {
    const rows = await this.#database.write<{ streamId: string; sequence: number }[]>(
      { name: 'chat.sequences', lane: 'rest', signal },
      (sql) => sql.unsafe(SEQUENCES, [JSON.stringify(streamIds)], { prepare: true }),
    );
    return new Map(rows.map(({ streamId, sequence }) => [streamId, sequence]));
  }

  /** Null when the stream is unknown or deleted. @param streamId a UUID */
  async admission(
    streamId: string,
    { authorId, addressId }: Sender,
    signal: CancelSignal,
  ): Promise<Admission | null> {
    const rows = await this.#database.read<Admission[]>(
      { name: 'chat.admission', lane: 'hot', signal },
      (sql) => sql.unsafe(ADMISSION, [streamId, authorId, addressId], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  /** False when there is no such message beside the stream. @param streamId a UUID */
  async delete(streamId: string, id: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write({ name: 'chat.delete', lane: 'rest', signal }, (sql) =>
      sql.unsafe(DELETE, [streamId, id]),
    );
    return rows.length > 0;
  }

  /** Ids of what was deleted in the last `withinS` seconds, newest first. @param streamId a UUID */
  async deleted(
    streamId: string,
    { withinS, limit }: { readonly withinS: number; readonly limit: number },
    signal: CancelSignal,
  ): Promise<readonly number[]> {
    const rows = await this.#database.read<{ id: number }[]>(
      { name: 'chat.deleted', lane: 'hot', signal },
      (sql) => sql.unsafe(DELETED, [streamId, withinS, limit]),
    );
    return rows.map(({ id }) => id);
  }
}

function hasMessage<R extends Row>(row: R): row is R & ChatMessage {
  return row.id !== null;
}

function messageOf({ id, author, author_id, owner, text, created_at }: ChatMessage): ChatMessage {
  return { id, author, author_id, owner, text, created_at };
}
