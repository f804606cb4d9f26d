/** What is secret in the addresses of a provider, sealed beside it. */
import { LRUCache } from 'lru-cache';
import type { KeyRing } from '../../../lib/install-token/key-ring.ts';
import { AccountMarks, NO_MARKS, type AccountSecret } from '../../../lib/iptv/account-marks.ts';

const SEAL_CONTEXT = 'iptv account';
const KNOWN_MAX = 1000;

/** Addresses as they are kept, and the seal of the account that goes into them; null before it was looked for. */
export interface SealedAddresses {
  readonly url: string;
  readonly accountSealed: Buffer | null;
  readonly catchupSource?: string;
}

export class AccountSeals {
  readonly #ring: KeyRing;
  readonly #known = new LRUCache<string, AccountMarks>({ max: KNOWN_MAX });

  constructor(ring: KeyRing) {
    this.#ring = ring;
  }

  seal(secrets: readonly AccountSecret[]): Buffer {
    return this.#ring.seal(Buffer.from(JSON.stringify(secrets)), SEAL_CONTEXT);
  }

  /** Null where it was sealed with another key, or nobody has looked for it. */
  open(accountSealed: Buffer | null): readonly AccountSecret[] | null {
    if (accountSealed === null) return null;
    const opened = this.#ring.open(accountSealed, SEAL_CONTEXT);
    return opened === null ? null : (JSON.parse(opened.toString()) as AccountSecret[]);
  }

  marksOf(accountSealed: Buffer | null): AccountMarks {
    if (accountSealed === null) return NO_MARKS;
    const key = Buffer.from(accountSealed).toString('latin1');
    const known = this.#known.get(key) ?? new AccountMarks(this.open(accountSealed) ?? []);
    this.#known.set(key, known);
    return known;
  }

  /** The row with the addresses that are asked. */
  filled<T extends SealedAddresses>(row: T): Omit<T, 'accountSealed'> & { storedUrl: string } {
    const { accountSealed, ...kept } = row;
    const marks = this.marksOf(accountSealed);
    const { url, catchupSource } = row;
    return {
      ...kept,
      storedUrl: url,
      url: marks.fill(url),
      ...(catchupSource === undefined ? {} : { catchupSource: marks.fill(catchupSource) }),
    };
  }
}
