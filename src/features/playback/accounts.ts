/** Accounts behind the tokens of links: written once, sealed, and read through the caches. */
import { Buffer } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../lib/reuse/growing-lru.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { SingleFlight } from '../../lib/async/single-flight.ts';
import { badToken } from '../../lib/install-token/bad-token.ts';
import { packConfig, unpackConfig } from '../../lib/install-token/install-token.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { playbackAccountId } from '../../lib/install-token/playback-token.ts';
import { serviceEntryOf, type ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { OwnServices, PlayingService } from '../../lib/user-config/playing-services.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { PlaybackAccounts } from './contract.ts';
import type { PlaybackStore, StoredAccount } from './store.ts';

export interface AccountParts {
  readonly store: PlaybackStore;
  readonly cache: ReadThroughCache<StoredAccount>;
  readonly ring: KeyRing;
}

/** Who plays by a link. */
export interface PlayingAccount {
  readonly entry: ServiceEntry;
  /** Of the stored profile that it is in; empty for install addresses. */
  readonly profileId: string;
}

/** Tokens that this process has seen to: 100 bytes each. */
const KEPT_MAX = 50_000;
/** Then it is looked at again, so that its row says when it was last used. */
const KEPT_FOR_MS = 24 * 3600 * 1000;
/** Of tokens that are played with: a hash each. */
const IDS_MAX = 10_000;
const SEEN_FOR_MS = 60_000;
const WRITES_MAX = 64;
const WRITE_TIMEOUT_MS = 5000;
const WAITERS_MAX = 1000;

export class Accounts implements PlaybackAccounts, AsyncDisposable {
  readonly #parts: AccountParts;
  readonly #kept = new LRUCache<string, true>({ ...growsTo(KEPT_MAX), ttl: KEPT_FOR_MS });
  /** Epoch milliseconds up to which all of a user's are in `#kept` for sure. */
  #seen = new WeakMap<OwnServices, number>();
  readonly #writes = new SingleFlight<void>({
    flightTimeoutMs: WRITE_TIMEOUT_MS,
    keysMax: WRITES_MAX,
    waitersMax: WAITERS_MAX,
    attemptsMax: 1,
  });
  readonly #ids = new LRUCache<string, string>(growsTo(IDS_MAX));
  /** The stored object changes with every reading of the row. */
  readonly #opened = new WeakMap<StoredAccount, PlayingAccount>();

  constructor(parts: AccountParts) {
    this.#parts = parts;
  }

  isKept(services: OwnServices): boolean {
    const seenUntilMs = this.#seen.get(services);
    if (seenUntilMs !== undefined && Date.now() < seenUntilMs) return true;
    const isKept = services.all.every(({ token }) => this.#kept.get(token) === true);
    if (isKept) this.#seen.set(services, Date.now() + SEEN_FOR_MS);
    return isKept;
  }

  async keep({ all, profileId }: OwnServices, signal: CancelSignal): Promise<void> {
    for (const service of all) {
      const { token } = service;
      if (this.#kept.has(token)) continue;
      await this.#writes.run(token, (own) => this.#write(service, profileId, own), signal);
      this.#kept.set(token, true);
    }
  }

  /** What this process knows for sure without asking anybody; undefined: `find` says. */
  peek(token: string): ServiceEntry | undefined {
    const found = this.#parts.cache.peek(this.#idOf(token));
    if (found === undefined || found.stale || found.value === null) return undefined;
    return this.#opened.get(found.value)?.entry;
  }

  /** @throws AppError `config.bad-token` for a token of nothing, or no longer of anything */
  async find(token: string, signal: CancelSignal): Promise<PlayingAccount> {
    const { store, cache } = this.#parts;
    const accountId = this.#idOf(token);
    const load = (own: CancelSignal) => store.readAccount(accountId, own);
    const { value } = cache.peek(accountId, load) ?? (await cache.get(accountId, load, signal));
    if (value === null) throw badToken('this link stands for no account: it was revoked');
    return this.#opened.get(value) ?? this.#open(accountId, value);
  }

  async revokeProfile(
    profileId: string,
    revoke: () => Promise<void>,
    signal: CancelSignal,
  ): Promise<void> {
    const ids = await this.#parts.store.accountsOfProfile(profileId, signal);
    await revoke();
    this.#kept.clear();
    this.#seen = new WeakMap();
    await Promise.all(ids.map((id) => this.#parts.cache.invalidate(id)));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writes[Symbol.asyncDispose]();
  }

  async #write(
    { token, entry }: PlayingService,
    profileId: string,
    signal: CancelSignal,
  ): Promise<void> {
    const { store, cache, ring } = this.#parts;
    const accountId = playbackAccountId(token);
    const sealed = ring.seal(packConfig(entry.playing()), contextOf(accountId));
    await store.keepAccount(accountId, sealed, profileId, signal);
    if (cache.peek(accountId)?.value === null) await cache.invalidate(accountId);
  }

  #idOf(token: string): string {
    let accountId = this.#ids.get(token);
    if (accountId === undefined) this.#ids.set(token, (accountId = playbackAccountId(token)));
    return accountId;
  }

  #open(accountId: string, account: StoredAccount): PlayingAccount {
    const { ring } = this.#parts;
    const content = ring.open(Buffer.from(account.sealed), contextOf(accountId));
    if (content === null) throw badToken('the account was sealed with another key');
    const entry = serviceEntryOf(unpackConfig(content), ring.digest);
    if (entry === null) throw badToken('this version does not know the service');
    const opened = { entry, profileId: account.profileId };
    this.#opened.set(account, opened);
    return opened;
  }
}

/** Bound to its row: of no use in another one. */
function contextOf(accountId: string): string {
  return `playback ${accountId}`;
}
