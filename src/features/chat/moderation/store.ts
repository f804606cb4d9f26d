/** SQL of what owners allow and forbid in the chats of their streams. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';

export interface RoomSettings {
  /** Seconds that an author waits between two messages; 0: as all may. */
  readonly slowModeS: number;
  readonly followersOnly: boolean;
}

export type SanctionKind = 'muted' | 'banned';

export interface Sanction {
  /** An author, or an address; both 22 characters. */
  readonly subject: string;
  readonly kind: SanctionKind;
  /** ISO 8601; null: until it is lifted. */
  readonly until: string | null;
}

const SET = `
INSERT INTO chat_room AS r (stream_id, slow_mode_s, followers_only) VALUES ($1::uuid, coalesce($2, 0), coalesce($3, false))
ON CONFLICT (stream_id) DO UPDATE SET slow_mode_s = coalesce($2, r.slow_mode_s), followers_only = coalesce($3, r.followers_only)
RETURNING slow_mode_s AS "slowModeS", followers_only AS "followersOnly"`;

const SUBJECTS = `
SELECT author_id AS "authorId", address_id AS "addressId" FROM chat_message
WHERE stream_id = $1::uuid AND id = $2::bigint AND author_id IS NOT NULL AND NOT is_owner`;

const FORBID = `
INSERT INTO chat_sanction (owner, subject, kind, until)
SELECT $1, s.subject, $3, now() + make_interval(mins => $4)
FROM (SELECT DISTINCT jsonb_array_elements_text($2::text::jsonb) AS subject) s ORDER BY s.subject
ON CONFLICT (owner, subject) DO UPDATE SET kind = excluded.kind, until = excluded.until`;

/** Of an author also the addresses, whichever stream of the owner they were seen beside. */
const LIFT = `
DELETE FROM chat_sanction WHERE owner = $1 AND subject IN (
  SELECT $2 UNION
  SELECT m.address_id FROM live_stream s JOIN chat_message m ON m.stream_id = s.live_stream_id
  WHERE s.owner = $1 AND m.author_id = $2
) RETURNING subject`;

const SANCTIONS = `
SELECT subject, kind, to_char(until AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS until FROM chat_sanction
WHERE owner = $1 AND subject > $2 AND (until IS NULL OR until > now()) ORDER BY subject LIMIT $3`;

/** Beyond the most that an owner may name nothing is added. */
const FOLLOW = `
INSERT INTO chat_follower (owner, author_id)
SELECT $1, $2 WHERE (SELECT count(*) FROM (SELECT FROM chat_follower WHERE owner = $1 LIMIT $3) f) < $3
ON CONFLICT (owner, author_id) DO UPDATE SET author_id = excluded.author_id RETURNING author_id`;

const UNFOLLOW = `DELETE FROM chat_follower WHERE owner = $1 AND author_id = $2 RETURNING author_id`;

const FOLLOWERS = `
SELECT author_id AS "authorId" FROM chat_follower WHERE owner = $1 AND author_id > $2 ORDER BY author_id LIMIT $3`;

/** Page of a list by key. */
export interface After {
  /** Empty: from the start. */
  readonly after: string;
  readonly limit: number;
}

export class ModerationStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Null leaves a setting as it is. @param streamId a UUID of a stream */
  async setRoom(
    streamId: string,
    settings: { readonly slowModeS: number | null; readonly followersOnly: boolean | null },
    signal: CancelSignal,
  ): Promise<RoomSettings> {
    const { slowModeS, followersOnly } = settings;
    const rows = await this.#write<RoomSettings>('chat.set-room', SET, signal, [
      streamId,
      slowModeS,
      followersOnly,
    ]);
    return rows[0] ?? { slowModeS: 0, followersOnly: false };
  }

  /** Who wrote a message: an author and an address; empty for the owner's own and for unknown ones. */
  async subjectsOf(
    streamId: string,
    messageId: number,
    signal: CancelSignal,
  ): Promise<readonly string[]> {
    const rows = await this.#write<{ authorId: string; addressId: string }>(
      'chat.subjects',
      SUBJECTS,
      signal,
      [streamId, messageId],
    );
    return rows.flatMap(({ authorId, addressId }) => [authorId, addressId]);
  }

  /** @param minutes null: until it is lifted */
  async forbid(
    owner: string,
    subjects: readonly string[],
    { kind, minutes }: { readonly kind: SanctionKind; readonly minutes: number | null },
    signal: CancelSignal,
  ): Promise<void> {
    await this.#write('chat.forbid', FORBID, signal, [
      owner,
      JSON.stringify(subjects),
      kind,
      minutes,
    ]);
  }

  /** False when nothing was forbidden. */
  async lift(owner: string, subject: string, signal: CancelSignal): Promise<boolean> {
    return (await this.#write('chat.lift', LIFT, signal, [owner, subject])).length > 0;
  }

  sanctions(
    owner: string,
    { after, limit }: After,
    signal: CancelSignal,
  ): Promise<readonly Sanction[]> {
    return this.#write<Sanction>('chat.sanctions', SANCTIONS, signal, [owner, after, limit]);
  }

  /** False when the owner has named as many as may be. */
  async follow(
    owner: string,
    authorId: string,
    followersMax: number,
    signal: CancelSignal,
  ): Promise<boolean> {
    const parameters = [owner, authorId, followersMax];
    return (await this.#write('chat.follow', FOLLOW, signal, parameters)).length > 0;
  }

  async unfollow(owner: string, authorId: string, signal: CancelSignal): Promise<boolean> {
    return (await this.#write('chat.unfollow', UNFOLLOW, signal, [owner, authorId])).length > 0;
  }

  async followers(
    owner: string,
    { after, limit }: After,
    signal: CancelSignal,
  ): Promise<readonly string[]> {
    const rows = await this.#write<{ authorId: string }>('chat.followers', FOLLOWERS, signal, [
      owner,
      after,
      limit,
    ]);
    return rows.map(({ authorId }) => authorId);
  }

  /** On the primary also what only reads: owners look at what they have just changed. */
  #write<R extends object>(
    name: string,
    statement: string,
    signal: CancelSignal,
    parameters: readonly (string | number | boolean | null)[],
  ): Promise<readonly R[]> {
    return this.#database.write<R[]>({ name, lane: 'rest', signal }, (sql) =>
      sql.unsafe(statement, [...parameters]),
    );
  }
}
