/** TorBox: torrents and Usenet downloads of the account; both have the same calls under other names. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, idOf, objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../../../lib/json/json-value.ts';
import { formatMagnet } from '../../../lib/torrent/magnet.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DirectLink,
  Played,
  Transfer,
  TransferState,
  Wanted,
  WantedNzb,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { postKey } from '../post-key.ts';
import { ServiceApi, type ApiRequest, type UploadedFile } from '../service-api.ts';
import {
  fileOf,
  secondsOf,
  soonest,
  torrentTransfer,
  transferFields,
  TRANSFERS_MAX,
} from '../transfers.ts';

const API = '/v1/api';
const CHECK_MAX = 500;
/** Rows come with all their files. Sometimes there is one more than was asked for. */
const PAGE_ROWS = 200;
const QUEUED = 'queued:';
const USENET = 'usenet:';
const FAILED = /^(?:failed|error|expired|missing)/i;

/** What calls for torrents and for Usenet downloads are called. */
interface Shelf {
  readonly kind: Wanted['kind'];
  readonly idPrefix: string;
  readonly list: string;
  readonly create: string;
  readonly control: string;
  readonly requestLink: string;
  /** Of the download, in what is sent. */
  readonly idField: string;
  /** The same in what `create` answers. */
  readonly createdField: string;
}

const SHELVES: Readonly<Record<Wanted['kind'], Shelf>> = {
  torrent: {
    kind: 'torrent',
    idPrefix: '',
    list: '/torrents/mylist',
    create: '/torrents/createtorrent',
    control: '/torrents/controltorrent',
    requestLink: '/torrents/requestdl',
    idField: 'torrent_id',
    createdField: 'torrent_id',
  },
  nzb: {
    kind: 'nzb',
    idPrefix: USENET,
    list: '/usenet/mylist',
    create: '/usenet/createusenetdownload',
    control: '/usenet/controlusenetdownload',
    requestLink: '/usenet/requestdl',
    idField: 'usenet_id',
    createdField: 'usenetdownload_id',
  },
};

export function torBoxAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new TorBoxAccount(entry, tools);
}

/** @param accountKey whose budget and failures count */
export function torBoxApi(accountKey: string, tools: DebridTools): ServiceApi {
  const base = tools.config.TORBOX_URL;
  return new ServiceApi({
    service: 'torbox',
    name: 'TorBox',
    base: `${base}${API}`,
    upstream: openHosted('torbox', base, accountKey, tools),
    failureIn: ({ success, error }) => (success === false ? { code: textOf(error) } : null),
  });
}

class TorBoxAccount implements DebridAccount {
  readonly service = 'torbox';
  readonly checkMax = CHECK_MAX;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    this.#entry = entry;
    this.#api = torBoxApi(entry.accountKey, tools);
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const user = objectOf(await this.#data({ path: '/user/me' }, call));
    const name = textOf(user['email']) || idOf(user['id']);
    if (name === '') throw this.#api.badAnswer('no account');
    const untilS = secondsOf(user['premium_expires_at']);
    return {
      user: name,
      isPremium: (countOf(user['plan']) ?? 0) > 0,
      premiumUntilMs: untilS === 0 ? null : untilS * 1000,
    };
  }

  /** Nothing cached is `null`, not an empty list. */
  readonly checkCached = async (
    infohashes: readonly string[],
    call: DebridCall,
  ): Promise<ReadonlySet<string>> => {
    const request = { path: '/torrents/checkcached', query: { format: 'list' } };
    const data = await this.#data({ ...request, json: { hashes: infohashes } }, call);
    const cached = isJsonObject(data)
      ? Object.keys(data)
      : objectsOf(data).map(({ hash }) => textOf(hash));
    const known = new Set(cached.map((hash) => hash.toLowerCase()));
    return new Set(infohashes.filter((infohash) => known.has(infohash)));
  };

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const shelves = this.#entry.playsUsenet
      ? (['torrent', 'nzb'] as const)
      : (['torrent'] as const);
    const transfers: Transfer[] = [];
    for (const kind of shelves)
      for await (const page of this.#pages(SHELVES[kind], call)) transfers.push(...page);
    return transfers.toSorted((a, b) => b.addedAtS - a.addedAtS).slice(0, TRANSFERS_MAX);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    const shelf = SHELVES[wanted.kind];
    const found = await this.#find(shelf, wanted, call);
    if (found?.state === 'failed') return this.#resume(shelf, found, call);
    if (found !== undefined) return found;
    const added = (await this.#queued(wanted, call)) ?? (await this.#add(shelf, wanted, call));
    try {
      return await this.refresh(added, call);
    } catch (error) {
      // It shows some only a moment after it has taken them.
      if (error instanceof AppError && error.code === 'debrid.not-found') return added;
      throw error;
    }
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const shelf = SHELVES[transfer.kind];
    const { kind, infohash, name } = transfer;
    const wanted: Played = kind === 'torrent' ? { kind, infohash } : { kind, name };
    const present = transfer.id.startsWith(QUEUED)
      ? ((await this.#queued(wanted, call)) ?? (await this.#find(shelf, wanted, call)))
      : await this.#one(shelf, transfer.id, call);
    if (present === undefined) throw this.#api.failure('debrid.not-found');
    return present;
  }

  /** With `redirect=true` the address of this very call, which holds the token, would be the link. */
  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const shelf = SHELVES[transfer.kind];
    const query = {
      token: this.#entry.text('tk'),
      [shelf.idField]: bareId(transfer.id),
      file_id: file.id,
      zip_link: 'false',
      ...(call.viewerIp !== '' && { user_ip: call.viewerIp }),
    };
    const link = await this.#data({ path: shelf.requestLink, query }, call);
    return directLink(link ?? undefined, this.#entry);
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    const isQueued = transferId.startsWith(QUEUED);
    const shelf = SHELVES[transferId.startsWith(USENET) ? 'nzb' : 'torrent'];
    const path = isQueued ? '/queued/controlqueued' : shelf.control;
    await this.#control(path, isQueued ? 'queued_id' : shelf.idField, transferId, 'delete', call);
  }

  async *#pages(shelf: Shelf, call: DebridCall): AsyncIterable<readonly Transfer[]> {
    const seen = new Set<string>();
    for (let offset = 0; offset < TRANSFERS_MAX; offset += PAGE_ROWS) {
      const query = {
        bypass_cache: 'true',
        offset: String(offset),
        limit: String(PAGE_ROWS),
      };
      const rows = objectsOf((await this.#dataOrNone({ path: shelf.list, query }, call)) ?? []);
      const transfers = rows
        .map((row) => transferOf(shelf, row))
        .filter((transfer) => transfer !== null);
      yield transfers.filter(({ id }) => !seen.has(id));
      for (const { id } of transfers) seen.add(id);
      if (rows.length < PAGE_ROWS) return;
    }
  }

  async #find(shelf: Shelf, wanted: Played, call: DebridCall): Promise<Transfer | undefined> {
    for await (const page of this.#pages(shelf, call)) {
      const found = soonest(page.filter((transfer) => isSame(transfer, wanted)));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #one(shelf: Shelf, id: string, call: DebridCall): Promise<Transfer | undefined> {
    const query = { bypass_cache: 'true', id: bareId(id) };
    const row = await this.#dataOrNone({ path: shelf.list, query }, call);
    if (!isJsonObject(row ?? undefined)) return undefined;
    const transfer = transferOf(shelf, objectOf(row ?? undefined));
    if (transfer === null) throw this.#api.badAnswer('a download without id or hash');
    return transfer;
  }

  /** Waits for a slot of the account. */
  async #queued(wanted: Played, call: DebridCall): Promise<Transfer | undefined> {
    const type = wanted.kind === 'torrent' ? 'torrent' : 'usenet';
    const query = { bypass_cache: 'true', type };
    const rows = await this.#dataOrNone({ path: '/queued/getqueued', query }, call);
    return (
      objectsOf(rows ?? undefined)
        .map((row) => queuedTransfer(wanted, row))
        .find((transfer) => transfer !== null && isSame(transfer, wanted)) ?? undefined
    );
  }

  async #add(shelf: Shelf, wanted: Wanted, call: DebridCall): Promise<Transfer> {
    const request =
      wanted.kind === 'torrent'
        ? { form: { magnet: formatMagnet(wanted), allow_zip: 'false' } }
        : { form: { name: wanted.name }, file: await nzbFile(wanted, call) };
    try {
      const created = objectOf(
        (await this.#data({ path: shelf.create, ...request }, call)) ?? undefined,
      );
      const id = idOf(created[shelf.createdField]);
      const queuedId = idOf(created['queued_id']);
      const added = emptyTransfer(wanted, id === '' ? `${QUEUED}${queuedId}` : shelf.idPrefix + id);
      if (added === null || (id === '' && queuedId === ''))
        throw this.#api.badAnswer('no id for a download');
      return added;
    } catch (error) {
      const found = hasItAlready(error) ? await this.#find(shelf, wanted, call) : undefined;
      if (found === undefined) throw error;
      return found;
    }
  }

  async #resume(shelf: Shelf, failed: Transfer, call: DebridCall): Promise<Transfer> {
    await this.#control(shelf.control, shelf.idField, failed.id, 'resume', call);
    return this.refresh(failed, call);
  }

  async #control(
    path: string,
    idField: string,
    id: string,
    operation: 'delete' | 'resume',
    call: DebridCall,
  ): Promise<void> {
    await this.#data({ path, json: { [idField]: Number(bareId(id)), operation } }, call);
  }

  async #data(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonValue> {
    const { success, data } = await this.#api.object({
      ...request,
      headers: { authorization: `Bearer ${this.#entry.text('tk')}` },
      signal,
    });
    if (success !== true) throw this.#api.badAnswer('neither success nor an error');
    return data ?? null;
  }

  /** Lists of nothing may be a 404. */
  async #dataOrNone(request: Omit<ApiRequest, 'signal'>, call: DebridCall): Promise<JsonValue> {
    try {
      return await this.#data(request, call);
    } catch (error) {
      if (error instanceof AppError && error.code === 'debrid.not-found') return null;
      throw error;
    }
  }
}

async function nzbFile(
  { name, content }: WantedNzb,
  { signal }: DebridCall,
): Promise<UploadedFile> {
  const bytes = await content(signal);
  return { field: 'file', name: `${name}.nzb`, type: 'application/x-nzb', bytes };
}

/** The number, without what tells shelves apart. */
function bareId(id: string): string {
  return id.slice(id.indexOf(':') + 1);
}

/** `DUPLICATE_ITEM` and `DIFF_ISSUE`: another call has added it, or it is there under this hash. */
function hasItAlready(error: unknown): boolean {
  return (
    error instanceof AppError &&
    (error.code === 'debrid.downloading' || error.code === 'debrid.not-downloaded')
  );
}

function isSame(transfer: Transfer, wanted: Played): boolean {
  return wanted.kind === 'torrent'
    ? transfer.infohash === wanted.infohash
    : postKey(transfer.name) === postKey(wanted.name);
}

function emptyTransfer(wanted: Wanted, id: string): Transfer | null {
  const { name } = wanted;
  return wanted.kind === 'torrent'
    ? torrentTransfer({ id, infohash: wanted.infohash, name, state: 'queued' })
    : { kind: 'nzb', id, infohash: '', ...transferFields({ name, state: 'queued' }) };
}

function queuedTransfer(wanted: Played, row: JsonObject): Transfer | null {
  const fields = {
    name: row['name'],
    state: 'queued',
    addedAtS: secondsOf(row['created_at']),
  } as const;
  const id = `${QUEUED}${idOf(row['id'])}`;
  return wanted.kind === 'torrent'
    ? torrentTransfer({ id, infohash: row['hash'], ...fields })
    : { kind: 'nzb', id, infohash: '', ...transferFields(fields) };
}

function transferOf({ kind, idPrefix }: Shelf, row: JsonObject): Transfer | null {
  const number = idOf(row['id']);
  if (number === '') return null;
  const id = `${idPrefix}${number}`;
  const fields = {
    name: row['name'],
    state: stateOf(row),
    failure: kind === 'nzb' ? 'debrid.usenet-failed' : 'debrid.torrent-failed',
    progress: Number(row['progress']),
    size: row['size'],
    addedAtS: secondsOf(row['created_at']),
    files: objectsOf(row['files'])
      .map(({ id: fileId, name: path, size }) => fileOf({ id: fileId, path, size }))
      .filter((file) => file !== null),
  } as const;
  return kind === 'torrent'
    ? torrentTransfer({ id, infohash: row['hash'], ...fields })
    : { kind, id, infohash: '', ...transferFields(fields) };
}

/** `completed` is no sign that it can be had: finished and present is. */
function stateOf(row: JsonObject): TransferState {
  if (row['download_finished'] === true && row['download_present'] === true) return 'ready';
  const state = textOf(row['download_state']);
  if (FAILED.test(state)) return 'failed';
  return state === 'metaDL' || state === '' ? 'queued' : 'downloading';
}
