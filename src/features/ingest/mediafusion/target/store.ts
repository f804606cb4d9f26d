/** SQL of an import from another database on our side: how far it is, and the profiles that it takes over. */
import type { BulkLoad } from '../../../../platform/db/bulk-load.ts';
import type { BulkPosition } from '../../contract.ts';
import type { ProfileRow } from '../store.ts';

export class TakeoverStore {
  readonly #load: BulkLoad;
  /** Which database it reads. */
  readonly #source: string;

  constructor(load: BulkLoad, source: string) {
    this.#load = load;
    this.#source = source;
  }

  /** Waits for whoever else does so: the lock ends with the connection. The table is there while an import is not through. */
  async prepare(): Promise<void> {
    await this.#load.query(LOCK);
    await this.#load.query(CREATE);
  }

  /** Null: at the beginning. */
  async position(): Promise<BulkPosition | null> {
    const [row] = await this.#load.query<{ readonly position: BulkPosition }>(READ, [this.#source]);
    return row?.position ?? null;
  }

  /** Resolves with the number of those that are new or different. One that was edited here stays as it is. */
  async takeProfiles(profiles: readonly ProfileRow[]): Promise<number> {
    const rows = await this.#load.query(TAKE_PROFILES, [JSON.stringify(profiles)]);
    return rows.length;
  }

  async finish(): Promise<void> {
    await this.#load.query('DROP TABLE takeover');
  }
}

/** Within the transaction of what was merged, on its connection. */
export async function savePosition(
  load: BulkLoad,
  source: string,
  position: BulkPosition,
): Promise<void> {
  await load.query(SAVE, [source, JSON.stringify(position)]);
}

const LOCK = `SELECT pg_advisory_lock(hashtext('sluice takeover'))`;
const CREATE =
  'CREATE TABLE IF NOT EXISTS takeover (source text PRIMARY KEY, position jsonb NOT NULL)';
const READ = 'SELECT position FROM takeover WHERE source = $1';
const SAVE = `
INSERT INTO takeover (source, position) VALUES ($1, $2::text::jsonb)
ON CONFLICT (source) DO UPDATE SET position = excluded.position`;

const TAKE_PROFILES = `
INSERT INTO user_profile AS p (profile_id, legacy_config, legacy_secrets)
SELECT DISTINCT ON (g.uuid) g.uuid, g.config::jsonb, g.secrets
FROM jsonb_to_recordset($1::text::jsonb) AS g (uuid uuid, config text, secrets text) ORDER BY g.uuid
ON CONFLICT (profile_id) DO UPDATE
SET legacy_config = excluded.legacy_config, legacy_secrets = excluded.legacy_secrets, updated_at = now()
WHERE p.sealed IS NULL AND (p.legacy_config, p.legacy_secrets) IS DISTINCT FROM (excluded.legacy_config, excluded.legacy_secrets)
RETURNING 1`;
