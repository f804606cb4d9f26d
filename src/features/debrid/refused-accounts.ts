/** Credentials that a service has refused are not tried again for a while: services ban whoever keeps on trying. */
import { LRUCache } from 'lru-cache';
import { growsTo } from '../../lib/reuse/growing-lru.ts';
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DirectLink,
  Transfer,
  Wanted,
} from './contract.ts';

const REFUSALS: ReadonlySet<ErrorCode> = new Set([
  'debrid.bad-token',
  'debrid.bad-login',
  'debrid.account-locked',
]);
const ACCOUNTS_MAX = 10_000;
const REMEMBERED_MS = 300_000;

export class RefusedAccounts {
  readonly #refusals = new LRUCache<string, AppError>({
    ...growsTo(ACCOUNTS_MAX),
    ttl: REMEMBERED_MS,
  });

  /** The account, which fails at once while it is refused; `verify` alone always asks. @param key `ServiceEntry.accountKey` */
  guard(account: DebridAccount, key: string): DebridAccount {
    return new GuardedAccount(account, {
      // A new one each time: whoever throws it may add to it.
      refusal: () => {
        const refusal = this.#refusals.get(key);
        return refusal === undefined ? null : new AppError(refusal.code, refusal.message);
      },
      failed: (error) => {
        if (error instanceof AppError && REFUSALS.has(error.code)) this.#refusals.set(key, error);
      },
      accepted: () => this.#refusals.delete(key),
    });
  }
}

interface Memory {
  refusal(): AppError | null;
  failed(error: unknown): void;
  accepted(): void;
}

class GuardedAccount implements DebridAccount {
  readonly service: string;
  readonly checkCached: DebridAccount['checkCached'];
  readonly checkMax: number;
  readonly list: DebridAccount['list'];
  readonly remove: DebridAccount['remove'];
  readonly #account: DebridAccount;
  readonly #memory: Memory;

  constructor(account: DebridAccount, memory: Memory) {
    const { checkCached, list, remove } = account;
    this.#account = account;
    this.#memory = memory;
    this.service = account.service;
    this.checkMax = account.checkMax;
    this.checkCached =
      checkCached === null
        ? null
        : (infohashes, call) => this.#asked(() => checkCached.call(account, infohashes, call));
    this.list = list === null ? null : (call) => this.#asked(() => list.call(account, call));
    this.remove =
      remove === null ? null : (id, call) => this.#asked(() => remove.call(account, id, call));
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    try {
      const info = await this.#account.verify(call);
      this.#memory.accepted();
      return info;
    } catch (error) {
      this.#memory.failed(error);
      throw error;
    }
  }

  open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    return this.#asked(() => this.#account.open(wanted, call));
  }

  refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    return this.#asked(() => this.#account.refresh(transfer, call));
  }

  link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    return this.#asked(() => this.#account.link(transfer, file, call));
  }

  async #asked<T>(work: () => Promise<T>): Promise<T> {
    const refusal = this.#memory.refusal();
    if (refusal !== null) throw refusal;
    try {
      return await work();
    } catch (error) {
      this.#memory.failed(error);
      throw error;
    }
  }
}
