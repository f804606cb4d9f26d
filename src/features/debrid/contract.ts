/** Debrid services and download clients as playback and stream lists see them: one interface, one conformance suite. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ExceptionVideo } from '../../lib/exception-videos/messages.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';

/** What is asked of a service on behalf of one account. */
export interface DebridCall {
  readonly signal: CancelSignal;
  /** Public address of the viewer, for services that bind links to it; empty: theirs is not passed on. */
  readonly viewerIp: string;
}

/** The torrent that is to be played. */
export interface WantedTorrent {
  readonly kind: 'torrent';
  /** 40 lower-case hexadecimal digits. */
  readonly infohash: string;
  readonly name: string;
  readonly trackers: readonly string[];
}

/** The Usenet post that is to be played. */
export interface WantedNzb {
  readonly kind: 'nzb';
  /** Release title; the download is found again by it. */
  readonly name: string;
  /** Its address at the indexer without any key: for services that take nothing but addresses. */
  readonly url: string;
  /** The NZB itself, got with whatever key the indexer wants: asked for where it has to be added. */
  readonly content: (signal: CancelSignal) => Promise<Uint8Array>;
}

export type Wanted = WantedTorrent | WantedNzb;

/** By what marks in lists know it. */
export type Played = Pick<WantedTorrent, 'kind' | 'infohash'> | Pick<WantedNzb, 'kind' | 'name'>;

export interface DebridFile {
  /** What the service calls it by. */
  readonly id: string;
  /** With folders, separated by slashes, none at the beginning. */
  readonly path: string;
  readonly sizeBytes: number;
  /** What `link` needs beside the id: a link that the service unlocks, or the final one; empty while there is none. */
  readonly locator: string;
}

export type TransferState = 'ready' | 'downloading' | 'queued' | 'failed';

/** What an account holds: a torrent or a Usenet download. Plain data that may be kept for minutes; goes back into `link`. */
export interface Transfer {
  readonly kind: Wanted['kind'];
  /** What the service calls it by; empty where it plays without holding it, so that there is nothing to remove. */
  readonly id: string;
  /** 40 lower-case hexadecimal digits; empty for Usenet. */
  readonly infohash: string;
  readonly name: string;
  readonly state: TransferState;
  /** Why it failed; null for all other states. */
  readonly failure: TransferFailure | null;
  /** 0 to 1. */
  readonly progress: number;
  readonly sizeBytes: number;
  /** Epoch seconds; 0 when unknown. */
  readonly addedAtS: number;
  /** Empty until the service knows them; what `list` returns may lack them, `refresh` has them. */
  readonly files: readonly DebridFile[];
}

export type TransferFailure =
  | 'debrid.torrent-failed'
  | 'debrid.transfer-failed'
  | 'debrid.usenet-failed'
  | 'debrid.infringing';

export interface DirectLink {
  /** Holds no credential of the account at a hosted service. */
  readonly url: string;
  /** Epoch milliseconds; null when the service does not say. */
  readonly expiresAtMs: number | null;
}

export interface AccountInfo {
  readonly user: string;
  readonly isPremium: boolean;
  /** Epoch milliseconds; null when it does not end, or the service does not say. */
  readonly premiumUntilMs: number | null;
}

/** One service with the credentials of one account. Every method rejects with AppError `debrid.*`, `upstream.*`, `fetch.*`. */
export interface DebridAccount {
  /** Name of `lib/user-config/services.ts`: `realdebrid`. */
  readonly service: string;
  /** One call that proves the credentials. */
  verify(call: DebridCall): Promise<AccountInfo>;
  /** Those of `infohashes` that would play at once for anybody; null where the service has no such question. */
  readonly checkCached:
    | ((infohashes: readonly string[], call: DebridCall) => Promise<ReadonlySet<string>>)
    | null;
  /** Most hashes that one `checkCached` takes. */
  readonly checkMax: number;
  /** What the account holds, newest first, bounded; null where it cannot be listed. */
  readonly list: ((call: DebridCall) => Promise<readonly Transfer[]>) | null;
  /** Finds it in the account, or adds it; one that failed is added anew. Never waits for a download. */
  open(wanted: Wanted, call: DebridCall): Promise<Transfer>;
  /** Looks again, with files. @throws AppError `debrid.not-found` when the account does not hold it any more */
  refresh(transfer: Transfer, call: DebridCall): Promise<Transfer>;
  /**
   * A link to one file of a transfer that is ready.
   * @throws AppError `debrid.downloading` where this one file has yet to be fetched
   */
  link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink>;
  /** Removes this one transfer and nothing else; null where the service cannot. */
  readonly remove: ((transferId: string, call: DebridCall) => Promise<void>) | null;
}

/** What a user confirms elsewhere, so that a service gives Sluice a token. */
export interface DeviceCode {
  /** What the user types in. */
  readonly userCode: string;
  /** Where. */
  readonly verifyUrl: string;
  /** Goes back into `poll`. */
  readonly deviceCode: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
  readonly pollEveryS: number;
}

/** Login by a code, at a service that has it. */
export interface DeviceLogin {
  start(call: DebridCall): Promise<DeviceCode>;
  /** The token (`sps[].tk`); null: not confirmed yet. @throws AppError `debrid.login-expired` */
  poll(deviceCode: string, call: DebridCall): Promise<string | null>;
}

/** What other features have of services. */
export interface DebridServices {
  /** @throws AppError `debrid.no-credentials`, `debrid.unsupported` (plays nothing through Sluice: P2P) */
  open(entry: ServiceEntry): DebridAccount;
  /** Null where the service has no login by a code. @param service name of `lib/user-config/services.ts` */
  deviceLogin(service: string): DeviceLogin | null;
  /**
   * The address that an account's service is told of who plays: `viewerIp`, or that of the proxy which plays for them.
   * @throws AppError `debrid.proxy-…`
   */
  addressFor(entry: ServiceEntry, viewerIp: string, signal: CancelSignal): Promise<string>;
  /** What the viewer is shown for an error of an account. */
  videoOf(error: unknown): ExceptionVideo;
}
