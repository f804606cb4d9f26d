/** SQL of stored profiles, and how a cached one lies in L2: sealed, as in its row. */
import { Buffer } from 'node:buffer';
import { pack, unpack } from 'msgpackr';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import type { Lifetimes } from '../../platform/cache/timed-value.ts';
import type { Database } from '../../platform/db/database.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';

/** A row as it is read. Exactly one of `sealed` and `legacyConfig` is there. */
export interface StoredProfile {
  readonly sealed: Buffer | null;
  /** SHA-256; null when nobody may edit it. */
  readonly ownerKeyHash: Buffer | null;
  readonly legacyConfig: JsonObject | null;
  /** As the other server sealed them; empty when there are none. */
  readonly legacySecrets: string;
  /** Of its private streams; 0: it never had any. */
  readonly privateRevision: number;
}

const READ = `
SELECT sealed, owner_key_hash AS "ownerKeyHash", legacy_config AS "legacyConfig", legacy_secrets AS "legacySecrets",
  private_revision AS "privateRevision"
FROM user_profile WHERE profile_id = $1`;
const INSERT = 'INSERT INTO user_profile (profile_id, sealed, owner_key_hash) VALUES ($1, $2, $3)';
/** Editing a profile of another server makes it one of ours. */
const UPDATE = `
UPDATE user_profile SET sealed = $2, legacy_config = NULL, legacy_secrets = '', updated_at = now()
WHERE profile_id = $1 AND owner_key_hash = $3 RETURNING profile_id`;
const DELETE =
  'DELETE FROM user_profile WHERE profile_id = $1 AND owner_key_hash = $2 RETURNING profile_id';

export class ProfileStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  async read(profileId: string, signal: CancelSignal): Promise<StoredProfile | null> {
    const rows = await this.#database.read<StoredProfile[]>(
      { name: 'configure.read-profile', lane: 'hot', signal },
      (sql) => sql.unsafe(READ, [profileId], { prepare: true }),
    );
    return rows[0] ?? null;
  }

  async insert(
    profileId: string,
    sealed: Buffer,
    ownerKeyHash: Buffer,
    signal: CancelSignal,
  ): Promise<void> {
    await this.#database.write({ name: 'configure.insert-profile', lane: 'rest', signal }, (sql) =>
      sql.unsafe(INSERT, [profileId, sealed, ownerKeyHash]),
    );
  }

  /** False when there is no such profile, or it has another owner. */
  async update(
    profileId: string,
    sealed: Buffer,
    ownerKeyHash: Buffer,
    signal: CancelSignal,
  ): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'configure.update-profile', lane: 'rest', signal },
      (sql) => sql.unsafe(UPDATE, [profileId, sealed, ownerKeyHash]),
    );
    return rows.length > 0;
  }

  /** False when there is no such profile, or it has another owner. */
  async delete(profileId: string, ownerKeyHash: Buffer, signal: CancelSignal): Promise<boolean> {
    const rows = await this.#database.write(
      { name: 'configure.delete-profile', lane: 'rest', signal },
      (sql) => sql.unsafe(DELETE, [profileId, ownerKeyHash]),
    );
    return rows.length > 0;
  }
}

const codec: CacheCodec<StoredProfile> = {
  encode: (profile) =>
    pack([
      profile.sealed,
      profile.ownerKeyHash,
      profile.legacyConfig,
      profile.legacySecrets,
      profile.privateRevision,
    ]),
  decode(bytes) {
    try {
      return profileOf(unpack(bytes));
    } catch {
      return null;
    }
  },
  sizeBytes: (profile) =>
    1024 + (profile.sealed?.byteLength ?? 8192) + 2 * profile.legacySecrets.length,
};

/** A revoked profile is dead everywhere within 20 s, also where no message comes (the promise is 30 s). */
const LIFETIMES: Lifetimes = {
  freshMs: 10_000,
  staleMs: 10_000,
  negativeMs: { first: 5000, max: 10_000, growth: 1 },
};

/** By profile id. */
export const PROFILE_CACHE: CacheSpec<StoredProfile> = {
  name: 'profile',
  schemaVersion: 2,
  codec,
  lifetimes: () => LIFETIMES,
};

function profileOf(items: unknown): StoredProfile | null {
  if (!Array.isArray(items) || items.length !== 5) return null;
  const [sealed, ownerKeyHash, legacyConfig, legacySecrets, privateRevision]: readonly unknown[] =
    items;
  if (typeof privateRevision !== 'number') return null;
  if (!isBytesOrNull(sealed) || !isBytesOrNull(ownerKeyHash) || typeof legacySecrets !== 'string')
    return null;
  if (typeof legacyConfig !== 'object' || Array.isArray(legacyConfig)) return null;
  return {
    sealed,
    ownerKeyHash,
    legacyConfig: legacyConfig as JsonObject | null,
    legacySecrets,
    privateRevision,
  };
}

function isBytesOrNull(value: unknown): value is Buffer | null {
  return value === null || Buffer.isBuffer(value);
}
