/**
 * A qBittorrent of the user's own: torrents are added to it, and what it has fetched is linked to on a WebDAV share. What it
 * holds besides, and how it is set up, stays as it is.
 */
import { formatMagnet } from '../../../lib/torrent/magnet.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DirectLink,
  Transfer,
  Wanted,
  WantedTorrent,
} from '../contract.ts';
import { debridFailure, type DebridErrorCode } from '../failures.ts';
import type { DebridTools } from '../open-service.ts';
import { TRANSFERS_MAX } from '../transfers.ts';
import type { WebDavShare } from '../webdav-share.ts';
import { openShare } from './own-share.ts';
import { QBITTORRENT, QbittorrentApi } from './qbittorrent-api.ts';
import {
  clientFile,
  clientTorrent,
  OWN_TAG,
  transferOf,
  type ClientFile,
  type ClientTorrent,
} from './qbittorrent-rows.ts';

const PAGE_ROWS = 500;
const PRIORITY_MAX = '7';
/** What it may add to names while they are incomplete. */
const INCOMPLETE_ENDINGS = ['.!qB'];

export function qbittorrentAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new QbittorrentAccount(entry, tools);
}

class QbittorrentAccount implements DebridAccount {
  readonly service = 'qbittorrent';
  readonly checkCached = null;
  readonly checkMax = 0;
  readonly #entry: ServiceEntry;
  readonly #api: QbittorrentApi;
  readonly #share: WebDavShare;
  /** 0 to 1: part of a file from which on it plays. */
  readonly #playFrom: number;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    this.#entry = entry;
    this.#api = new QbittorrentApi(entry, tools);
    this.#share = openShare(entry, 'qbc', foldersOf(entry), tools);
    const percent = entry.text('qbc.pva');
    this.#playFrom = percent === '' ? 1 : Number(percent) / 100;
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const version = await this.#api.verify(call.signal);
    await this.#share.check(call);
    const user = this.#entry.text('qbc.qus') || `${QBITTORRENT} ${version}`;
    return { user, isPremium: true, premiumUntilMs: null };
  }

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const transfers: Transfer[] = [];
    for await (const page of this.#pages(call))
      transfers.push(
        ...page
          .map((torrent) => transferOf(torrent, this.#playFrom))
          .filter((transfer) => transfer !== null),
      );
    return transfers;
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw fail('debrid.unsupported');
    const held =
      (await this.#byHash(wanted.infohash, call)) ??
      ((await this.#add(wanted, call)) ? undefined : await this.#byInfohash(wanted.infohash, call));
    if (held !== undefined) return this.#goOn(held, call);
    const added = await this.#byHash(wanted.infohash, call);
    if (added !== undefined) return this.#read(added, call);
    const { infohash, name } = wanted;
    const row = { hash: infohash, name, state: 'queuedDL' };
    return this.#transferOf({ ...QUEUED, hash: infohash, infohash, row }, []);
  }

  /** Its hash may have become another one when the metadata of a hybrid torrent came. */
  async refresh({ id, infohash }: Transfer, call: DebridCall): Promise<Transfer> {
    return this.#read(await this.#present(id, infohash, call), call);
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const torrent = await this.#present(transfer.id, transfer.infohash, call);
    const present = (await this.#files(torrent, call)).find(
      (one) => one.file.id === file.id && one.file.path === file.path,
    );
    if (present === undefined) throw fail('debrid.not-downloaded');
    const { progress } = present;
    if (progress < this.#playFrom) throw await this.#prefer(torrent, present, call);
    const isWhole = progress === 1;
    const entry = await this.#share.find(
      {
        folder: torrent.folder,
        path: file.path,
        endings: isWhole ? [] : INCOMPLETE_ENDINGS,
        accepts: ({ isFolder, sizeBytes }) =>
          !isFolder && (!isWhole || sizeBytes === null || sizeBytes === file.sizeBytes),
      },
      call,
    );
    if (entry !== null) return this.#share.link(entry.url, call);
    if (!isWhole) throw fail('debrid.downloading');
    throw fail('debrid.share-failed', 'address of the share, or downloads path');
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    const torrent = await this.#byHash(transferId, call);
    if (torrent === undefined) throw fail('debrid.not-found');
    if (!torrent.isOwn)
      throw fail('debrid.unsupported', `it was not added by Sluice: no tag "${OWN_TAG}"`);
    const form = { hashes: torrent.hash, deleteFiles: 'true' };
    await this.#api.command('/torrents/delete', form, call.signal);
  }

  /** A folder for each, for files of different torrents may have the same name. */
  #add(wanted: WantedTorrent, { signal }: DebridCall): Promise<boolean> {
    const category = this.#entry.text('qbc.cat');
    const seedingMinutes = this.#entry.text('qbc.stl');
    const seedingRatio = this.#entry.text('qbc.srl');
    const form = {
      urls: formatMagnet(wanted),
      savepath: wanted.infohash,
      autoTMM: 'false',
      tags: OWN_TAG,
      sequentialDownload: 'true',
      firstLastPiecePrio: 'true',
      // Each version knows one of them.
      paused: 'false',
      stopped: 'false',
      ...(category !== '' && { category }),
      ...(seedingMinutes !== '' && { seedingTimeLimit: seedingMinutes }),
      ...(seedingRatio !== '' && { ratioLimit: seedingRatio }),
    };
    return this.#api.add(form, signal);
  }

  /** What Sluice has added and what stands still goes on; what failed is looked through again. */
  async #goOn(torrent: ClientTorrent, call: DebridCall): Promise<Transfer> {
    const { hash, isOwn, isStopped, infohash } = torrent;
    if (!isOwn || !isStopped) return this.#read(torrent, call);
    if (torrent.row['state'] === 'missingFiles')
      await this.#api.command('/torrents/recheck', { hashes: hash }, call.signal);
    await this.#api.start(hash, call.signal);
    return this.#read(await this.#present(hash, infohash, call), call);
  }

  /** What is asked for comes before the rest of its torrent. */
  async #prefer(torrent: ClientTorrent, { file, isWanted }: ClientFile, { signal }: DebridCall) {
    const { hash, isOwn } = torrent;
    if (!isOwn) return fail(isWanted ? 'debrid.downloading' : 'debrid.not-downloaded');
    const form = { hash, id: file.id, priority: PRIORITY_MAX };
    await this.#api.command('/torrents/filePrio', form, signal);
    return fail('debrid.downloading');
  }

  async #read(torrent: ClientTorrent, call: DebridCall): Promise<Transfer> {
    return this.#transferOf(torrent, await this.#files(torrent, call));
  }

  #transferOf(torrent: ClientTorrent, files: readonly ClientFile[]): Transfer {
    const transfer = transferOf(torrent, this.#playFrom, files);
    if (transfer === null) throw fail('debrid.bad-answer', 'a torrent without a hash');
    return transfer;
  }

  async #files(torrent: ClientTorrent, { signal }: DebridCall): Promise<readonly ClientFile[]> {
    const { hash, hasMetadata } = torrent;
    if (!hasMetadata) return [];
    const rows = await this.#api.rows('/torrents/files', { hash }, signal);
    return rows
      .map((row, index) => clientFile(row, index, torrent))
      .filter((file) => file !== null);
  }

  async #present(hash: string, infohash: string, call: DebridCall): Promise<ClientTorrent> {
    const torrent = (await this.#byHash(hash, call)) ?? (await this.#byInfohash(infohash, call));
    if (torrent === undefined) throw fail('debrid.not-found');
    return torrent;
  }

  async #byHash(hash: string, { signal }: DebridCall): Promise<ClientTorrent | undefined> {
    const [row] = await this.#api.rows('/torrents/info', { hashes: hash }, signal);
    return (row && clientTorrent(row)) ?? undefined;
  }

  /** Finds hybrid torrents, which it calls by another hash. */
  async #byInfohash(infohash: string, call: DebridCall): Promise<ClientTorrent | undefined> {
    for await (const page of this.#pages(call)) {
      const found = page.find((torrent) => torrent.infohash === infohash);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  /** Newest first. */
  async *#pages({ signal }: DebridCall): AsyncIterable<readonly ClientTorrent[]> {
    for (let offset = 0; offset < TRANSFERS_MAX; offset += PAGE_ROWS) {
      const query = {
        sort: 'added_on',
        reverse: 'true',
        limit: `${PAGE_ROWS}`,
        offset: `${offset}`,
      };
      const rows = await this.#api.rows('/torrents/info', query, signal);
      yield rows.map((row) => clientTorrent(row)).filter((torrent) => torrent !== null);
      if (rows.length < PAGE_ROWS) return;
    }
  }
}

/** One that was added a moment ago and is not in its list yet. */
const QUEUED = {
  isOwn: true,
  isStopped: false,
  hasMetadata: false,
  folder: '',
  doneBytes: 0,
} as const;

function fail(code: DebridErrorCode, detail = '') {
  return debridFailure(code, QBITTORRENT, detail);
}

function foldersOf(entry: ServiceEntry): readonly string[] {
  const extra = entry.value('qbc.wep');
  const paths = Array.isArray(extra) ? extra.filter((path) => typeof path === 'string') : [];
  return [entry.text('qbc.wdp') || '/', ...paths];
}
