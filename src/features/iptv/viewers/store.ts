/** SQL of viewers. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { ChannelRights } from '../contract.ts';

export interface Viewer extends ChannelRights {
  readonly id: number;
  readonly name: string;
  /** Proxied streams at a time, the newest; 0: not limited. */
  readonly streamsMax: number;
  /** Of proxied streams together; 0: not limited. */
  readonly kbitsMax: number;
  readonly isRevoked: boolean;
  readonly createdAt: Date;
}

export interface NewViewer extends ChannelRights {
  readonly name: string;
  /** Of the token, SHA-256. */
  readonly hash: Buffer;
  readonly streamsMax: number;
  readonly kbitsMax: number;
}

/** Null leaves as it is. */
export interface ViewerChange {
  readonly streamsMax: number | null;
  readonly kbitsMax: number | null;
}

const COLUMNS = `viewer_id AS id, name, groups, providers, streams_max AS "streamsMax", kbits_max AS "kbitsMax",
  is_revoked AS "isRevoked", created_at AS "createdAt"`;
const ADD = `
INSERT INTO iptv_viewer (name, token_hash, groups, providers, streams_max, kbits_max)
VALUES ($1, $2, $3::text::jsonb, $4::text::jsonb, $5, $6)
RETURNING ${COLUMNS}`;
const ALL = `SELECT ${COLUMNS} FROM iptv_viewer ORDER BY viewer_id LIMIT 1000`;
const BY_TOKEN = `SELECT ${COLUMNS} FROM iptv_viewer WHERE token_hash = $1 AND NOT is_revoked`;
const STREAM_USE = `
SELECT (SELECT count(DISTINCT watch_key)::int FROM iptv_watch WHERE viewer_id = $1 AND expires_at > now()) AS open,
  coalesce((SELECT CASE WHEN bool_or(slots_max = 0) THEN 0 ELSE sum(slots_max)::int END FROM iptv_provider
    WHERE published_snapshot > 0 AND ($2::text IS NULL OR $2::text::jsonb @> to_jsonb(provider_id))), 0) AS "accountsMax"`;
const OUTPUT =
  'SELECT version, changed_at AS "changedAt" FROM iptv_output WHERE viewer_id = $1 AND output = $2';
/** Two versions never have one second. */
const CHANGE_OUTPUT = `
INSERT INTO iptv_output AS o (viewer_id, output, version, changed_at) VALUES ($1, $2, $3, date_trunc('second', now()))
ON CONFLICT (viewer_id, output) DO UPDATE SET version = excluded.version, changed_at =
  CASE WHEN o.version = excluded.version THEN o.changed_at
    ELSE greatest(excluded.changed_at, o.changed_at + interval '1 second') END
RETURNING version, changed_at AS "changedAt"`;
const CHANGE = `
UPDATE iptv_viewer SET streams_max = coalesce($2::smallint, streams_max), kbits_max = coalesce($3::int, kbits_max)
WHERE viewer_id = $1 RETURNING ${COLUMNS}`;
const REVOKE = 'UPDATE iptv_viewer SET is_revoked = true WHERE viewer_id = $1 RETURNING viewer_id';

/** Proxied streams of a viewer, over all processes. */
export interface StreamUse {
  readonly open: number;
  /** What all accounts that the viewer may use allow together; 0: not limited. */
  readonly accountsMax: number;
}

export type ViewerOutputName = 'm3u' | 'xmltv';

interface OutputRow {
  readonly version: string;
  readonly changedAt: Date;
}

export class ViewerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add(viewer: NewViewer, signal: CancelSignal): Promise<Viewer> {
    const { name, hash, groups, providers, streamsMax, kbitsMax } = viewer;
    const parameters = [name, hash, asJson(groups), asJson(providers), streamsMax, kbitsMax];
    const [added] = await this.#database.write<Viewer[]>(
      { name: 'iptv.add-viewer', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD, parameters),
    );
    if (added === undefined) throw new Error('an insert returns its row');
    return added;
  }

  all(signal: CancelSignal): Promise<readonly Viewer[]> {
    return this.#database.read<Viewer[]>({ name: 'iptv.viewers', lane: 'page', signal }, (sql) =>
      sql.unsafe(ALL),
    );
  }

  /** Null for a token that was never given out, or was revoked. */
  async byToken(hash: Buffer, signal: CancelSignal): Promise<Viewer | null> {
    const rows = await this.#database.read<Viewer[]>(
      { name: 'iptv.viewer', lane: 'hot', signal },
      (sql) => sql.unsafe(BY_TOKEN, [hash]),
    );
    return rows[0] ?? null;
  }

  async streamUse({ id, providers }: Viewer, signal: CancelSignal): Promise<StreamUse> {
    const rows = await this.#database.read<StreamUse[]>(
      { name: 'iptv.stream-use', lane: 'page', signal },
      (sql) => sql.unsafe(STREAM_USE, [id, asJson(providers)]),
    );
    return rows[0] ?? { open: 0, accountsMax: 0 };
  }

  /** Since when a list of the viewer has had this version, which it has from now on. */
  async changedAt(
    viewerId: number,
    output: ViewerOutputName,
    version: string,
    signal: CancelSignal,
  ): Promise<Date> {
    const [known] = await this.#database.read<OutputRow[]>(
      { name: 'iptv.output', lane: 'page', signal },
      (sql) => sql.unsafe(OUTPUT, [viewerId, output]),
    );
    if (known?.version === version) return known.changedAt;
    const [changed] = await this.#database.write<OutputRow[]>(
      { name: 'iptv.change-output', lane: 'rest', signal },
      (sql) => sql.unsafe(CHANGE_OUTPUT, [viewerId, output, version]),
    );
    if (changed === undefined) throw new Error('an upsert returns its row');
    return changed.changedAt;
  }

  /** Null when there is none. */
  async change(
    id: number,
    { streamsMax, kbitsMax }: ViewerChange,
    signal: CancelSignal,
  ): Promise<Viewer | null> {
    const rows = await this.#database.write<Viewer[]>(
      { name: 'iptv.change-viewer', lane: 'rest', signal },
      (sql) => sql.unsafe(CHANGE, [id, streamsMax, kbitsMax]),
    );
    return rows[0] ?? null;
  }

  /** False when there is none. */
  async revoke(id: number, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'iptv.revoke-viewer', lane: 'rest', signal },
      (sql) => sql.unsafe(REVOKE, [id]),
    );
    return rows.length > 0;
  }
}

function asJson(list: readonly (string | number)[] | null): string | null {
  return list === null ? null : JSON.stringify(list);
}
