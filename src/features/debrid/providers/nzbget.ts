/** NZBGet over JSON-RPC. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { countOf, idOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { DebridAccount, TransferState } from '../contract.ts';
import { openPersonal, type DebridTools } from '../open-service.ts';
import { ServiceApi } from '../service-api.ts';
import {
  bytesOfMegabytes,
  NewsClientAccount,
  type NewsClient,
  type NewsJob,
  type NzbFile,
} from './news-client.ts';
import { openShare } from './own-share.ts';

const NORMAL_PRIORITY = 0;
/** Of the queue; all others are being downloaded, repaired or unpacked. */
const WAITING: ReadonlySet<string> = new Set(['QUEUED', 'PAUSED', 'FETCHING']);

export function nzbGetAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new NewsClientAccount({
    entry,
    client: new NzbGetClient(entry, tools),
    share: openShare(entry, 'ngc', ['/'], tools),
    category: entry.text('ngc.cat'),
  });
}

class NzbGetClient implements NewsClient {
  readonly #api: ServiceApi;
  readonly #authorization: string;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    const base = entry.text('ngc.u').replace(/\/+(?:jsonrpc\/*)?$/, '');
    const login = `${entry.text('ngc.un')}:${entry.text('ngc.pw')}`;
    this.#authorization = `Basic ${Buffer.from(login).toString('base64')}`;
    this.#api = new ServiceApi({
      service: 'nzbget',
      name: entry.service.name,
      base,
      upstream: openPersonal('nzbget', base, entry.accountKey, tools),
      failureIn: ({ error }) =>
        error === undefined || error === null ? null : { code: '', failure: 'debrid.refused-call' },
    });
  }

  async verify(signal: CancelSignal): Promise<string> {
    const version = await this.#ask('version', [], signal);
    if (typeof version !== 'string' || !/^[\w. +-]{1,40}$/.test(version))
      throw this.#api.badAnswer('no version');
    return version;
  }

  async jobs(signal: CancelSignal): Promise<readonly NewsJob[]> {
    const [queue, history] = await Promise.all([
      this.#ask('listgroups', [0], signal),
      this.#ask('history', [false], signal),
    ]);
    if (!Array.isArray(queue) || !Array.isArray(history))
      throw this.#api.badAnswer('a list was expected');
    const jobs = [...objectsOf(queue).map(queueJob), ...objectsOf(history).map(historyJob)];
    return jobs.filter(({ id }) => id !== '');
  }

  /** Whatever else it has of this name: what failed is tried anew. */
  async add({ name, bytes }: NzbFile, category: string, signal: CancelSignal): Promise<string> {
    const place = [NORMAL_PRIORITY, false, false];
    const duplicates = ['', 0, 'FORCE'];
    const content = Buffer.from(bytes).toString('base64');
    const parameters = [`${name}.nzb`, content, category, ...place, ...duplicates, []];
    const id = await this.#ask('append', parameters, signal);
    if (typeof id !== 'number' || id <= 0) throw this.#api.failure('debrid.usenet-failed');
    return String(id);
  }

  async remove({ id, isOver }: NewsJob, signal: CancelSignal): Promise<void> {
    const command = isOver ? 'HistoryFinalDelete' : 'GroupFinalDelete';
    const isDone = await this.#ask('editqueue', [command, '', [Number(id)]], signal);
    if (isDone !== true) throw this.#api.failure('debrid.not-found');
  }

  async #ask(
    method: string,
    params: readonly JsonValue[],
    signal: CancelSignal,
  ): Promise<JsonValue | undefined> {
    const answer = await this.#api.object({
      path: '/jsonrpc',
      json: { method, params, id: 1 },
      headers: { authorization: this.#authorization },
      signal,
    });
    return answer['result'];
  }
}

function queueJob(group: JsonObject): NewsJob {
  const sizeBytes = bytesOfMegabytes(group['FileSizeMB']);
  const leftBytes = bytesOfMegabytes(group['RemainingSizeMB']);
  return {
    id: idOf(group['NZBID']),
    name: textOf(group['NZBName']),
    category: textOf(group['Category']),
    state: WAITING.has(textOf(group['Status'])) ? 'queued' : 'downloading',
    progress: sizeBytes === 0 ? 0 : 1 - leftBytes / sizeBytes,
    sizeBytes,
    addedAtS: 0,
    endedAtS: 0,
    storage: '',
    isOver: false,
  };
}

function historyJob(row: JsonObject): NewsJob {
  const [outcome = ''] = textOf(row['Status']).split('/');
  const state: TransferState = outcome === 'SUCCESS' || outcome === 'WARNING' ? 'ready' : 'failed';
  return {
    id: idOf(row['NZBID']),
    name: textOf(row['Name']),
    category: textOf(row['Category']),
    state,
    progress: 1,
    sizeBytes: bytesOfMegabytes(row['FileSizeMB']),
    addedAtS: countOf(row['HistoryTime']) ?? 0,
    endedAtS: countOf(row['HistoryTime']) ?? 0,
    storage: textOf(row['FinalDir']) || textOf(row['DestDir']),
    isOver: true,
  };
}
