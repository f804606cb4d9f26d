/** Usenet clients of users' own: a job is found again by its name, and what it has fetched is linked to on a WebDAV share. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DirectLink,
  Transfer,
  TransferState,
  Wanted,
  WantedNzb,
} from '../contract.ts';
import { debridFailure, type DebridErrorCode } from '../failures.ts';
import { postKey } from '../post-key.ts';
import { fileOf, soonest, transferFields, TRANSFERS_MAX } from '../transfers.ts';
import type { WebDavShare } from '../webdav-share.ts';

/** What a client downloads, or has downloaded. */
export interface NewsJob {
  readonly id: string;
  readonly name: string;
  readonly category: string;
  readonly state: TransferState;
  /** 0 to 1. */
  readonly progress: number;
  readonly sizeBytes: number;
  /** Epoch seconds; 0 when unknown. */
  readonly addedAtS: number;
  /** Epoch seconds; 0 when unknown, and while it has not ended. */
  readonly endedAtS: number;
  /** Where it is on the client's machine; empty until it is there. */
  readonly storage: string;
  /** It is in the client's history, no longer in its queue. */
  readonly isOver: boolean;
}

export interface NzbFile {
  /** What the job is called; fit for a file name, without an ending. */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** What one kind of client is asked. */
export interface NewsClient {
  /** Its version. Proves the credentials. */
  verify(signal: CancelSignal): Promise<string>;
  /** Newest first: the queue, then the history; bounded. */
  jobs(signal: CancelSignal): Promise<readonly NewsJob[]>;
  /** Takes an NZB; the id of the new job. */
  add(nzb: NzbFile, category: string, signal: CancelSignal): Promise<string>;
  remove(job: NewsJob, signal: CancelSignal): Promise<void>;
}

export interface NewsAccountParts {
  readonly entry: ServiceEntry;
  readonly client: NewsClient;
  readonly share: WebDavShare;
  /** Empty: the client's own choice. */
  readonly category: string;
}

export class NewsClientAccount implements DebridAccount {
  readonly service: string;
  readonly checkCached = null;
  readonly checkMax = 0;
  /** Nothing but its category tells what Sluice has added. */
  readonly remove: DebridAccount['remove'];
  readonly #parts: NewsAccountParts;

  constructor(parts: NewsAccountParts) {
    this.#parts = parts;
    this.service = parts.entry.service.service;
    this.remove = parts.category === '' ? null : (id, call) => this.#remove(id, call);
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const { client, share, entry } = this.#parts;
    const version = await client.verify(call.signal);
    await share.check(call);
    return { user: `${entry.service.name} ${version}`, isPremium: true, premiumUntilMs: null };
  }

  async list({ signal }: DebridCall): Promise<readonly Transfer[]> {
    const jobs = await this.#parts.client.jobs(signal);
    return jobs.slice(0, TRANSFERS_MAX).map((job) => transferOf(job));
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'nzb') throw this.#fail('debrid.unsupported');
    const { client } = this.#parts;
    const jobs = (await client.jobs(call.signal)).filter((job) => isSame(job, wanted));
    const found = soonest(jobs.map((job) => transferOf(job)));
    if (found !== undefined && found.state !== 'failed') return this.refresh(found, call);
    const id = await this.#add(wanted, call);
    const fields = transferFields({ name: wanted.name, state: 'queued' });
    return { kind: 'nzb', id, infohash: '', ...fields };
  }

  /** Its id may have become another one: clients have their own in the queue and in the history. */
  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const jobs = await this.#parts.client.jobs(call.signal);
    const job =
      jobs.find(({ id }) => id === transfer.id) ??
      jobs.find((one) => postKey(one.name) === postKey(transfer.name));
    if (job === undefined) throw this.#fail('debrid.not-found');
    const name = transfer.name || job.name;
    const files = job.state === 'ready' ? await this.#files(job, call) : [];
    if (files !== null) return { ...transferOf(job), name, files };
    if (!hasJustEnded(job))
      throw this.#fail('debrid.share-failed', 'address of the share, or folders of the client');
    return { ...transferOf({ ...job, state: 'downloading', progress: NEARLY }), name };
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const { share } = this.#parts;
    if (file.locator !== '') return share.link(file.locator, call);
    const present = await this.refresh(transfer, call);
    if (present.state !== 'ready') throw this.#fail('debrid.downloading');
    const found = present.files.find(({ id }) => id === file.id);
    if (found === undefined) throw this.#fail('debrid.not-downloaded');
    return share.link(found.locator, call);
  }

  /** When the connection breaks it may have been taken: added again only where it was not. */
  async #add(wanted: WantedNzb, { signal }: DebridCall): Promise<string> {
    const { client, category } = this.#parts;
    const nzb = { name: fileName(wanted.name), bytes: await wanted.content(signal) };
    try {
      return await client.add(nzb, category, signal);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'fetch.failed') throw error;
      const jobs = await client.jobs(signal);
      const taken = jobs.find((job) => isSame(job, wanted) && job.state !== 'failed');
      return taken?.id ?? (await client.add(nzb, category, signal));
    }
  }

  /** Null where the share does not show them. */
  async #files(job: NewsJob, call: DebridCall): Promise<readonly DebridFile[] | null> {
    const { share } = this.#parts;
    const names = job.storage.split(/[\\/]+/).filter((name) => name !== '');
    const sought = { folder: names.slice(0, -1).join('/'), path: names.at(-1) ?? job.name };
    const entry = await share.find(sought, call);
    if (entry === null) return null;
    const files = entry.isFolder
      ? await share.filesBelow(entry, call)
      : [{ ...entry, path: sought.path }];
    return files
      .map(({ path, url, sizeBytes }) => fileOf({ id: path, path, size: sizeBytes, locator: url }))
      .filter((file) => file !== null);
  }

  async #remove(id: string, { signal }: DebridCall): Promise<void> {
    const { client, category } = this.#parts;
    const job = (await client.jobs(signal)).find((one) => one.id === id);
    if (job === undefined) throw this.#fail('debrid.not-found');
    if (job.category.toLowerCase() !== category.toLowerCase())
      throw this.#fail('debrid.unsupported', `it is not of the category "${category}"`);
    await client.remove(job, signal);
  }

  #fail(code: DebridErrorCode, detail = '') {
    return debridFailure(code, this.#parts.entry.service.name, detail);
  }
}

/** Shares that keep their listings show a new file a little later: SABnzbd's, and rclone's after minutes. */
const SHARE_LAG_S = 60;
/** Downloaded, not yet to be played. */
export const NEARLY = 0.99;

function hasJustEnded({ endedAtS }: NewsJob): boolean {
  return Math.abs(Date.now() / 1000 - endedAtS) < SHARE_LAG_S;
}

function transferOf({ id, name, state, progress, sizeBytes, addedAtS }: NewsJob): Transfer {
  const fields = { name, state, failure: 'debrid.usenet-failed', progress, addedAtS } as const;
  return { kind: 'nzb', id, infohash: '', ...transferFields({ ...fields, size: sizeBytes }) };
}

function isSame({ name }: NewsJob, wanted: WantedNzb): boolean {
  return postKey(name) === postKey(wanted.name);
}

const NAME_CHARS_MAX = 200;

function fileName(name: string): string {
  const clean = name.replace(/[\\/:*?"<>|]+/g, ' ').replace(/^[\s.]+|\s+$/g, '');
  return clean.slice(0, NAME_CHARS_MAX) || 'unnamed';
}

const MEGABYTE = 1024 * 1024;

/** Clients count in megabytes, often as texts. */
export function bytesOfMegabytes(value: unknown): number {
  const megabytes = Number(value);
  return Number.isFinite(megabytes) && megabytes > 0 ? Math.round(megabytes * MEGABYTE) : 0;
}
