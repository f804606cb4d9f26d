/** AllDebrid (v4 and v4.1): magnets of the account, their files as a tree, links that are unlocked one by one. */
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
  DeviceLogin,
  DirectLink,
  Transfer,
  TransferFailure,
  TransferState,
  Wanted,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { ServiceApi, type ApiRequest } from '../service-api.ts';
import { fileOf, FILES_MAX, torrentTransfer, TRANSFERS_MAX } from '../transfers.ts';

const AGENT = 'sluice';
const READY = 4;
/** Nobody has it: the download timed out, took days, or found no peers. */
const NOBODY_HAS_IT: ReadonlySet<number> = new Set([7, 10, 14, 15]);
const DELAYED_READY = 2;

export function allDebridAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new AllDebridAccount(entry, allDebridApi(entry.accountKey, tools));
}

class AllDebridAccount implements DebridAccount {
  readonly service = 'alldebrid';
  /** Its question (`magnet/instant`) was taken away. */
  readonly checkCached = null;
  readonly checkMax = 0;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;

  constructor(entry: ServiceEntry, api: ServiceApi) {
    this.#entry = entry;
    this.#api = api;
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const { user } = await this.#data({ path: '/v4/user' }, call);
    const { username, isPremium, premiumUntil } = objectOf(user);
    if (textOf(username) === '') throw this.#api.badAnswer('no account');
    const untilS = countOf(premiumUntil) ?? 0;
    return {
      user: textOf(username),
      isPremium: isPremium === true,
      premiumUntilMs: untilS === 0 ? null : untilS * 1000,
    };
  }

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const { magnets } = await this.#data({ path: '/v4.1/magnet/status' }, call);
    return magnetsIn(magnets)
      .slice(0, TRANSFERS_MAX)
      .map((magnet) => transferOf(magnet, []))
      .filter((transfer) => transfer !== null)
      .toSorted((a, b) => b.addedAtS - a.addedAtS);
  }

  /** One that it has already is given back by what adds it. */
  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const form = { 'magnets[]': formatMagnet(wanted) };
    const { magnets } = await this.#data({ path: '/v4/magnet/upload', form }, call);
    const [added] = magnetsIn(magnets);
    const error = objectOf(added?.['error']);
    if (textOf(error['code']) !== '') throw this.#api.saidFailure({ code: textOf(error['code']) });
    const { infohash, name } = wanted;
    const transfer = torrentTransfer({ id: added?.['id'], infohash, name, state: 'queued' });
    if (transfer === null) throw this.#api.badAnswer('no id for a magnet');
    const present = await this.refresh(transfer, call);
    return present.state === 'failed' ? this.#restart(present, call) : present;
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const form = { id: transfer.id };
    const { magnets } = await this.#data({ path: '/v4.1/magnet/status', form }, call);
    const magnet = magnetsIn(magnets).find(({ id }) => idOf(id) === transfer.id);
    if (magnet === undefined) throw this.#api.failure('debrid.not-found');
    const isReady = magnet['statusCode'] === READY;
    const present = transferOf(magnet, isReady ? await this.#files(transfer.id, call) : []);
    if (present === null) throw this.#api.badAnswer('a magnet without id or hash');
    return present;
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const link = file.locator || (await this.#locator(transfer, file, call));
    const answer = await this.#data({ path: '/v4/link/unlock', form: { link } }, call);
    const id = idOf(answer['delayed']);
    const unlocked =
      id === '' ? answer : await this.#data({ path: '/v4/link/delayed', form: { id } }, call);
    if (id !== '' && unlocked['status'] !== DELAYED_READY)
      throw this.#api.failure('debrid.downloading');
    return directLink(unlocked['link'], this.#entry);
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    await this.#data({ path: '/v4/magnet/delete', form: { id: transferId } }, call);
  }

  /** Of what failed; one that it has begun again meanwhile is well. */
  async #restart(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    try {
      await this.#data({ path: '/v4/magnet/restart', form: { id: transfer.id } }, call);
    } catch (error) {
      if (!(error instanceof AppError) || error.code !== 'debrid.downloading') throw error;
    }
    return this.refresh(transfer, call);
  }

  async #locator(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<string> {
    const { state, files } = await this.refresh(transfer, call);
    if (state !== 'ready') throw this.#api.failure('debrid.downloading');
    const locator = files.find(({ id }) => id === file.id)?.locator ?? '';
    if (locator === '') throw this.#api.failure('debrid.not-downloaded');
    return locator;
  }

  async #files(id: string, call: DebridCall): Promise<readonly DebridFile[]> {
    const { magnets } = await this.#data({ path: '/v4/magnet/files', form: { 'id[]': id } }, call);
    const magnet = magnetsIn(magnets).find((one) => idOf(one['id']) === id);
    return filesOf(objectsOf(magnet?.['files']));
  }

  async #data(
    request: Pick<ApiRequest, 'path' | 'form'>,
    { signal, viewerIp }: DebridCall,
  ): Promise<JsonObject> {
    const answer = await this.#api.object({
      ...request,
      query: { agent: AGENT, ...(viewerIp !== '' && { ip: viewerIp }) },
      headers: { authorization: `Bearer ${this.#entry.text('tk')}` },
      signal,
    });
    return dataOf(answer, this.#api);
  }
}

/** @param account who pays for the calls */
function allDebridApi(account: string, tools: DebridTools): ServiceApi {
  const base = tools.config.ALLDEBRID_URL;
  return new ServiceApi({
    service: 'alldebrid',
    name: 'AllDebrid',
    base,
    upstream: openHosted('alldebrid', base, account, tools),
    failureIn: ({ status, error }) =>
      status === 'error' ? { code: textOf(objectOf(error)['code']) } : null,
  });
}

/** Login by PIN. */
export function allDebridLogin(tools: DebridTools): DeviceLogin {
  const api = allDebridApi('login', tools);
  const query = { agent: AGENT };
  return {
    async start({ signal }) {
      const data = dataOf(await api.object({ path: '/v4.1/pin/get', query, signal }), api);
      const [pin, check] = [textOf(data['pin']), textOf(data['check'])];
      const verifyUrl = textOf(data['user_url']);
      if (pin === '' || check === '' || !/^https?:/.test(verifyUrl))
        throw api.badAnswer('no PIN for a login');
      return {
        userCode: pin,
        verifyUrl,
        deviceCode: `${pin}:${check}`,
        expiresAtMs: Date.now() + (countOf(data['expires_in']) ?? 600) * 1000,
        pollEveryS: 5,
      };
    },
    async poll(deviceCode, { signal }) {
      const [pin = '', check = ''] = deviceCode.split(':');
      const form = { pin, check };
      const data = dataOf(await api.object({ path: '/v4/pin/check', query, form, signal }), api);
      return textOf(data['apikey']) || null;
    },
  };
}

function dataOf({ data }: JsonObject, api: ServiceApi): JsonObject {
  if (!isJsonObject(data)) throw api.badAnswer('an answer without data');
  return data;
}

/** A list, a list as an object with numbers for keys, or one magnet. */
function magnetsIn(magnets: JsonValue | undefined): readonly JsonObject[] {
  if (!isJsonObject(magnets)) return objectsOf(magnets);
  return 'id' in magnets ? [magnets] : objectsOf(Object.values(magnets));
}

function transferOf(magnet: JsonObject, files: readonly DebridFile[]): Transfer | null {
  const code = countOf(magnet['statusCode']) ?? 0;
  const size = countOf(magnet['size']) ?? 0;
  return torrentTransfer({
    id: magnet['id'],
    infohash: magnet['hash'],
    name: magnet['filename'],
    state: stateOf(code),
    failure: failureOf(code),
    progress: size === 0 ? 0 : (countOf(magnet['downloaded']) ?? 0) / size,
    size,
    addedAtS: countOf(magnet['uploadDate']) ?? 0,
    files,
  });
}

/** 0 queued, 1 downloading, 2 unpacking, 3 moving, 4 ready, the others are failures. */
function stateOf(code: number): TransferState {
  if (code > READY) return 'failed';
  return code === READY ? 'ready' : code === 0 ? 'queued' : 'downloading';
}

function failureOf(code: number): TransferFailure {
  return NOBODY_HAS_IT.has(code) ? 'debrid.torrent-failed' : 'debrid.transfer-failed';
}

/** Of a tree (`n` name, `s` size, `l` link, `e` what a folder holds), in its order; that is all that tells files apart. */
function filesOf(roots: readonly JsonObject[]): readonly DebridFile[] {
  const files: DebridFile[] = [];
  const left = roots.map((node) => ({ node, folder: '' })).toReversed();
  for (let next = left.pop(); next !== undefined && files.length < FILES_MAX; next = left.pop()) {
    const { node, folder } = next;
    const path = `${folder}${textOf(node['n'])}`;
    if (Array.isArray(node['e'])) {
      const inside = objectsOf(node['e']).map((child) => ({ node: child, folder: `${path}/` }));
      left.push(...inside.toReversed());
      continue;
    }
    const file = fileOf({ id: String(files.length), path, size: node['s'], locator: node['l'] });
    if (file !== null) files.push(file);
  }
  return files;
}
