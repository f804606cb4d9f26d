/** Tokens that services give for a credential that lasts longer: got once for each account, renewed before they end. */
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { orCancelled, waitFailure } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';

export interface AccessToken {
  readonly token: string;
  /** How long it is good for. */
  readonly lifetimeMs: number;
}

/** Gets a token from the service. */
export type RenewToken = (signal: CancelSignal) => Promise<AccessToken>;

const ACCOUNTS_MAX = 5000;
/** Renewed when less than this part of its life is left. */
const LEFT_MIN = 0.1;

export class AccessTokens {
  readonly #known = new LRUCache<string, string>({ max: ACCOUNTS_MAX });
  /** One renewal of each account at a time; ends with an error of the service, or null when there is nothing to be told. */
  readonly #renewals = new Map<string, Promise<Error | null>>();

  /** @param account key of the account: `ServiceEntry.accountKey` */
  async get(account: string, renew: RenewToken, signal: CancelSignal): Promise<string> {
    for (;;) {
      if (signal.aborted) throw waitFailure(signal);
      const token = this.#known.get(account);
      if (token !== undefined) return token;
      const renewal = this.#renewals.get(account);
      if (renewal === undefined) return this.#renew(account, renew, signal);
      const error = await orCancelled(renewal, signal);
      if (error !== null) throw error;
    }
  }

  /** The service does not accept it any more; another one that came meanwhile stays. */
  forget(account: string, token: string): void {
    if (this.#known.get(account) === token) this.#known.delete(account);
  }

  /** Whoever waits for a caller that leaves asks for itself then. */
  async #renew(account: string, renew: RenewToken, signal: CancelSignal): Promise<string> {
    const work = renew(signal);
    const renewal = work.then(
      () => null,
      (error: unknown) => (signal.aborted || !(error instanceof Error) ? null : error),
    );
    this.#renewals.set(account, renewal);
    try {
      const { token, lifetimeMs } = await work;
      this.#known.set(account, token, {
        ttl: Math.max(1, Math.floor(lifetimeMs * (1 - LEFT_MIN))),
      });
      return token;
    } finally {
      this.#renewals.delete(account);
    }
  }
}

/** The token that calls of one account carry. */
export interface Bearer {
  /** Runs `call` with the token; once more with a new one when the service refuses one that can be renewed. */
  use<T>(signal: CancelSignal, call: (token: string) => Promise<T>): Promise<T>;
}

export function fixedBearer(token: string): Bearer {
  return { use: (_signal, call) => call(token) };
}

export function renewedBearer(account: string, renew: RenewToken, tokens: AccessTokens): Bearer {
  return {
    async use(signal, call) {
      const token = await tokens.get(account, renew, signal);
      try {
        return await call(token);
      } catch (error) {
        if (!(error instanceof AppError) || error.code !== 'debrid.bad-token') throw error;
        tokens.forget(account, token);
        return call(await tokens.get(account, renew, signal));
      }
    },
  };
}
