/** Seedr (v2): tasks that put what they fetch into a folder of the account. Nothing is deleted to make room. */
import { countOf, idOf, objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import { parseInfohash } from '../../../lib/torrent/infohash.ts';
import { formatMagnet } from '../../../lib/torrent/magnet.ts';
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
import { packedAccessToken } from '../packed-token.ts';
import { ServiceApi, type ApiRequest, type SaidFailure } from '../service-api.ts';
import {
  fileOf,
  FILES_MAX,
  secondsOf,
  soonest,
  torrentTransfer,
  TRANSFERS_MAX,
} from '../transfers.ts';

const API = '/api/v0.1/p';
/** Of a folder in the root that other add-ons have named by the hash of the torrent in it. */
const FOLDER = 'folder:';
/** Of one torrent. */
const FOLDERS_MAX = 100;
const DONE: ReadonlySet<string> = new Set(['finished', 'seeding', 'idle']);
const FAILED: ReadonlySet<string> = new Set(['error', 'failed', 'dead']);

export function seedrAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new SeedrAccount(entry, tools);
}

class SeedrAccount implements DebridAccount {
  readonly service = 'seedr';
  /** It has no such question. */
  readonly checkCached = null;
  readonly checkMax = 0;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;
  readonly #token: string;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    const base = tools.config.SEEDR_URL;
    this.#entry = entry;
    this.#token = packedAccessToken(entry.text('tk')) ?? entry.text('tk');
    this.#api = new ServiceApi({
      service: 'seedr',
      name: 'Seedr',
      base: `${base}${API}`,
      upstream: openHosted('seedr', base, entry.accountKey, tools),
      failureIn: saidBy,
    });
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const { profile, account } = await this.#object({ path: '/user' }, call);
    const { username, email, id } = objectOf(profile);
    const user = textOf(username) || textOf(email) || idOf(id);
    if (user === '') throw this.#api.badAnswer('no account');
    return { user, isPremium: objectOf(account)['is_premium'] === true, premiumUntilMs: null };
  }

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const answer = await this.#object({ path: '/tasks' }, call);
    const tasks = answer['tasks'] ?? answer['torrents'];
    if (!Array.isArray(tasks)) throw this.#api.badAnswer('no list of tasks');
    const transfers = objectsOf(tasks)
      .map((task) => taskTransfer(task, []))
      .filter((transfer) => transfer !== null);
    const known = new Set(transfers.map(({ infohash }) => infohash));
    const { folders } = await this.#object({ path: '/fs/root/contents' }, call);
    const others = objectsOf(folders)
      .map((folder) => folderTransfer(folder, []))
      .filter((transfer) => transfer !== null && !known.has(transfer.infohash));
    return [...transfers, ...others.filter((transfer) => transfer !== null)]
      .toSorted((a, b) => b.addedAtS - a.addedAtS)
      .slice(0, TRANSFERS_MAX);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const all = await this.list(call);
    const found = soonest(all.filter(({ infohash }) => infohash === wanted.infohash));
    if (found === undefined) return this.#add(wanted, call);
    if (found.state !== 'failed') return this.refresh(found, call);
    // A task that failed has fetched nothing.
    await this.#endTask(found.id, call);
    return this.#add(wanted, call);
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const { id, infohash } = transfer;
    if (id.startsWith(FOLDER)) {
      const files = await this.#files(id.slice(FOLDER.length), call);
      return { ...transfer, files };
    }
    const task = await this.#task(id, call);
    const folderId = idOf(task['folder_created_id']);
    const isDone = stateOf(task) === 'ready' && folderId !== '';
    const files = isDone ? await this.#files(folderId, call) : [];
    const present = taskTransfer({ ...task, hash: infohash }, files);
    if (present === null) throw this.#api.badAnswer('a task without an id');
    return { ...present, name: present.name || transfer.name };
  }

  async link(_transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const path = `/download/file/${encodeURIComponent(file.id)}/url`;
    const answer = await this.#object({ path }, call);
    return directLink(answer['url'] ?? answer['download_url'], this.#entry);
  }

  /** The folder that the task has made goes with it, and no other one. */
  async remove(transferId: string, call: DebridCall): Promise<void> {
    if (transferId.startsWith(FOLDER))
      return this.#removeFolder(transferId.slice(FOLDER.length), call);
    const task = await this.#task(transferId, call);
    const folderId = idOf(task['folder_created_id']);
    const isItsOwn = !['', '0', '-1', idOf(task['folder_id'])].includes(folderId);
    await this.#endTask(transferId, call);
    return isItsOwn ? this.#removeFolder(folderId, call) : undefined;
  }

  async #add(torrent: WantedTorrent, call: DebridCall): Promise<Transfer> {
    const form = { torrent_magnet: formatMagnet(torrent) };
    const answer = await this.#object({ path: '/tasks', form }, call);
    const { infohash, name } = torrent;
    const id = answer['user_torrent_id'] ?? answer['id'];
    const added = torrentTransfer({ id, infohash, name, state: 'queued' });
    if (added === null) throw this.#api.badAnswer('no id for a task');
    return this.refresh(added, call);
  }

  #task(id: string, call: DebridCall): Promise<JsonObject> {
    return this.#object({ path: `/tasks/${encodeURIComponent(id)}` }, call);
  }

  async #endTask(id: string, call: DebridCall): Promise<void> {
    await this.#call({ method: 'DELETE', path: `/tasks/${encodeURIComponent(id)}` }, call);
  }

  async #removeFolder(id: string, call: DebridCall): Promise<void> {
    const json = { delete_arr: [{ id: Number(id), type: 'folder' }] };
    await this.#call({ path: '/fs/batch/delete', json }, call);
  }

  /** Folders one after another; what a folder holds beyond the bounds is left out. */
  async #files(rootId: string, call: DebridCall): Promise<readonly DebridFile[]> {
    const files: DebridFile[] = [];
    const left = [{ id: rootId, path: '' }];
    for (let read = 0; read < FOLDERS_MAX && files.length < FILES_MAX; read++) {
      const next = left.shift();
      if (next === undefined) break;
      const path = `/fs/folder/${encodeURIComponent(next.id)}/contents`;
      const contents = await this.#object({ path }, call);
      files.push(...filesIn(contents, next.path));
      for (const folder of objectsOf(contents['folders']))
        left.push({ id: idOf(folder['id']), path: `${next.path}${nameOf(folder)}/` });
    }
    return files;
  }

  #call(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall) {
    return this.#api.call({ ...request, headers: this.#headers(), signal });
  }

  #object(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonObject> {
    return this.#api.object({ ...request, headers: this.#headers(), signal });
  }

  #headers() {
    return { authorization: `Bearer ${this.#token}` };
  }
}

/** A failure may stand under HTTP 200, with its status beside it; 403 asks for a subscription. */
function saidBy(body: JsonObject, status: number): SaidFailure | null {
  const said = countOf(body['status_code']) ?? status;
  const code = textOf(body['reason_phrase']) || textOf(body['error']);
  if (said < 400 && textOf(body['error']) === '') return null;
  if (said < 400 && code === '') return null;
  return said === 403 ? { code, failure: 'debrid.need-premium' } : { code };
}

/** Of a folder, which has only a path, or of a file. */
function nameOf(row: JsonObject): string {
  return textOf(row['name']) || textOf(row['path']);
}

function filesIn(contents: JsonObject, folder: string): readonly DebridFile[] {
  return objectsOf(contents['files'])
    .map((row) => fileOf({ id: row['id'], path: `${folder}${nameOf(row)}`, size: row['size'] }))
    .filter((file) => file !== null);
}

function taskTransfer(task: JsonObject, files: readonly DebridFile[]): Transfer | null {
  const infohash = textOf(task['hash']) || textOf(objectOf(task['torrent_payload'])['hash']);
  return torrentTransfer({
    id: task['id'],
    infohash,
    // Until it knows better it calls a task by its hash.
    name: task['name'] === infohash ? '' : task['name'],
    state: stateOf(task),
    failure: 'debrid.torrent-failed',
    progress: Number(task['progress']) / 100,
    size: task['size'],
    addedAtS: timeOf(task['timestamp'] ?? task['created_at'] ?? task['last_update']),
    files,
  });
}

/** Null for a folder that is not called by a hash, or that is empty. */
function folderTransfer(folder: JsonObject, files: readonly DebridFile[]): Transfer | null {
  const infohash = parseInfohash(nameOf(folder));
  const id = idOf(folder['id']);
  if (infohash === null || id === '' || (countOf(folder['size']) ?? 0) === 0) return null;
  return torrentTransfer({
    id: `${FOLDER}${id}`,
    infohash,
    name: '',
    state: 'ready',
    size: folder['size'],
    addedAtS: timeOf(folder['last_update']),
    files,
  });
}

function stateOf(task: JsonObject): TransferState {
  const state = textOf(task['state']);
  const progress = Number(task['progress']);
  if (FAILED.has(state)) return 'failed';
  if (DONE.has(state) || progress >= 100) return 'ready';
  return progress > 0 ? 'downloading' : 'queued';
}

/** `2025-11-30 15:20:15`, in UTC. */
function timeOf(value: JsonObject[string] | undefined): number {
  const text = textOf(value);
  return secondsOf(/^[\d-]+ [\d:]+$/.test(text) ? `${text.replace(' ', 'T')}Z` : text);
}
