/**
 * Contexts by path segment: a look-up for an install that was seen, one decoding for one that was not. What cannot
 * be read is remembered, too, so that a broken install that asks again and again costs a look-up.
 */
import { LRUCache } from 'lru-cache';
import { AppError } from '../../lib/errors.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { JsonObject, JsonValue } from '../../lib/json/json-value.ts';
import type { InstanceAccess } from '../access/contract.ts';
import type { ConfigEditor } from './editor.ts';
import { userContext, type ProfileFacts } from './context.ts';
import {
  ownerKeyOf,
  type ContextRequest,
  type UserContext,
  type UserContexts,
} from './contract.ts';
import type { InstanceOffer } from './instance-offer.ts';
import { profileIdOf, type Profiles } from './profiles.ts';
import type { StoredProfile } from './store.ts';
import { PROFILE_PREFIX, readToken, segmentKind } from './tokens.ts';

export interface ContextCacheParts {
  readonly ring: KeyRing;
  readonly profiles: Profiles;
  readonly editor: ConfigEditor;
  readonly instance: InstanceOffer;
  readonly access: InstanceAccess;
  readonly contextsMax: number;
}

/** Of segments that cannot be read: each is 4 KB at most. */
const REFUSED_MAX = 2000;
/** A key may be added to the ring, and then the process starts anew; this is for clocks and patience. */
const REFUSED_TTL_MS = 60_000;

export class ContextCache implements UserContexts {
  readonly anonymous: UserContext;
  readonly #parts: ContextCacheParts;
  readonly #known: LRUCache<string, UserContext>;
  readonly #refused = new LRUCache<string, AppError>({ max: REFUSED_MAX, ttl: REFUSED_TTL_MS });
  /** The row object changes with every version of it. */
  readonly #ofProfile = new WeakMap<StoredProfile, UserContext>();

  constructor(parts: ContextCacheParts) {
    this.#parts = parts;
    this.anonymous = this.#compile({});
    this.#known = new LRUCache({ max: parts.contextsMax });
  }

  resolve(segment: string, request: ContextRequest): UserContext | Promise<UserContext> {
    const known = this.#known.get(segment);
    if (known !== undefined) return known;
    if (segment.startsWith(PROFILE_PREFIX)) return this.#profileContext(segment, request);
    const refused = this.#refused.get(segment);
    if (refused !== undefined) throw refused;
    return this.#read(segment);
  }

  async draft(
    config: JsonValue,
    existing: string | null,
    request: ContextRequest,
  ): Promise<UserContext> {
    return this.#compile(await this.#parts.editor.accept(config, existing, request));
  }

  async authorizeOwner(segment: string, request: ContextRequest): Promise<void> {
    if (segmentKind(segment) === 'profile') await this.ownedProfile(segment, request);
  }

  async ownedProfile(text: string, request: ContextRequest): Promise<string> {
    const profileId = profileIdOf(
      text.startsWith(PROFILE_PREFIX) ? text.slice(PROFILE_PREFIX.length) : text,
    );
    await this.#parts.profiles.findOwned(profileId, ownerKeyOf(request), request.signal);
    return profileId;
  }

  #compile(config: JsonObject, profile?: ProfileFacts): UserContext {
    return userContext(config, this.#parts.instance, profile);
  }

  /** @throws AppError `config.wrong-password` */
  #compileInstall(config: JsonObject, profile?: ProfileFacts): UserContext {
    this.#parts.access.checkInstall(config);
    return this.#compile(config, profile);
  }

  #read(segment: string): UserContext {
    try {
      segmentKind(segment);
      const context = this.#compileInstall(readToken(segment, this.#parts.ring));
      this.#known.set(segment, context);
      return context;
    } catch (error) {
      if (error instanceof AppError) this.#refused.set(segment, error);
      throw error;
    }
  }

  #profileContext(segment: string, request: ContextRequest): UserContext | Promise<UserContext> {
    const profileId = profileIdOf(segment.slice(PROFILE_PREFIX.length));
    const hit = this.#parts.profiles.peek(profileId);
    if (hit !== undefined && hit !== null) return this.#contextOf(profileId, hit);
    return this.#parts.profiles
      .find(profileId, request.signal)
      .then((profile) => this.#contextOf(profileId, profile));
  }

  #contextOf(profileId: string, profile: StoredProfile): UserContext {
    const known = this.#ofProfile.get(profile);
    if (known !== undefined) return known;
    const { privateRevision } = profile;
    const config = this.#parts.profiles.open(profileId, profile);
    const context = this.#compileInstall(config, { profileId, privateRevision });
    this.#ofProfile.set(profile, context);
    return context;
  }
}
