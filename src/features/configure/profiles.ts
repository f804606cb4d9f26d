/** Stored profiles: configurations that live on the server, edited and revoked with an owner's key. */
import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { badToken } from '../../lib/install-token/bad-token.ts';
import { packConfig, unpackConfig } from '../../lib/install-token/install-token.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { mergeLegacySecrets } from '../../lib/install-token/legacy-token.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { installedUserConfig } from '../../lib/user-config/user-config.ts';
import type { Loader, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { PlaybackAccounts } from '../playback/contract.ts';
import type { ProfileNews } from './contract.ts';
import type { ProfileStore, StoredProfile } from './store.ts';

export interface ProfileParts {
  readonly store: ProfileStore;
  readonly cache: ReadThroughCache<StoredProfile>;
  readonly ring: KeyRing;
  /** Playback links end with their profile. */
  readonly accounts: Pick<PlaybackAccounts, 'revokeProfile'>;
}

export interface CreatedProfile {
  readonly profileId: string;
  /** Told once; only its hash is kept. */
  readonly ownerKey: string;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const OWNER_KEY_BYTES = 24;
const INCOMPLETE_ID =
  'this address of a stored profile is incomplete: expected U- and 36 characters, such as U-01234567-89ab-4cde-8f01-23456789abcd';

export class Profiles implements ProfileNews {
  readonly #parts: ProfileParts;

  constructor(parts: ProfileParts) {
    this.#parts = parts;
  }

  /** From L1 alone: the row, null when there is none, undefined when L1 does not know. */
  peek(profileId: string): StoredProfile | null | undefined {
    return this.#parts.cache.peek(profileId, this.#loader(profileId))?.value;
  }

  /** @throws AppError `profile.not-found`, and those of the database */
  async find(profileId: string, signal: CancelSignal): Promise<StoredProfile> {
    const { value } = await this.#parts.cache.get(profileId, this.#loader(profileId), signal);
    return value ?? notFound();
  }

  /** The configuration of a row, in canonical form. @throws AppError `config.bad-token` */
  open(profileId: string, profile: StoredProfile): JsonObject {
    const { ring } = this.#parts;
    if (profile.sealed === null) {
      return installedUserConfig(
        mergeLegacySecrets(profile.legacyConfig ?? {}, profile.legacySecrets, ring),
      );
    }
    const content = ring.open(profile.sealed, contextOf(profileId));
    if (content === null) throw badToken('the stored profile was sealed with another key');
    return installedUserConfig(unpackConfig(content));
  }

  async create(config: JsonObject, signal: CancelSignal): Promise<CreatedProfile> {
    const profileId = randomUUID();
    const ownerKey = randomBytes(OWNER_KEY_BYTES).toString('base64url');
    await this.#parts.store.insert(
      profileId,
      this.#seal(profileId, config),
      hashOf(ownerKey),
      signal,
    );
    return { profileId, ownerKey };
  }

  /**
   * The row, past all caches, for its owner.
   * @throws AppError `profile.not-found`, `profile.wrong-key`
   */
  async findOwned(
    profileId: string,
    ownerKey: string,
    signal: CancelSignal,
  ): Promise<StoredProfile> {
    const profile = (await this.#parts.store.read(profileId, signal)) ?? notFound();
    if (profile.ownerKeyHash === null || !timingSafeEqual(profile.ownerKeyHash, hashOf(ownerKey)))
      wrongKey();
    return profile;
  }

  /** @throws AppError `profile.wrong-key` */
  async update(
    profileId: string,
    ownerKey: string,
    config: JsonObject,
    signal: CancelSignal,
  ): Promise<void> {
    const isDone = await this.#parts.store.update(
      profileId,
      this.#seal(profileId, config),
      hashOf(ownerKey),
      signal,
    );
    if (!isDone) wrongKey();
    await this.#parts.cache.invalidate(profileId);
  }

  /** Dead at once here and wherever the message comes; elsewhere when its entry expires (20 s at most). @throws AppError */
  async revoke(profileId: string, ownerKey: string, signal: CancelSignal): Promise<void> {
    const { store, cache, accounts } = this.#parts;
    const revoke = async () => {
      const isDone = await store.delete(profileId, hashOf(ownerKey), signal);
      if (!isDone) wrongKey();
    };
    await accounts.revokeProfile(profileId, revoke, signal);
    await cache.invalidate(profileId);
  }

  /** @see ProfileNews */
  changed(profileId: string): Promise<void> {
    return this.#parts.cache.invalidate(profileId);
  }

  #seal(profileId: string, config: JsonObject): Buffer {
    return this.#parts.ring.seal(packConfig(config), contextOf(profileId));
  }

  #loader(profileId: string): Loader<StoredProfile> {
    return (signal) => this.#parts.store.read(profileId, signal);
  }
}

/** The id of a profile as PostgreSQL writes it. @throws AppError `profile.not-found` for what is none */
export function profileIdOf(text: string): string {
  const lower = text.toLowerCase();
  if (UUID.test(lower)) return lower;
  throw new AppError('profile.not-found', INCOMPLETE_ID, { field: 'profile' });
}

/** Bound to its row: a sealed profile is of no use in another one, nor in a token. */
function contextOf(profileId: string): string {
  return `profile ${profileId}`;
}

function hashOf(ownerKey: string): Buffer {
  return createHash('sha256').update(ownerKey).digest();
}

function notFound(): never {
  throw new AppError(
    'profile.not-found',
    'there is no stored profile with this id: it was revoked, or never was',
    {
      field: 'profile',
    },
  );
}

function wrongKey(): never {
  throw new AppError('profile.wrong-key', 'expected the owner key of this profile in X-Owner-Key', {
    field: 'X-Owner-Key',
  });
}
