/** Real-Debrid: torrents of the account, whose files are selected before they are fetched, and links that are unlocked. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { idOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import { formatMagnet } from '../../../lib/torrent/magnet.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { Bearer } from '../access-tokens.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DirectLink,
  Transfer,
  TransferState,
  Wanted,
  WantedTorrent,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import type { DebridTools } from '../open-service.ts';
import type { ServiceApi, ApiRequest } from '../service-api.ts';
import { fileOf, secondsOf, soonest, torrentTransfer, TRANSFERS_MAX } from '../transfers.ts';
import { realDebridApi, realDebridBearer } from './realdebrid-login.ts';

const REST = '/rest/1.0';
const PAGE_ROWS = 500;
/** Within this time one that failed is not added again: each try would leave another one in the account. */
const RETRY_AFTER_S = 3600;
/** Of one torrent, looked at for one that has a file. */
const TWINS_MAX = 5;
const VIDEO =
  /\.(?:mkv|mp4|m4v|avi|mov|wmv|flv|webm|mpe?g|m2ts|mts|ts|vob|divx|ogm|ogv|3gp|rmvb|iso)$/i;
const ARCHIVE = /\.(?:rar|zip|7z|tar|gz)$/i;
/** Codes of links that do not lead anywhere any more. */
const DEAD_LINK: ReadonlySet<string> = new Set(['debrid.not-found', 'debrid.not-downloaded']);

const STATES: Readonly<Record<string, TransferState>> = {
  magnet_conversion: 'queued',
  waiting_files_selection: 'queued',
  queued: 'queued',
  downloading: 'downloading',
  compressing: 'downloading',
  uploading: 'downloading',
  downloaded: 'ready',
  magnet_error: 'failed',
  error: 'failed',
  virus: 'failed',
  dead: 'failed',
};

export function realDebridAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new RealDebridAccount(entry, tools);
}

class RealDebridAccount implements DebridAccount {
  readonly service = 'realdebrid';
  /** Its question was taken away in November 2024 (error 37). */
  readonly checkCached = null;
  readonly checkMax = 0;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;
  readonly #bearer: Bearer;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    this.#entry = entry;
    this.#api = realDebridApi(entry.accountKey, tools);
    this.#bearer = realDebridBearer(entry, this.#api, tools.tokens);
  }

  async verify({ signal }: DebridCall): Promise<AccountInfo> {
    const user = await this.#object({ path: '/user', signal });
    if (textOf(user['username']) === '') throw this.#api.badAnswer('no account');
    const until = Date.parse(textOf(user['expiration']));
    return {
      user: textOf(user['username']),
      isPremium: user['type'] === 'premium',
      premiumUntilMs: Number.isNaN(until) ? null : until,
    };
  }

  async list({ signal }: DebridCall): Promise<readonly Transfer[]> {
    const transfers: Transfer[] = [];
    for await (const page of this.#pages(signal)) transfers.push(...page);
    return transfers.slice(0, TRANSFERS_MAX);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const found = await this.#find(wanted.infohash, call.signal);
    if (found !== undefined && !isOldFailure(found)) return this.refresh(found, call);
    const added = await this.#add(wanted, call);
    try {
      return await this.refresh(added, call);
    } catch (error) {
      // It knows some torrents only a moment after it has taken them.
      if (error instanceof AppError && error.code === 'debrid.not-found') return added;
      throw error;
    }
  }

  async refresh(transfer: Transfer, { signal }: DebridCall): Promise<Transfer> {
    const info = await this.#info(transfer.id, signal);
    if (info['status'] !== 'waiting_files_selection') return this.#transferOf(info);
    const videos = objectsOf(info['files']).filter(({ path }) => VIDEO.test(textOf(path)));
    const ids = videos.map(({ id }) => idOf(id)).join(',');
    await this.#select(transfer.id, ids === '' ? 'all' : ids, signal);
    return this.#transferOf(await this.#info(transfer.id, signal));
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const locator = file.locator || (await this.#locator(transfer, file, call));
    if (locator !== '') {
      try {
        return await this.#unlock(locator, call);
      } catch (error) {
        if (!(error instanceof AppError) || !DEAD_LINK.has(error.code)) throw error;
      }
    }
    return this.#unlock(await this.#locatorOfTwin(transfer, file, call), call);
  }

  async remove(transferId: string, { signal }: DebridCall): Promise<void> {
    const path = `/torrents/delete/${encodeURIComponent(transferId)}`;
    await this.#call({ method: 'DELETE', path, signal });
  }

  /** Pages of what the account holds, newest first, until one is not full. */
  async *#pages(signal: CancelSignal): AsyncIterable<readonly Transfer[]> {
    for (let page = 1; page <= TRANSFERS_MAX / PAGE_ROWS; page++) {
      const query = { page: String(page), limit: String(PAGE_ROWS) };
      const answer = (await this.#call({ path: '/torrents', query, signal })) ?? [];
      if (!Array.isArray(answer)) throw this.#api.badAnswer('no list of torrents');
      const rows = objectsOf(answer);
      yield rows.map((row) => transferOf(row)).filter((transfer) => transfer !== null);
      if (rows.length < PAGE_ROWS) return;
    }
  }

  /** The one that plays soonest on the first page that has one. */
  async #find(infohash: string, signal: CancelSignal): Promise<Transfer | undefined> {
    for await (const page of this.#pages(signal)) {
      const found = soonest(page.filter((transfer) => transfer.infohash === infohash));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #add(torrent: WantedTorrent, call: DebridCall): Promise<Transfer> {
    const form = { magnet: formatMagnet(torrent), ...viewerOf(call) };
    const { signal } = call;
    const { id } = await this.#object({ path: '/torrents/addMagnet', form, signal });
    const { infohash, name } = torrent;
    const added = torrentTransfer({ id, infohash, name, state: 'queued' });
    if (added === null) throw this.#api.badAnswer('no id for a torrent');
    return added;
  }

  #info(id: string, signal: CancelSignal): Promise<JsonObject> {
    return this.#object({ path: `/torrents/info/${encodeURIComponent(id)}`, signal });
  }

  async #select(id: string, files: string, signal: CancelSignal): Promise<void> {
    const path = `/torrents/selectFiles/${encodeURIComponent(id)}`;
    await this.#call({ path, form: { files }, signal });
  }

  #transferOf(info: JsonObject): Transfer {
    const transfer = transferOf(info);
    if (transfer === null) throw this.#api.badAnswer('a torrent without id or hash');
    return transfer;
  }

  async #locator(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<string> {
    const { files, state } = await this.refresh(transfer, call);
    if (state !== 'ready') throw this.#api.failure('debrid.downloading');
    return files.find(({ id }) => id === file.id)?.locator ?? '';
  }

  /**
   * The file in another transfer of the torrent that has it alone: where it was not selected, was packed with others, or its
   * link is dead. What the user has stays as it is.
   */
  async #locatorOfTwin(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<string> {
    const { infohash, name } = transfer;
    const { signal } = call;
    const twins = (await this.list(call)).filter(
      (other) =>
        other.infohash === infohash && other.id !== transfer.id && other.state !== 'failed',
    );
    for (const twin of twins.slice(0, TWINS_MAX)) {
      const found = await this.#selected(twin.id, file, signal);
      if (found.locator !== '') return found.locator;
      if (found.isOnTheWay) throw this.#api.failure('debrid.downloading');
    }
    const wanted: WantedTorrent = { kind: 'torrent', infohash, name, trackers: [] };
    const added = await this.#add(wanted, call);
    const { locator } = await this.#selected(added.id, file, signal);
    if (locator === '') throw this.#api.failure('debrid.downloading');
    return locator;
  }

  /** What a transfer has of one file; selects it where nothing was selected yet. */
  async #selected(id: string, file: DebridFile, signal: CancelSignal) {
    let info = await this.#info(id, signal);
    if (info['status'] === 'waiting_files_selection') {
      await this.#select(id, file.id, signal);
      info = await this.#info(id, signal);
    }
    const { files, state } = this.#transferOf(info);
    const isSelected = objectsOf(info['files']).some(
      (row) => idOf(row['id']) === file.id && row['selected'] === 1,
    );
    return {
      locator: files.find((one) => one.id === file.id)?.locator ?? '',
      isOnTheWay: state !== 'ready' && (isSelected || files.length === 0),
    };
  }

  async #unlock(link: string, call: DebridCall): Promise<DirectLink> {
    const form = { link, ...viewerOf(call) };
    const { signal } = call;
    const answer = await this.#object({ path: '/unrestrict/link', form, signal });
    if (ARCHIVE.test(textOf(answer['filename']))) throw this.#api.failure('debrid.not-downloaded');
    return directLink(answer['download'], this.#entry);
  }

  #call(request: ApiRequest): Promise<JsonValue> {
    return this.#bearer.use(request.signal, (token) => this.#api.call(authorized(request, token)));
  }

  #object(request: ApiRequest): Promise<JsonObject> {
    return this.#bearer.use(request.signal, (token) =>
      this.#api.object(authorized(request, token)),
    );
  }
}

function authorized(request: ApiRequest, token: string): ApiRequest {
  return {
    ...request,
    path: `${REST}${request.path}`,
    headers: { authorization: `Bearer ${token}` },
  };
}

/** Links of one account that many addresses use get it locked: it is told whose they are. */
function viewerOf({ viewerIp }: DebridCall): { readonly ip?: string } {
  return viewerIp === '' ? {} : { ip: viewerIp };
}

function isOldFailure({ state, addedAtS }: Transfer): boolean {
  return state === 'failed' && Date.now() / 1000 - addedAtS > RETRY_AFTER_S;
}

/** A row of the list, or what `info` says, which has files. */
function transferOf(row: JsonObject): Transfer | null {
  const status = textOf(row['status']);
  return torrentTransfer({
    id: row['id'],
    infohash: row['hash'],
    name: row['original_filename'] ?? row['filename'],
    state: STATES[status] ?? 'queued',
    failure: status === 'error' ? 'debrid.transfer-failed' : 'debrid.torrent-failed',
    progress: Number(row['progress']) / 100,
    size: row['original_bytes'] ?? row['bytes'],
    addedAtS: secondsOf(row['added']),
    files: filesOf(row),
  });
}

/** Links are those of the selected files, in their order; of another number they are archives of them. */
function filesOf(row: JsonObject): readonly DebridFile[] {
  const files = objectsOf(row['files']);
  const links = Array.isArray(row['links']) ? (row['links'] as readonly JsonValue[]) : [];
  const selected = files.filter((file) => file['selected'] === 1);
  const isOneEach = links.length === selected.length;
  const locators = new Map(selected.map((file, index) => [file, isOneEach ? links[index] : '']));
  return files
    .map((file) => {
      const { id, path, bytes: size } = file;
      return fileOf({ id, path, size, locator: locators.get(file) });
    })
    .filter((file) => file !== null);
}
