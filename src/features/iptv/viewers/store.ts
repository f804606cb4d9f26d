/** SQL of viewers. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { ChannelRights } from '../contract.ts';

export interface Viewer extends ChannelRights {
  readonly id: number;
  readonly name: string;
  readonly isRevoked: boolean;
  readonly createdAt: Date;
}

export interface NewViewer extends ChannelRights {
  readonly name: string;
  /** Of the token, SHA-256. */
  readonly hash: Buffer;
}

const COLUMNS =
  'viewer_id AS id, name, groups, providers, is_revoked AS "isRevoked", created_at AS "createdAt"';
const ADD = `
INSERT INTO iptv_viewer (name, token_hash, groups, providers) VALUES ($1, $2, $3::text::jsonb, $4::text::jsonb)
RETURNING ${COLUMNS}`;
const ALL = `SELECT ${COLUMNS} FROM iptv_viewer ORDER BY viewer_id LIMIT 1000`;
const BY_TOKEN = `SELECT ${COLUMNS} FROM iptv_viewer WHERE token_hash = $1 AND NOT is_revoked`;
const REVOKE = 'UPDATE iptv_viewer SET is_revoked = true WHERE viewer_id = $1 RETURNING viewer_id';

export class ViewerStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async add({ name, hash, groups, providers }: NewViewer, signal: CancelSignal): Promise<Viewer> {
    const parameters = [name, hash, asJson(groups), asJson(providers)];
    const [viewer] = await this.#database.write<Viewer[]>(
      { name: 'iptv.add-viewer', lane: 'rest', signal },
      (sql) => sql.unsafe(ADD, parameters),
    );
    if (viewer === undefined) throw new Error('an insert returns its row');
    return viewer;
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
