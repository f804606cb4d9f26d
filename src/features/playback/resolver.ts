/**
 * From an account and a torrent to a link: open, wait, choose, link. Once for each file of an account in all processes; all who
 * ask meanwhile get the same. A failure is a result like any other, so that a crowd does not try one after the other.
 */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { sleep } from '../../lib/async/wait.ts';
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import type { ExceptionVideo } from '../../lib/exception-videos/messages.ts';
import { chooseFile } from '../../lib/file-choice/choose-file.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { ReadThroughCache } from '../../platform/cache/cache.ts';
import type { Logger } from '../../platform/log/logger.ts';
import type {
  DebridAccount,
  DebridCall,
  DebridServices,
  Transfer,
  Wanted,
} from '../debrid/contract.ts';
import type { NzbFiles, SubjectSource } from '../sources/contract.ts';
import { Comebacks } from './comebacks.ts';
import type { LinkCheck } from './link-check.ts';
import type { LinkProbe } from './link-probe.ts';
import {
  linkEndMs,
  type PlayableLink,
  type PlaybackFailure,
  type Resolution,
} from './resolution.ts';
import type { KnownTorrent, PlaybackStore } from './store.ts';
import { wantedVideo, type LinkedFile } from './wanted.ts';

export interface Play {
  readonly entry: ServiceEntry;
  readonly file: LinkedFile;
  /** Public address of the viewer; empty when it is none. */
  readonly viewerIp: string;
}

/** Whoever waits if it must be. */
export interface Waiter {
  /** Read only when there is something to wait for. */
  readonly signal: CancelSignal;
}

/** A play that somebody has asked for. */
export interface ViewerPlay extends Play {
  /** Of the stored profile that the link is of; empty for install addresses. */
  readonly profileId: string;
}

/** Told of what a resolution has shown about an account: it holds it, or it does not. */
export type OnLearnt = (entry: ServiceEntry, played: Wanted, isReady: boolean) => void;

export interface ResolverParts {
  readonly store: PlaybackStore;
  readonly cache: ReadThroughCache<Resolution>;
  readonly services: DebridServices;
  readonly subjects: SubjectSource;
  readonly nzbs: NzbFiles;
  readonly links: LinkCheck;
  readonly probe: LinkProbe;
  /** For tests. */
  readonly comebacks?: Comebacks;
  readonly ring: KeyRing;
  readonly logger: Logger;
  /** How long a service is waited for that downloads. */
  readonly waitMs: number;
  readonly onLearnt: OnLearnt;
}

/** From a second on, a service that is asked more often says that it is too much. */
const POLL_EVERY_MS = 1000;
/** Failures of an indexer that are their own explanation. */
const TOO_OFTEN: ReadonlySet<ErrorCode> = new Set(['upstream.limited', 'upstream.busy']);
const STATUS_NOTHING_TO_PLAY = 404;
const STATUS_FAILURE = 503;
/** Players ask up to eight times within a second, and again when the viewer tries once more. */
/** Players wait for HEAD. */
const FIND_TIMEOUT_MS = 500;
const FAILURE_HOLDS_MS = 5000;
const DOWNLOAD_HOLDS_MS = 2000;
/** Of an address at a user's MediaFlow proxy: a film with its pauses. */
const PROXIED_FOR_MS = 24 * 3600 * 1000;

export class Resolver {
  readonly #parts: ResolverParts;
  readonly #comebacks: Comebacks;
  /** A digest each. */
  readonly #keys = new WeakMap<Play, string>();

  constructor(parts: ResolverParts) {
    this.#parts = parts;
    this.#comebacks = parts.comebacks ?? new Comebacks();
  }

  /** What is known in this process without asking anybody. */
  peek(play: Play): Resolution | undefined {
    return this.#parts.cache.peek(this.#key(play))?.value ?? undefined;
  }

  /** What any process knows, without asking a service. Never rejects. */
  async find(play: Play, signal: CancelSignal): Promise<Resolution | undefined> {
    const failure = () => new AppError('server.timeout', 'what is known takes too long');
    using deadline = new Deadline({ timeoutMs: FIND_TIMEOUT_MS, failure, parent: signal });
    const found = this.#parts.cache.find(this.#key(play), deadline.signal);
    return (await found.catch(() => undefined))?.value ?? undefined;
  }

  /**
   * What this process knows, at once, unless the player comes back as if that had not played; else what a resolution gives,
   * which goes on when `signal` aborts, for those who come again.
   * @param range what the player asks for: its `Range` header
   * @throws AppError when `signal` aborts
   */
  resolve(play: Play, range: string, waiter: Waiter): Resolution | Promise<Resolution> {
    const key = this.#key(play);
    const known = this.#parts.cache.peek(key)?.value ?? undefined;
    if (known === undefined || known.kind !== 'link')
      return known ?? this.#resolution(play, key, waiter.signal);
    return this.#comebacks.isDoubtful(key, range)
      ? this.#revalidated(play, key, known, waiter.signal)
      : known;
  }

  /** So that it is known when somebody asks for it. @throws AppError when `signal` aborts */
  prepare(play: Play, signal: CancelSignal): Promise<Resolution> {
    return this.#resolution(play, this.#key(play), signal);
  }

  /** A link that its service has withdrawn is dropped everywhere, and made anew by whoever is first. */
  async #revalidated(
    play: Play,
    key: string,
    link: PlayableLink,
    signal: CancelSignal,
  ): Promise<Resolution> {
    const { cache, probe, logger } = this.#parts;
    const service = play.entry.service.service;
    if (!(await probe(link.url, service, signal))) return link;
    logger.info(
      { service, infohash: play.file.infohash, requestId: signal.requestId },
      'a playback link was gone early',
    );
    const present = cache.peek(key)?.value;
    if (present?.kind === 'link' && present.url === link.url) await cache.invalidate(key);
    return this.#resolution(play, key, signal);
  }

  async #resolution(play: Play, key: string, signal: CancelSignal): Promise<Resolution> {
    const load = (own: CancelSignal) => this.#resolve(play, own);
    try {
      const { value } = await this.#parts.cache.get(key, load, signal);
      return value ?? nothing('stream_not_found');
    } catch (error) {
      if (signal.aborted) throw error;
      return this.failureOf(error, signal);
    }
  }

  /** For viewers, who see neither error bodies nor statuses. */
  failureOf(error: unknown, signal: CancelSignal): PlaybackFailure {
    const failure = this.#failureOf(error, signal);
    const { code, status } = failure;
    this.#parts.logger.warn(
      { code, status, requestId: signal.requestId },
      'nothing could be asked of a service',
    );
    return failure;
  }

  #key(play: Play): string {
    let key = this.#keys.get(play);
    if (key === undefined) this.#keys.set(play, (key = this.#keyOf(play)));
    return key;
  }

  #keyOf({ entry, file, viewerIp }: Play): string {
    const { infohash, season, episode, filename } = file;
    // A proxy plays for all viewers from one address.
    const address = entry.mediaflow === null ? viewerIp : '';
    return this.#parts.ring.digest(
      JSON.stringify([entry.accountKey, infohash, season, episode, filename, address]),
    );
  }

  async #resolve(play: Play, signal: CancelSignal): Promise<Resolution> {
    const startedAt = performance.now();
    const resolution = await this.#chain(play, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      return this.#failureOf(error, signal);
    });
    this.#log(play, resolution, { elapsedMs: performance.now() - startedAt, signal });
    return resolution;
  }

  async #chain({ entry, file, viewerIp }: Play, signal: CancelSignal): Promise<Resolution> {
    const { store, services, onLearnt } = this.#parts;
    const known = (await store.knownTorrent(file, signal)) ?? foundElsewhere(file);
    if (known?.isBlocked === true) return nothing('stream_not_found');
    const account = services.open(entry);
    const call = { signal, viewerIp: await services.addressFor(entry, viewerIp, signal) };
    const wanted = this.#wanted(file, known, entry);
    const opened = await account.open(wanted, call);
    const transfer = await this.#untilReady(account, opened, call);
    if (transfer === null) {
      onLearnt(entry, wanted, false);
      throw new AppError('debrid.downloading', `${entry.service.name}: it is still downloading`);
    }
    onLearnt(entry, wanted, true);
    return this.#linkTo(account, transfer, { entry, file, viewerIp }, known, call);
  }

  #wanted(
    { infohash, nzb, filename }: LinkedFile,
    known: KnownTorrent | null,
    entry: ServiceEntry,
  ): Wanted {
    const name = known?.name ?? filename;
    if (nzb !== null)
      return {
        kind: 'nzb',
        name,
        url: nzb.locator,
        content: (signal) => this.#nzb(nzb.locator, entry, signal),
      };
    const trackers = known === null ? [] : known.trackers.split('\n').filter((url) => url !== '');
    return { kind: 'torrent', infohash, name, trackers };
  }

  /** An indexer's failure is none of the service's. */
  async #nzb(locator: string, entry: ServiceEntry, signal: CancelSignal): Promise<Uint8Array> {
    try {
      return await this.#parts.nzbs.read(locator, entry.indexers(), signal);
    } catch (error) {
      signal.throwIfAborted();
      if (!(error instanceof AppError) || TOO_OFTEN.has(error.code)) throw error;
      const message = `the indexer does not give the NZB (${error.code})`;
      throw new AppError('debrid.usenet-failed', message, { cause: error });
    }
  }

  /** With its files; null when it is not within the time that is waited. @throws AppError of the transfer's failure */
  async #untilReady(
    account: DebridAccount,
    opened: Transfer,
    call: DebridCall,
  ): Promise<Transfer | null> {
    const endsAt = performance.now() + this.#parts.waitMs;
    let transfer = opened;
    for (;;) {
      if (transfer.failure !== null)
        throw new AppError(transfer.failure, `${account.service}: the transfer failed`);
      if (transfer.state === 'ready' && transfer.files.length > 0) return transfer;
      const leftMs = endsAt - performance.now();
      if (leftMs <= 0) return transfer.state === 'ready' ? transfer : null;
      if (transfer.state !== 'ready') await sleep(Math.min(POLL_EVERY_MS, leftMs), call.signal);
      const refreshed = await account.refresh(transfer, call);
      if (refreshed.state === 'ready' && refreshed.files.length === 0) return refreshed;
      transfer = refreshed;
    }
  }

  async #linkTo(
    account: DebridAccount,
    transfer: Transfer,
    { entry, file }: Play,
    known: KnownTorrent | null,
    call: DebridCall,
  ): Promise<Resolution> {
    const { mediaId = 0 } = known ?? {};
    const target = { mediaId, season: file.season ?? 0, episode: file.episode };
    const subject =
      mediaId === 0 ? null : await this.#parts.subjects.searchSubject(target, call.signal);
    const choice = chooseFile(transfer.files, wantedVideo(file, known, subject));
    if (!('file' in choice)) return nothing(choice.none);
    const { url, expiresAtMs } = await account.link(transfer, choice.file, call);
    if (!this.#parts.links.isFit(url, entry))
      throw new AppError('debrid.bad-answer', `${entry.service.name}: its link leads nowhere`);
    return {
      kind: 'link',
      url: playedFrom(url, entry, choice.file.path),
      expiresAtMs: linkEndMs(expiresAtMs, Date.now()),
    };
  }

  #failureOf(error: unknown, { requestId }: CancelSignal): PlaybackFailure {
    const known = error instanceof AppError ? error : null;
    if (known === null) this.#parts.logger.error({ error, requestId }, 'playback failed');
    return {
      kind: 'failure',
      code: known?.code ?? 'server.failure',
      video: this.#parts.services.videoOf(error),
      status: known?.status ?? STATUS_FAILURE,
      holdsForMs: known?.code === 'debrid.downloading' ? DOWNLOAD_HOLDS_MS : FAILURE_HOLDS_MS,
    };
  }

  #log(
    { entry, file }: Play,
    resolution: Resolution,
    { elapsedMs, signal }: { readonly elapsedMs: number; readonly signal: CancelSignal },
  ): void {
    const fields = {
      service: entry.service.service,
      infohash: file.infohash,
      elapsedMs: Math.round(elapsedMs),
      requestId: signal.requestId,
    };
    if (resolution.kind === 'link') this.#parts.logger.debug(fields, 'a playback link was made');
    else {
      const { code, status } = resolution;
      this.#parts.logger.info({ ...fields, code, status }, 'nothing could be played');
    }
  }
}

/** The link, or where the user's MediaFlow proxy plays it. */
function playedFrom(url: string, { mediaflow }: ServiceEntry, path: string): string {
  if (mediaflow === null) return url;
  const filename = path.slice(path.lastIndexOf('/') + 1);
  return mediaflow.address('/proxy/stream', { d: url }, Date.now() + PROXIED_FOR_MS, filename);
}

/** A post that the library does not have: the user's own indexers have found it. */
function foundElsewhere({ nzb, filename }: LinkedFile): KnownTorrent | null {
  if (nzb === null) return null;
  const { mediaId } = nzb;
  const file = { filename: '', fileSizeBytes: 0, fileIndex: -1, fileCount: 0 };
  return { name: filename, mediaId, trackers: '', isBlocked: false, ...file };
}

/** What is none of the service's doing. */
function nothing(video: ExceptionVideo): PlaybackFailure {
  return {
    kind: 'failure',
    code: video,
    video,
    status: STATUS_NOTHING_TO_PLAY,
    holdsForMs: FAILURE_HOLDS_MS,
  };
}
