/** Offcloud: cloud downloads of the account, whose files are found by exploring the one that is done. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, idOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import { formatMagnet, parseMagnet } from '../../../lib/torrent/magnet.ts';
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
  WantedTorrent,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { ServiceApi, type ApiRequest, type SaidFailure } from '../service-api.ts';
import { fileOf, secondsOf, soonest, torrentTransfer, TRANSFERS_MAX } from '../transfers.ts';

const CHECK_MAX = 200;

const STATES: Readonly<Record<string, TransferState>> = {
  created: 'queued',
  queued: 'queued',
  downloading: 'downloading',
  downloaded: 'ready',
  error: 'failed',
  canceled: 'failed',
};

export function offcloudAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new OffcloudAccount(entry, tools);
}

class OffcloudAccount implements DebridAccount {
  readonly service = 'offcloud';
  readonly checkMax = CHECK_MAX;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    const base = tools.config.OFFCLOUD_URL;
    this.#entry = entry;
    this.#api = new ServiceApi({
      service: 'offcloud',
      name: 'Offcloud',
      base,
      upstream: openHosted('offcloud', base, entry.accountKey, tools),
      failureIn: saidBy,
    });
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const account = await this.#object({ path: '/api/account/info' }, call);
    const user = idOf(account['user_id']);
    if (user === '') throw this.#api.badAnswer('no account');
    const untilS = secondsOf(account['expiration_date']);
    return {
      user,
      isPremium: account['is_premium'] === true,
      premiumUntilMs: untilS === 0 ? null : untilS * 1000,
    };
  }

  readonly checkCached = async (
    infohashes: readonly string[],
    call: DebridCall,
  ): Promise<ReadonlySet<string>> => {
    const json = { hashes: infohashes };
    const { cachedItems } = await this.#object({ path: '/api/cache', json }, call);
    if (!Array.isArray(cachedItems)) throw this.#api.badAnswer('no list of what is cached');
    const cached = (cachedItems as readonly JsonValue[]).map((hash) => textOf(hash).toLowerCase());
    const known = new Set(cached);
    return new Set(infohashes.filter((infohash) => known.has(infohash)));
  };

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const rows = await this.#call({ path: '/api/cloud/history' }, call);
    if (!Array.isArray(rows)) throw this.#api.badAnswer('no list of downloads');
    return objectsOf(rows)
      .map((row) => transferOf(row, infohashOf(row), []))
      .filter((transfer) => transfer !== null)
      .toSorted((a, b) => b.addedAtS - a.addedAtS)
      .slice(0, TRANSFERS_MAX);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const all = (await this.list(call)).filter(({ infohash }) => infohash === wanted.infohash);
    const found = soonest(all);
    if (found !== undefined && found.state !== 'failed') return this.refresh(found, call);
    // They have fetched nothing, and would become one more with each play.
    for (const { id } of all) await this.remove(id, call);
    return this.refresh(await this.#add(wanted, call), call);
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const json = { requestIds: [transfer.id] };
    const { requests } = await this.#object({ path: '/api/cloud/status', json }, call);
    const row = objectsOf(requests).find(({ requestId }) => idOf(requestId) === transfer.id);
    if (row === undefined) throw this.#api.failure('debrid.not-found');
    const files = row['status'] === 'downloaded' ? await this.#files(transfer, row, call) : [];
    const present = transferOf(row, transfer.infohash, files);
    if (present === null) throw this.#api.badAnswer('a download without an id');
    return { ...present, addedAtS: present.addedAtS || transfer.addedAtS };
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    if (file.locator !== '') return directLink(file.locator, this.#entry);
    const { state, files } = await this.refresh(transfer, call);
    if (state !== 'ready') throw this.#api.failure('debrid.downloading');
    const present = files.find(({ id }) => id === file.id);
    if (present === undefined) throw this.#api.failure('debrid.not-downloaded');
    return directLink(present.locator, this.#entry);
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    await this.#object({ path: `/cloud/remove/${encodeURIComponent(transferId)}` }, call);
  }

  async #add(torrent: WantedTorrent, call: DebridCall): Promise<Transfer> {
    const json = { url: formatMagnet(torrent) };
    const { requestId } = await this.#object({ path: '/api/cloud', json }, call);
    const { infohash, name } = torrent;
    const added = torrentTransfer({ id: requestId, infohash, name, state: 'queued' });
    if (added === null) throw this.#api.badAnswer('no id for a download');
    return added;
  }

  /** What is one file is no archive that could be explored: it is on the server that the download names. */
  async #files(
    { id }: Transfer,
    row: JsonObject,
    call: DebridCall,
  ): Promise<readonly DebridFile[]> {
    const path = `/api/cloud/explore/${encodeURIComponent(id)}`;
    try {
      const { files } = await this.#object({ path, query: { format: 'detailed' } }, call);
      return filesOf(objectsOf(files));
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'debrid.unsupported') throw error;
      return filesOf([singleFile(id, row)]);
    }
  }

  #call(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonValue> {
    const headers = { authorization: `Bearer ${this.#entry.text('tk')}` };
    return this.#api.call({ ...request, headers, signal });
  }

  #object(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonObject> {
    const headers = { authorization: `Bearer ${this.#entry.text('tk')}` };
    return this.#api.object({ ...request, headers, signal });
  }
}

function saidBy({ error, not_available: notAvailable }: JsonObject): SaidFailure | null {
  if (textOf(notAvailable) !== '') return { code: `not_available: ${textOf(notAvailable)}` };
  return textOf(error) === '' ? null : { code: textOf(error) };
}

function infohashOf(row: JsonObject): string {
  return parseMagnet(textOf(row['originalLink']))?.infohash ?? '';
}

function transferOf(
  row: JsonObject,
  infohash: string,
  files: readonly DebridFile[],
): Transfer | null {
  const size = countOf(row['fileSize']) ?? 0;
  return torrentTransfer({
    id: row['requestId'],
    infohash,
    name: row['fileName'],
    state: STATES[textOf(row['status'])] ?? 'queued',
    failure: 'debrid.torrent-failed',
    progress: size === 0 ? 0 : (countOf(row['amount']) ?? 0) / size,
    size,
    addedAtS: secondsOf(row['createdOn']),
    files,
  });
}

function singleFile(id: string, row: JsonObject): JsonObject {
  const server = /^[a-z\d-]+$/i.exec(textOf(row['server']))?.[0];
  const name = textOf(row['fileName']);
  const path = `${encodeURIComponent(id)}/${encodeURIComponent(name)}`;
  const url = server === undefined ? '' : `https://${server}.offcloud.com/cloud/download/${path}`;
  return { path: name, size: row['fileSize'] ?? 0, url };
}

/** Ids of files are not always there; their paths are. */
function filesOf(rows: readonly JsonObject[]): readonly DebridFile[] {
  return rows
    .map(({ path, name, size, url }) => {
      const ownPath = textOf(path) || textOf(name);
      return fileOf({ id: ownPath, path: ownPath, size, locator: url });
    })
    .filter((file) => file !== null);
}
