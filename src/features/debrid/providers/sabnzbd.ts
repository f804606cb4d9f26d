/** SABnzbd, and NzbDAV, which speaks the same API and is its own WebDAV share. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { countOf, objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type { DebridAccount, TransferState } from '../contract.ts';
import { openPersonal, type DebridTools } from '../open-service.ts';
import { ServiceApi, type ApiRequest, type UploadedFile } from '../service-api.ts';
import {
  bytesOfMegabytes,
  NEARLY,
  NewsClientAccount,
  type NewsClient,
  type NewsJob,
  type NzbFile,
} from './news-client.ts';
import { openShare } from './own-share.ts';

type Parameters = Readonly<Record<string, string>>;

const ROWS_MAX = '1000';
/** Of the queue; all others wait. */
const DOWNLOADING: ReadonlySet<string> = new Set(['Downloading', 'Fetching', 'Checking']);
/** Of the history; all others are still being unpacked, repaired, moved. */
const OVER: Readonly<Record<string, TransferState>> = { Completed: 'ready', Failed: 'failed' };

export function sabnzbdAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new NewsClientAccount({
    entry,
    client: new SabnzbdClient(entry, 'sbc', tools),
    share: openShare(entry, 'sbc', ['/'], tools),
    category: entry.text('sbc.cat'),
  });
}

export function nzbDavAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new NewsClientAccount({
    entry,
    client: new SabnzbdClient(entry, 'ndc', tools),
    share: openShare(entry, 'ndc', ['/content', '/'], tools, entry.text('ndc.u')),
    category: entry.text('ndc.cat'),
  });
}

class SabnzbdClient implements NewsClient {
  readonly #api: ServiceApi;
  readonly #apiKey: string;
  /** It reads the address alone, and the key in a header, too. */
  readonly #isNzbDav: boolean;

  constructor(entry: ServiceEntry, prefix: string, tools: DebridTools) {
    const base = entry.text(`${prefix}.u`).replace(/\/+(?:api\/*)?$/, '');
    const { service, name } = entry.service;
    this.#apiKey = entry.text(`${prefix}.ak`);
    this.#isNzbDav = service === 'nzbdav';
    this.#api = new ServiceApi({
      service,
      name,
      base,
      upstream: openPersonal(service, base, entry.accountKey, tools),
      failureIn: ({ status, error }) =>
        status === false && textOf(error) !== '' ? saidBy(textOf(error)) : null,
    });
  }

  /** `version` alone needs no key. */
  async verify(signal: CancelSignal): Promise<string> {
    await this.#ask({ mode: 'queue', limit: '1' }, signal);
    const version = textOf((await this.#ask({ mode: 'version' }, signal))['version']);
    if (!/^[\w. +-]{1,40}$/.test(version)) throw this.#api.badAnswer('no version');
    return version;
  }

  async jobs(signal: CancelSignal): Promise<readonly NewsJob[]> {
    const limits = { start: '0', limit: ROWS_MAX };
    const [queue, history] = await Promise.all([
      this.#slots('queue', limits, signal),
      this.#slots('history', limits, signal),
    ]);
    return [...queue.map(queueJob), ...history.map(historyJob)].filter(({ id }) => id !== '');
  }

  async add({ name, bytes }: NzbFile, category: string, signal: CancelSignal): Promise<string> {
    const cat = category === '' ? {} : { cat: category };
    const file = { field: 'name', name: `${name}.nzb`, type: 'application/x-nzb', bytes };
    const { nzo_ids: ids } = await this.#ask(
      { mode: 'addfile', nzbname: name, ...cat },
      signal,
      file,
    );
    const [id] = Array.isArray(ids) ? ids : [];
    if (typeof id !== 'string' || id === '') throw this.#api.failure('debrid.usenet-failed');
    return id;
  }

  async remove({ id, isOver }: NewsJob, signal: CancelSignal): Promise<void> {
    const mode = isOver ? 'history' : 'queue';
    const request = { mode, name: 'delete', value: id, del_files: '1', del_completed_files: '1' };
    await this.#ask(request, signal);
  }

  async #slots(mode: 'queue' | 'history', query: Parameters, signal: CancelSignal) {
    const answer = await this.#ask({ mode, ...query }, signal);
    const { slots } = objectOf(answer[mode]);
    if (!Array.isArray(slots)) throw this.#api.badAnswer('no slots');
    return objectsOf(slots);
  }

  #ask(parameters: Parameters, signal: CancelSignal, file?: UploadedFile): Promise<JsonObject> {
    const all = { ...parameters, output: 'json' };
    const request: Pick<ApiRequest, 'query' | 'form' | 'headers'> = this.#isNzbDav
      ? // By POST, for what is added must not be repeated.
        { query: all, form: {}, headers: { 'x-api-key': this.#apiKey } }
      : { form: { ...all, apikey: this.#apiKey } };
    const upload = file === undefined ? {} : { file };
    return this.#api.object({ path: '/api', ...request, ...upload, signal });
  }
}

function saidBy(error: string) {
  const isKey = /api key/i.test(error);
  return { code: '', failure: isKey ? 'debrid.bad-token' : 'debrid.refused-call' } as const;
}

function queueJob(slot: JsonObject): NewsJob {
  const megabytes = bytesOfMegabytes(slot['mb']);
  return {
    id: textOf(slot['nzo_id']),
    name: textOf(slot['filename']),
    category: textOf(slot['cat']),
    state: DOWNLOADING.has(textOf(slot['status'])) ? 'downloading' : 'queued',
    progress: Number(slot['percentage']) / 100,
    sizeBytes: megabytes,
    addedAtS: countOf(slot['time_added']) ?? 0,
    endedAtS: 0,
    storage: '',
    isOver: false,
  };
}

function historyJob(slot: JsonObject): NewsJob {
  return {
    id: textOf(slot['nzo_id']),
    name: textOf(slot['name']) || textOf(slot['nzb_name']),
    category: textOf(slot['category']),
    state: OVER[textOf(slot['status'])] ?? 'downloading',
    progress: NEARLY,
    sizeBytes: countOf(slot['bytes']) ?? 0,
    addedAtS: countOf(slot['time_added']) ?? countOf(slot['completed']) ?? 0,
    endedAtS: countOf(slot['completed']) ?? 0,
    storage: textOf(slot['storage']),
    isOver: true,
  };
}
