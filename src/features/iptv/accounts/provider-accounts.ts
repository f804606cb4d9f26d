/** Finds the account that the addresses of a provider hold, and takes it out of them. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import {
  AccountMarks,
  secretsOfAddress,
  secretsOfStream,
  type AccountSecret,
} from '../../../lib/iptv/account-marks.ts';
import type { AccountSeals } from './account-seals.ts';
import type { AccountStore } from './store.ts';

/** Paths of many streams look like accounts, each another one. */
const ACCOUNT_SHARE_MIN = 0.1;
const ACCOUNTS_MAX = 4;

export interface KeptAccount {
  readonly id: number;
  readonly accountSealed: Buffer | null;
}

export interface ProviderAccountsParts {
  readonly store: AccountStore;
  readonly seals: AccountSeals;
}

export class ProviderAccounts {
  readonly #parts: ProviderAccountsParts;

  constructor(parts: ProviderAccountsParts) {
    this.#parts = parts;
  }

  /**
   * The marks for what a provider's list says now. What was kept of it before gets them, too, where its account is another one.
   * @param address of the provider; empty where lists are handed in @param streams addresses of the first entries
   */
  async marksFor(
    { id, accountSealed }: KeptAccount,
    address: string,
    streams: readonly string[],
    signal: CancelSignal,
  ): Promise<AccountMarks> {
    const { seals, store } = this.#parts;
    const known = seals.open(accountSealed);
    const found = secretsIn(address, streams);
    // A list without accounts says nothing of those that older rows hold.
    const secrets = found.length === 0 ? (known ?? found) : found;
    if (known !== null && isSame(known, secrets)) return seals.marksOf(accountSealed);
    const marks = new AccountMarks(secrets);
    await store.mask(id, seals.seal(secrets), marks, signal);
    return marks;
  }

  /** For those from before accounts were kept apart. @returns how many there were */
  async maskOld(
    addressOf: (sealed: Buffer) => string | null,
    signal: CancelSignal,
  ): Promise<number> {
    const { store } = this.#parts;
    const all = await store.unmasked(signal);
    for (const { id, addressSealed } of all) {
      const streams = await store.streams(id, signal);
      const address = addressOf(addressSealed) ?? '';
      await this.marksFor({ id, accountSealed: null }, address, streams, signal);
    }
    return all.length;
  }
}

/** Of the provider's own address, else the accounts that its streams have. */
export function secretsIn(address: string, streams: readonly string[]): readonly AccountSecret[] {
  const own = secretsOfAddress(address);
  if (own.some(({ name }) => name === 'password')) return own;
  const counted = new Map<string, number>();
  for (const stream of streams) {
    const secrets = secretsOfStream(stream);
    if (secrets === null) continue;
    const key = JSON.stringify(secrets);
    counted.set(key, (counted.get(key) ?? 0) + 1);
  }
  const common = [...counted].filter(([, count]) => count >= streams.length * ACCOUNT_SHARE_MIN);
  const accounts = common.slice(0, ACCOUNTS_MAX).map(([key]) => JSON.parse(key) as AccountSecret[]);
  return withNames([...own, ...accounts.flat()]);
}

/** Each has a name of its own: the second password is `passwordof2`. */
function withNames(secrets: readonly AccountSecret[]): readonly AccountSecret[] {
  const taken = new Map<string, number>();
  return secrets.map(({ name, text }) => {
    const number = (taken.get(name) ?? 0) + 1;
    taken.set(name, number);
    return { name: number === 1 ? name : `${name}of${number}`, text };
  });
}

function isSame(one: readonly AccountSecret[], other: readonly AccountSecret[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
