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

/** Of the provider's own address, else the account that most of its streams have. */
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
  const [most] = [...counted].toSorted(([, one], [, other]) => other - one);
  if (most === undefined || most[1] * 2 < streams.length) return own;
  return [...own, ...(JSON.parse(most[0]) as AccountSecret[])];
}

function isSame(one: readonly AccountSecret[], other: readonly AccountSecret[]): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
