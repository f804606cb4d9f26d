/** PikPak: offline tasks that put what they fetch into a drive. Nothing is deleted to make room. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, idOf, objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
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
import type { DebridErrorCode } from '../failures.ts';
import type { DebridTools } from '../open-service.ts';
import type { ApiRequest } from '../service-api.ts';
import {
  fileOf,
  FILES_MAX,
  secondsOf,
  soonest,
  torrentTransfer,
  TRANSFERS_MAX,
} from '../transfers.ts';
import { PikPakSession } from './pikpak-session.ts';

const FILES = '/drive/v1/files';
const TASKS = '/drive/v1/tasks';
/** Of a transfer that is a task; the others are files or folders of the drive. */
const TASK = 'task:';
/** Where tasks put what they fetch. */
const TASKS_FOLDER = 'My Pack';
const PAGE_ROWS = 500;
const PAGES_MAX = TRANSFERS_MAX / PAGE_ROWS;
/** Of one torrent. */
const FOLDERS_MAX = 100;
const PRESENT = JSON.stringify({
  trashed: { eq: false },
  phase: { eq: 'PHASE_TYPE_COMPLETE' },
});
const ALL_PHASES = JSON.stringify({
  phase: {
    in: 'PHASE_TYPE_RUNNING,PHASE_TYPE_ERROR,PHASE_TYPE_COMPLETE,PHASE_TYPE_PENDING',
  },
});

const STATES: Readonly<Record<string, TransferState>> = {
  PHASE_TYPE_PENDING: 'queued',
  PHASE_TYPE_RUNNING: 'downloading',
  PHASE_TYPE_COMPLETE: 'ready',
  PHASE_TYPE_ERROR: 'failed',
};
/** What a task that failed says about the account. */
const MESSAGES: readonly (readonly [RegExp, DebridErrorCode])[] = [
  [/storage space/i, 'debrid.no-space'],
  [/limits? of free usage|free transfers/i, 'debrid.daily-limit'],
];

export function pikPakAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new PikPakAccount(entry, new PikPakSession(entry, tools));
}

class PikPakAccount implements DebridAccount {
  readonly service = 'pikpak';
  /** It has no such question. */
  readonly checkCached = null;
  readonly checkMax = 0;
  readonly #entry: ServiceEntry;
  readonly #session: PikPakSession;

  constructor(entry: ServiceEntry, session: PikPakSession) {
    this.#entry = entry;
    this.#session = session;
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const vip = objectOf((await this.#ask({ path: '/drive/v1/privilege/vip' }, call))['data']);
    if (textOf(vip['type']) === '') throw this.#session.api.badAnswer('no account');
    const untilS = secondsOf(vip['expire']);
    return {
      user: this.#entry.text('em'),
      isPremium: vip['type'] === 'platinum',
      premiumUntilMs: untilS === 0 ? null : untilS * 1000,
    };
  }

  /** What tasks have made, and what else stands in their folder with its magnet link. */
  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const tasks = await this.#tasks(call);
    const known = new Set(tasks.map(({ infohash }) => infohash));
    const others = (await this.#inTasksFolder(call)).filter(({ infohash }) => !known.has(infohash));
    return [...tasks, ...others]
      .toSorted((a, b) => b.addedAtS - a.addedAtS)
      .slice(0, TRANSFERS_MAX);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#session.api.failure('debrid.unsupported');
    const isWanted = ({ infohash }: Transfer) => infohash === wanted.infohash;
    const found =
      soonest((await this.#tasks(call)).filter(isWanted)) ??
      soonest((await this.#inTasksFolder(call)).filter(isWanted));
    if (found === undefined) return this.#add(wanted, call);
    if (found.state === 'failed') return this.#addAnew(found, wanted, call);
    try {
      return await this.refresh(found, call);
    } catch (error) {
      // Its task is still there when the user has deleted what it had fetched.
      if (!(error instanceof AppError) || error.code !== 'debrid.not-found') throw error;
      return this.#add(wanted, call);
    }
  }

  /** A task becomes what it has made when it is done. */
  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    if (!transfer.id.startsWith(TASK)) return this.#fetched(transfer, transfer.id, call);
    const path = `${TASKS}/${encodeURIComponent(transfer.id.slice(TASK.length))}`;
    const task = await this.#ask({ path }, call);
    const present = taskTransfer(task, transfer.infohash);
    if (present === null) throw this.#session.api.badAnswer('a task without an id');
    const message = textOf(task['message']);
    const failure = MESSAGES.find(([pattern]) => pattern.test(message))?.[1];
    if (present.state === 'failed' && failure !== undefined)
      throw this.#session.api.failure(failure);
    return present.state === 'ready' ? this.#fetched(present, present.id, call) : present;
  }

  async link(_transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const path = `${FILES}/${encodeURIComponent(file.id)}`;
    const answer = await this.#ask({ path, query: { usage: 'FETCH' } }, call);
    // Other media of it are smaller copies.
    const original = objectsOf(answer['medias']).find((media) => media['is_origin'] === true);
    const { url, expire } = objectOf(original?.['link']);
    const until = Date.parse(textOf(expire));
    return textOf(url) === ''
      ? directLink(answer['web_content_link'], this.#entry)
      : directLink(url, this.#entry, Number.isNaN(until) ? null : until);
  }

  /** Into the bin of the drive; a task that is under way ends. */
  async remove(transferId: string, call: DebridCall): Promise<void> {
    if (transferId.startsWith(TASK)) return this.#endTask(transferId, call);
    await this.#ask({ path: `${FILES}:batchTrash`, json: { ids: [transferId] } }, call);
  }

  async #add(torrent: WantedTorrent, call: DebridCall): Promise<Transfer> {
    const json = {
      kind: 'drive#file',
      upload_type: 'UPLOAD_TYPE_URL',
      folder_type: 'DOWNLOAD',
      url: { url: formatMagnet(torrent) },
    };
    const { task } = await this.#ask({ path: FILES, json }, call);
    const { infohash, name } = torrent;
    const id = idOf(objectOf(task)['id']);
    const added = torrentTransfer({ id: `${TASK}${id}`, infohash, name, state: 'queued' });
    if (added === null || id === '') throw this.#session.api.badAnswer('no id for a task');
    return this.refresh(added, call);
  }

  /** A task that failed has fetched nothing. */
  async #addAnew(failed: Transfer, torrent: WantedTorrent, call: DebridCall): Promise<Transfer> {
    await this.#endTask(failed.id, call);
    return this.#add(torrent, call);
  }

  async #endTask(id: string, call: DebridCall): Promise<void> {
    const query = { task_ids: id.slice(TASK.length), delete_files: 'false' };
    await this.#ask({ method: 'DELETE', path: TASKS, query }, call);
  }

  async #tasks(call: DebridCall): Promise<readonly Transfer[]> {
    const query = { type: 'offline', filters: ALL_PHASES };
    const rows = await this.#pages({ path: TASKS, query, field: 'tasks' }, call);
    return rows.map((row) => taskTransfer(row, '')).filter((transfer) => transfer !== null);
  }

  async #inTasksFolder(call: DebridCall): Promise<readonly Transfer[]> {
    const root = await this.#children('', call);
    const folder = root.find(({ name }) => name === TASKS_FOLDER);
    if (folder === undefined) return [];
    const rows = await this.#children(idOf(folder['id']), call);
    return rows.map((row) => driveTransfer(row)).filter((transfer) => transfer !== null);
  }

  #children(parentId: string, call: DebridCall): Promise<readonly JsonObject[]> {
    const query = { parent_id: parentId, filters: PRESENT };
    return this.#pages({ path: FILES, query, field: 'files' }, call);
  }

  async #pages(
    {
      path,
      query,
      field,
    }: { path: string; query: Readonly<Record<string, string>>; field: string },
    call: DebridCall,
  ): Promise<readonly JsonObject[]> {
    const rows: JsonObject[] = [];
    let pageToken = '';
    for (let read = 0; read < PAGES_MAX; read++) {
      const page = { ...query, limit: String(PAGE_ROWS), page_token: pageToken };
      const answer = await this.#ask({ path, query: page }, call);
      if (!Array.isArray(answer[field])) throw this.#session.api.badAnswer(`no list of ${field}`);
      rows.push(...objectsOf(answer[field]));
      pageToken = textOf(answer['next_page_token']);
      if (pageToken === '') break;
    }
    return rows;
  }

  /** With the files of what stands in the drive. */
  async #fetched(transfer: Transfer, id: string, call: DebridCall): Promise<Transfer> {
    const row = await this.#ask({ path: `${FILES}/${encodeURIComponent(id)}` }, call);
    if (row['trashed'] === true) throw this.#session.api.failure('debrid.not-found');
    const files =
      row['kind'] === 'drive#folder' ? await this.#filesIn(id, call) : filesOf([row], '');
    const sizeBytes = files.reduce((sum, file) => sum + file.sizeBytes, 0);
    return { ...transfer, id, sizeBytes, files };
  }

  async #filesIn(folderId: string, call: DebridCall): Promise<readonly DebridFile[]> {
    const files: DebridFile[] = [];
    const left = [{ id: folderId, path: '' }];
    for (let read = 0; read < FOLDERS_MAX && files.length < FILES_MAX; read++) {
      const next = left.shift();
      if (next === undefined) break;
      const rows = await this.#children(next.id, call);
      files.push(...filesOf(rows, next.path));
      for (const row of rows)
        if (row['kind'] === 'drive#folder')
          left.push({ id: idOf(row['id']), path: `${next.path}${textOf(row['name'])}/` });
    }
    return files;
  }

  #ask(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonObject> {
    return this.#session.object({ ...request, signal });
  }
}

function filesOf(rows: readonly JsonObject[], folder: string): readonly DebridFile[] {
  return rows
    .filter(({ kind }) => kind !== 'drive#folder')
    .map(({ id, name, size }) => fileOf({ id, path: `${folder}${textOf(name)}`, size }))
    .filter((file) => file !== null);
}

function infohashIn(row: JsonObject): string {
  return parseMagnet(textOf(objectOf(row['params'])['url']))?.infohash ?? '';
}

/** @param infohash where it is known already; a task on its own may not say it */
function taskTransfer(task: JsonObject, infohash: string): Transfer | null {
  const state = STATES[textOf(task['phase'])] ?? 'queued';
  const fileId = idOf(task['file_id']) || idOf(objectOf(task['reference_resource'])['id']);
  const taskId = idOf(task['id']);
  return torrentTransfer({
    id: state === 'ready' && fileId !== '' ? fileId : taskId === '' ? '' : `${TASK}${taskId}`,
    infohash: infohash || infohashIn(task),
    name: task['name'],
    state: state === 'ready' && fileId === '' ? 'downloading' : state,
    failure: 'debrid.torrent-failed',
    progress: (countOf(task['progress']) ?? 0) / 100,
    size: task['file_size'],
    addedAtS: secondsOf(task['created_time']),
  });
}

function driveTransfer(row: JsonObject): Transfer | null {
  return torrentTransfer({
    id: row['id'],
    infohash: infohashIn(row),
    name: row['name'],
    state: 'ready',
    size: row['size'],
    addedAtS: secondsOf(row['created_time']),
  });
}
