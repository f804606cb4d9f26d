/** Whether sources play. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';

/** One look at one source. */
export interface SourceFinding {
  readonly providerId: number;
  /** As it is kept. */
  readonly storedUrl: string;
  /** Why it does not play; empty when it does. */
  readonly failure: string;
}

export interface CheckedAccount {
  readonly providerId: number;
  /** Streams that may be open at a time; 0: nobody has said. */
  readonly slotsMax: number;
}

export interface CheckedSource extends CheckedAccount {
  readonly channelId: number;
  readonly url: string;
  /** As it is kept. */
  readonly storedUrl: string;
  readonly userAgent: string;
  readonly referrer: string;
}

/** What a source answered. */
export interface SourceAnswer {
  /** Empty when it plays. */
  readonly failure: string;
  /** Equal for equal pictures; empty when it is not known. */
  readonly fingerprint: string;
}

export interface SourceProbe {
  /** Rejects with the signal's reason alone. */
  look(source: CheckedSource, signal: CancelSignal): Promise<SourceAnswer>;
}

/** Streams that may be open at a provider's account: one is taken for as long as checks go on. */
export interface AccountSlots {
  /** Null when all are taken. */
  take(account: CheckedAccount, signal: CancelSignal): Promise<AsyncDisposable | null>;
}

export interface CheckOrder {
  /** Null: of all providers. */
  readonly providerId: number | null;
  /** Sources at most, those that were looked at longest ago. */
  readonly limit: number;
}

export interface CheckCounts {
  readonly checked: number;
  readonly playing: number;
  readonly failing: number;
  /** Of those, pictures that many channels have alike. */
  readonly slates: number;
}
