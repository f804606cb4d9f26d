/** Providers: named by operators, synced by workers, their addresses sealed. */
import { Buffer } from 'node:buffer';
import { hash } from 'node:crypto';
import { gunzipSync, gzipSync } from 'node:zlib';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import { secretsOfAddress } from '../../lib/iptv/account-marks.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import { readAccount, type XtreamAccount } from '../../lib/xtream/account.ts';
import type { Platform } from '../../platform/platform.ts';
import type { GuideMatching, NamedGuides } from '../guide/contract.ts';
import type { AccountSeals } from './accounts/account-seals.ts';
import type { ProviderAccounts } from './accounts/provider-accounts.ts';
import { importPlaylistJob, linkTitlesJob, syncProviderJob } from './job-definitions.ts';
import type { ProviderKind, ProviderMode, ProviderReport, SyncResult } from './contract.ts';
import type { DueProvider, IptvStore, StoredProvider } from './store.ts';
import { downloadPlaylist, keptPlaylist } from './sync/playlist-file.ts';
import {
  m3uSource,
  readHead,
  syncProvider,
  type EntrySource,
  type SyncListener,
} from './sync/sync.ts';
import { openXtream } from './sync/xtream-source.ts';

export interface ProvidersParts extends Pick<Platform, 'fetcher' | 'jobs' | 'openBulkLoad'> {
  readonly store: IptvStore;
  readonly ring: KeyRing;
  readonly seals: AccountSeals;
  readonly accounts: ProviderAccounts;
  readonly matching: GuideMatching;
  readonly namedGuides: NamedGuides;
}

export interface ProviderSettings {
  readonly name: string;
  readonly kind: ProviderKind;
  /** Empty: its lists are handed in. */
  readonly url: string;
  readonly mode?: ProviderMode;
  /** 0: not limited. */
  readonly slotsMax?: number;
  /** Between two syncs; 0: only when somebody asks for one. */
  readonly intervalHours?: number;
}

export const INTERVAL_HOURS = 6;

const SEAL_CONTEXT = 'iptv provider';
/** Of a list that comes with a request. */
export const PLAYLIST_BYTES_MAX = 64 * 2 ** 20;

export class Providers {
  readonly #parts: ProvidersParts;

  constructor(parts: ProvidersParts) {
    this.#parts = parts;
  }

  /** @throws AppError `iptv.bad-provider` for an address of another kind, or a name that another one has */
  async add(settings: ProviderSettings, signal: CancelSignal): Promise<number> {
    const { name, kind, url, mode = 'redirect', slotsMax = 0 } = settings;
    const { intervalHours = INTERVAL_HOURS } = settings;
    if (url !== '' && !/^https?:\/\/[^\s]+$/i.test(url))
      throw new AppError('iptv.bad-provider', 'url: expected an address with http:// or https://');
    if (kind === 'xtream') accountOf(url);
    const { ring, seals, store } = this.#parts;
    const addressSealed = ring.seal(Buffer.from(url), SEAL_CONTEXT);
    const accountSealed = seals.seal(secretsOfAddress(url));
    const id = await store.addProvider(
      { name, kind, addressSealed, accountSealed, mode, slotsMax, intervalHours },
      signal,
    );
    if (id !== null) return id;
    throw new AppError('iptv.bad-provider', `name: there is a provider ${JSON.stringify(name)}`);
  }

  async list(signal: CancelSignal): Promise<readonly ProviderReport[]> {
    const stored = await this.#parts.store.providers(null, signal);
    return stored.map((provider) => this.#report(provider));
  }

  /** @throws AppError `iptv.no-provider` */
  async report(id: number, signal: CancelSignal): Promise<ProviderReport> {
    return this.#report(await this.#stored(id, signal));
  }

  /** Null where there is none of this name. */
  async idOf(name: string, signal: CancelSignal): Promise<number | null> {
    const all = await this.#parts.store.providers(null, signal);
    return all.find((one) => one.name.toLowerCase() === name.toLowerCase())?.id ?? null;
  }

  /** Resolves with the job's id. @throws AppError `iptv.no-provider`, `iptv.bad-provider` without an address */
  async enqueueSync(id: number, signal: CancelSignal): Promise<string> {
    if (this.#address(await this.#stored(id, signal)) === '')
      throw new AppError(
        'iptv.bad-provider',
        'the provider has no address: send its list to …/playlist',
      );
    const job = await this.#parts.jobs.enqueue(syncProviderJob, { providerId: id }, signal);
    return job.id;
  }

  /** Of those with an address. @returns how many it is time for */
  async enqueueDue(signal: CancelSignal): Promise<number> {
    const due = await this.#parts.store.takeDue(signal);
    const synced = due.filter((one) => this.#address(one) !== '');
    for (const { id } of synced)
      await this.#parts.jobs.enqueue(syncProviderJob, { providerId: id }, signal);
    return synced.length;
  }

  async enqueuePlaylist(id: number, bytes: Uint8Array, signal: CancelSignal): Promise<string> {
    await this.#stored(id, signal);
    const isGzip = bytes[0] === 0x1f && bytes[1] === 0x8b;
    const playlist = Buffer.from(isGzip ? bytes : gzipSync(bytes)).toString('base64');
    const job = await this.#parts.jobs.enqueue(
      importPlaylistJob,
      { providerId: id, playlist },
      signal,
    );
    return job.id;
  }

  /** @throws AppError `iptv.no-provider`, `iptv.bad-provider` */
  async accountOf(id: number, signal: CancelSignal): Promise<XtreamAccount> {
    return accountOf(this.#address(await this.#stored(id, signal)));
  }

  /** Fetches the provider's list and takes it in. What went wrong is kept with the provider, too. */
  async sync(id: number, listener: SyncListener, signal: CancelSignal): Promise<SyncResult> {
    const stored = await this.#stored(id, signal);
    const url = this.#address(stored);
    return this.#kept(id, signal, async () => {
      if (stored.kind === 'xtream') {
        await using source = await openXtream(this.#parts.fetcher, accountOf(url), signal);
        return await this.#take(stored, source, listener, signal);
      }
      await using file = await downloadPlaylist(this.#parts.fetcher, url, signal);
      return await this.#take(stored, m3uSource(file.path, url), listener, signal);
    });
  }

  /** @param playlist gzip, as base64 */
  async import(
    id: number,
    playlist: string,
    listener: SyncListener,
    signal: CancelSignal,
  ): Promise<SyncResult> {
    const bytes = gunzipSync(Buffer.from(playlist, 'base64'), {
      maxOutputLength: PLAYLIST_BYTES_MAX,
    });
    return this.#kept(id, signal, async () => {
      await using file = await keptPlaylist(bytes);
      const stored = await this.#stored(id, signal);
      return await this.#take(stored, m3uSource(file.path, ''), listener, signal);
    });
  }

  /** A file of this machine, for the command line. */
  importFile(
    id: number,
    path: string,
    listener: SyncListener,
    signal: CancelSignal,
  ): Promise<SyncResult> {
    return this.#kept(id, signal, async () =>
      this.#take(await this.#stored(id, signal), m3uSource(path, ''), listener, signal),
    );
  }

  /** Takes the accounts of providers out of what older versions kept. */
  async maskOld(signal: CancelSignal): Promise<number> {
    const { accounts, ring } = this.#parts;
    return accounts.maskOld(
      (sealed) => ring.open(sealed, SEAL_CONTEXT)?.toString() ?? null,
      signal,
    );
  }

  async #take(
    stored: StoredProvider,
    source: EntrySource,
    listener: SyncListener,
    signal: CancelSignal,
  ): Promise<SyncResult> {
    const { streams, guides } = await readHead(source);
    const address = this.#address(stored);
    const marks = await this.#parts.accounts.marksFor(stored, address, streams, signal);
    const provider = { id: stored.id, marks };
    const result = await syncProvider(this.#parts, provider, source, listener, signal);
    await this.#takeGuides(stored, guides, signal);
    return result;
  }

  /** Once for the addresses that a list names: a guide that somebody has deleted since does not come back. */
  async #takeGuides(
    { id, name, guidesDigest }: StoredProvider,
    urls: readonly string[],
    signal: CancelSignal,
  ): Promise<void> {
    const digest = urls.length === 0 ? '' : hash('sha256', urls.join(' '));
    if (digest === '' || digest === guidesDigest) return;
    await this.#parts.namedGuides.take(name, urls, guidesDigest === '', signal);
    await this.#parts.store.setGuidesDigest(id, digest, signal);
  }

  async #kept(
    id: number,
    signal: CancelSignal,
    work: () => Promise<SyncResult>,
  ): Promise<SyncResult> {
    try {
      const result = await work();
      if (result.snapshot?.state === 'published') await this.#published(result.counts, signal);
      return result;
    } catch (error) {
      if (error instanceof AppError && !signal.aborted)
        await this.#parts.store.failed(id, error.message, signal);
      throw error;
    }
  }

  async #published(
    { films, series, episodes }: SyncResult['counts'],
    signal: CancelSignal,
  ): Promise<void> {
    const { jobs, matching } = this.#parts;
    if (films + series + episodes > 0) await jobs.enqueue(linkTitlesJob, {}, signal);
    await matching.matchSoon(signal);
  }

  async #stored(id: number, signal: CancelSignal): Promise<StoredProvider> {
    const [stored] = await this.#parts.store.providers(id, signal);
    if (stored !== undefined) return stored;
    throw new AppError('iptv.no-provider', 'there is no provider with this id', { field: 'id' });
  }

  /** @throws AppError `iptv.bad-provider` when the instance's key is another one by now */
  #address({ addressSealed }: DueProvider): string {
    const opened = this.#parts.ring.open(addressSealed, SEAL_CONTEXT);
    if (opened !== null) return opened.toString();
    throw new AppError(
      'iptv.bad-provider',
      'the address was sealed with another SECRET_KEY: delete the provider and name it again',
    );
  }

  #report(provider: StoredProvider): ProviderReport {
    const { addressSealed, accountSealed: _, guidesDigest: __, ...report } = provider;
    const opened = this.#parts.ring.open(addressSealed, SEAL_CONTEXT)?.toString() ?? '';
    return { ...report, host: URL.canParse(opened) ? new URL(opened).host : '' };
  }
}

function accountOf(url: string): XtreamAccount {
  const account = readAccount(url);
  if (account !== null) return account;
  throw new AppError(
    'iptv.bad-provider',
    'url: expected an address like http://host:port/player_api.php?username=…&password=…',
  );
}
