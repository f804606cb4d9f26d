/** Debrider: what its cache has plays without being added, Usenet posts too; the rest becomes a task of the account. */
import { AppError } from '../../../lib/errors.ts';
import { objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
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
  WantedNzb,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { saidInSentence } from '../sentences.ts';
import { ServiceApi, type ApiRequest } from '../service-api.ts';
import {
  fileOf,
  secondsOf,
  soonest,
  torrentTransfer,
  transferFields,
  TRANSFERS_MAX,
} from '../transfers.ts';

const API = '/api/v1';
const CHECK_MAX = 50;
const PAID: ReadonlySet<string> = new Set(['active', 'trialing']);

const STATES: Readonly<Record<string, TransferState>> = {
  parsing: 'queued',
  downloading: 'downloading',
  completed: 'ready',
  error: 'failed',
};

export function debriderAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new DebriderAccount(entry, tools);
}

class DebriderAccount implements DebridAccount {
  readonly service = 'debrider';
  readonly checkMax = CHECK_MAX;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    const base = tools.config.DEBRIDER_URL;
    this.#entry = entry;
    this.#api = new ServiceApi({
      service: 'debrider',
      name: 'Debrider',
      base: `${base}${API}`,
      upstream: openHosted('debrider', base, entry.accountKey, tools),
      failureIn: ({ error, message }, status) => {
        const sentence = textOf(error) || (status >= 400 ? textOf(message) : '');
        return sentence === '' ? null : saidInSentence(sentence);
      },
    });
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const { id, email, subscription } = await this.#object({ path: '/account' }, call);
    const user = textOf(email) || textOf(id);
    if (user === '') throw this.#api.badAnswer('no account');
    const { status } = objectOf(subscription);
    return { user, isPremium: PAID.has(textOf(status)), premiumUntilMs: null };
  }

  readonly checkCached = async (
    infohashes: readonly string[],
    call: DebridCall,
  ): Promise<ReadonlySet<string>> => {
    const data = infohashes.map((infohash) => magnetOf({ infohash, name: '' }));
    const { result } = await this.#object({ path: '/link/lookup', json: { data } }, call);
    const rows = objectsOf(result);
    if (rows.length !== infohashes.length)
      throw this.#api.badAnswer('not one result for each torrent');
    return new Set(infohashes.filter((_, index) => rows[index]?.['cached'] === true));
  };

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const tasks = await this.#call({ path: '/tasks' }, call);
    if (!Array.isArray(tasks)) throw this.#api.badAnswer('no list of tasks');
    return objectsOf(tasks)
      .map((task) => taskTransfer(task))
      .filter((transfer) => transfer !== null)
      .toSorted((a, b) => b.addedAtS - a.addedAtS)
      .slice(0, TRANSFERS_MAX);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind === 'nzb') return this.#usenet(wanted, call);
    const { infohash, name } = wanted;
    if (await this.#isCached(infohash, call)) return this.#generated({ infohash, name }, call);
    const all = (await this.list(call)).filter((transfer) => transfer.infohash === infohash);
    const found = soonest(all);
    if (found !== undefined && found.state !== 'failed') return this.refresh(found, call);
    // They have fetched nothing, and would become one more with each play.
    for (const { id } of all) await this.remove(id, call);
    const json = { type: 'magnet', data: formatMagnet(wanted) };
    const task = objectOf((await this.#object({ path: '/tasks', json }, call))['data']);
    const added =
      taskTransfer(task) ?? torrentTransfer({ id: task['id'], infohash, name, state: 'queued' });
    if (added === null) throw this.#api.badAnswer('no id for a task');
    return added;
  }

  /** Of what it plays without a task, only a torrent can be found again. */
  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    if (transfer.kind === 'nzb') throw this.#api.failure('debrid.not-found');
    if (transfer.id === '') return this.#generated(transfer, call);
    const path = `/tasks/${encodeURIComponent(transfer.id)}`;
    const present = taskTransfer(await this.#object({ path }, call));
    if (present === null) throw this.#api.badAnswer('a task without id or hash');
    return present;
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    if (file.locator !== '') return directLink(file.locator, this.#entry);
    const { state, files } = await this.refresh(transfer, call);
    if (state !== 'ready') throw this.#api.failure('debrid.downloading');
    const locator = files.find(({ id }) => id === file.id)?.locator ?? '';
    if (locator === '') throw this.#api.failure('debrid.not-downloaded');
    return directLink(locator, this.#entry);
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    const path = `/tasks/${encodeURIComponent(transferId)}`;
    await this.#call({ method: 'DELETE', path }, call);
  }

  async #isCached(infohash: string, call: DebridCall): Promise<boolean> {
    return (await this.checkCached([infohash], call)).has(infohash);
  }

  async #generated(
    { infohash, name }: Pick<Transfer, 'infohash' | 'name'>,
    call: DebridCall,
  ): Promise<Transfer> {
    const fields = await this.#filesOf(magnetOf({ infohash, name }), name, call);
    return { kind: 'torrent', id: '', infohash, ...fields };
  }

  async #usenet({ url, name }: WantedNzb, call: DebridCall): Promise<Transfer> {
    try {
      return { kind: 'nzb', id: '', infohash: '', ...(await this.#filesOf(url, name, call)) };
    } catch (error) {
      const isAboutTorrents = error instanceof AppError && error.code === 'debrid.add-failed';
      throw isAboutTorrents ? this.#api.failure('debrid.usenet-failed') : error;
    }
  }

  async #filesOf(link: string, name: string, call: DebridCall) {
    const answer = await this.#object({ path: '/link/generate', json: { data: link } }, call);
    const files = filesIn(answer['files']);
    if (files.length === 0) throw this.#api.badAnswer('no files of what it has cached');
    const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    return transferFields({ name, state: 'ready', size, files });
  }

  #call(request: Omit<ApiRequest, 'signal'>, call: DebridCall): Promise<JsonValue> {
    return this.#api.call({ ...request, ...this.#identity(call) });
  }

  #object(request: Omit<ApiRequest, 'signal'>, call: DebridCall): Promise<JsonObject> {
    return this.#api.object({ ...request, ...this.#identity(call) });
  }

  #identity({ signal, viewerIp }: DebridCall): Pick<ApiRequest, 'headers' | 'signal'> {
    const headers = {
      authorization: `Bearer ${this.#entry.text('tk')}`,
      ...(viewerIp !== '' && { 'x-forwarded-for': viewerIp }),
    };
    return { headers, signal };
  }
}

function magnetOf(torrent: Pick<Transfer, 'infohash' | 'name'>): string {
  return formatMagnet({ ...torrent, trackers: [] });
}

/** Names are paths, and the only thing that tells files apart. */
function filesIn(files: JsonValue | undefined): readonly DebridFile[] {
  return objectsOf(files)
    .map(({ name, size, download_link: locator }) =>
      fileOf({ id: name, path: name, size, locator }),
    )
    .filter((file) => file !== null);
}

function taskTransfer(task: JsonObject): Transfer | null {
  return torrentTransfer({
    id: task['id'],
    infohash: task['hash'],
    name: task['name'],
    state: STATES[textOf(task['status'])] ?? 'queued',
    failure: 'debrid.torrent-failed',
    progress: Number(task['progress']) / 100,
    size: task['size'],
    addedAtS: secondsOf(task['addedDate']),
    files: filesIn(task['files']),
  });
}
