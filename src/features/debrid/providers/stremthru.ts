/** StremThru, which asks other services in their stead, and Torrin, which speaks the same protocol for itself. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import { isJsonObject, type JsonObject } from '../../../lib/json/json-value.ts';
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
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import type { DebridErrorCode } from '../failures.ts';
import { openHosted, openPersonal, type DebridTools } from '../open-service.ts';
import { ServiceApi, type ApiRequest, type SaidFailure } from '../service-api.ts';
import { fileOf, secondsOf, torrentTransfer, TRANSFERS_MAX } from '../transfers.ts';

const API = '/v0/store';
/** In one address of at most 4096 characters. */
const CHECK_MAX = 40;
/** The most that it gives. */
const PAGE_ROWS = 500;
/** What a token may have before a colon; anything else there is the name of a login. */
const STORES: ReadonlySet<string> = new Set([
  'alldebrid',
  'debrider',
  'debridlink',
  'easydebrid',
  'offcloud',
  'pikpak',
  'premiumize',
  'realdebrid',
  'seedr',
  'torbox',
  'torrin',
]);

const STATES: Readonly<Record<string, TransferState>> = {
  cached: 'ready',
  downloaded: 'ready',
  downloading: 'downloading',
  processing: 'downloading',
  uploading: 'downloading',
  queued: 'queued',
  failed: 'failed',
  invalid: 'failed',
};

/** Whom it is asked as. */
interface StoreLogin {
  /** Of the user's own server; empty: the operator's. */
  readonly address: string;
  readonly headers: Readonly<Record<string, string>>;
}

export function stremThruAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new StoreAccount(entry, tools, stremThruLogin(entry), tools.config.STREMTHRU_URL);
}

export function torrinAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  const token = entry.text('tk');
  const login = {
    address: entry.text('u'),
    headers: { authorization: `Bearer ${token}` },
  };
  return new StoreAccount(entry, tools, login, tools.config.TORRIN_URL);
}

class StoreAccount implements DebridAccount {
  readonly service: string;
  readonly checkMax = CHECK_MAX;
  readonly #entry: ServiceEntry;
  readonly #login: StoreLogin;
  readonly #api: ServiceApi;

  constructor(entry: ServiceEntry, tools: DebridTools, login: StoreLogin, hostedBase: string) {
    const { service, name } = entry.service;
    this.service = service;
    this.#entry = entry;
    this.#login = login;
    const base = addressOf(login.address, name) || hostedBase;
    const open = base === hostedBase ? openHosted : openPersonal;
    this.#api = new ServiceApi({
      service: 'stremthru',
      name,
      base: `${base}${API}`,
      upstream: open(service, base, entry.accountKey, tools),
      failureIn: ({ error }) => (isJsonObject(error) ? saidBy(error) : null),
    });
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const user = await this.#data({ path: '/user' }, call);
    const name = textOf(user['email']) || textOf(user['id']);
    if (name === '') throw this.#api.badAnswer('no account');
    const isPremium = ['premium', 'trial'].includes(textOf(user['subscription_status']));
    return { user: name, isPremium, premiumUntilMs: null };
  }

  readonly checkCached = async (
    infohashes: readonly string[],
    call: DebridCall,
  ): Promise<ReadonlySet<string>> => {
    const query = new URLSearchParams(
      infohashes.map((infohash): [string, string] => ['magnet', `magnet:?xt=urn:btih:${infohash}`]),
    );
    const { items } = await this.#data({ path: '/magnets/check', query }, call);
    if (!Array.isArray(items)) throw this.#api.badAnswer('no list of torrents');
    const cached = new Set(
      objectsOf(items)
        .filter(({ status }) => status === 'cached')
        .map(({ hash }) => textOf(hash).toLowerCase()),
    );
    return new Set(infohashes.filter((infohash) => cached.has(infohash)));
  };

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const transfers: Transfer[] = [];
    for (let offset = 0; offset < TRANSFERS_MAX; offset += PAGE_ROWS) {
      const query = { limit: String(PAGE_ROWS), offset: String(offset) };
      const { items } = await this.#data({ path: '/magnets', query }, call);
      const rows = objectsOf(items);
      transfers.push(...rows.map((row) => transferOf(row)).filter((one) => one !== null));
      if (rows.length < PAGE_ROWS) break;
    }
    return transfers.toSorted((a, b) => b.addedAtS - a.addedAtS);
  }

  /** One that it has already is given back by what adds it. One that failed has nothing that could be lost. */
  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    const opened = await this.#add(wanted, call);
    if (opened.state !== 'failed') return opened;
    await this.remove(opened.id, call);
    return this.#add(wanted, call);
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const path = `/magnets/${encodeURIComponent(transfer.id)}`;
    return this.#transferOf(await this.#data({ path, query: viewerOf(call) }, call));
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    const locator = file.locator || (await this.#locator(transfer, file, call));
    const query = viewerOf(call);
    const request = { path: '/link/generate', query, json: { link: locator } };
    return directLink((await this.#data(request, call))['link'], this.#entry);
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    const path = `/magnets/${encodeURIComponent(transferId)}`;
    await this.#data({ method: 'DELETE', path }, call);
  }

  async #add(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const json = { magnet: formatMagnet(wanted) };
    const data = await this.#data({ path: '/magnets', query: viewerOf(call), json }, call);
    return this.#transferOf({ ...data, name: textOf(data['name']) || wanted.name });
  }

  async #locator(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<string> {
    const { files, state } = await this.refresh(transfer, call);
    if (state !== 'ready') throw this.#api.failure('debrid.downloading');
    const locator = files.find(({ id }) => id === file.id)?.locator ?? '';
    if (locator === '') throw this.#api.failure('debrid.not-downloaded');
    return locator;
  }

  #transferOf(data: JsonObject): Transfer {
    const transfer = transferOf(data);
    if (transfer === null) throw this.#api.badAnswer('a torrent without id or hash');
    return transfer;
  }

  async #data(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonObject> {
    const { headers } = this.#login;
    const { data } = await this.#api.object({ ...request, headers, signal });
    if (!isJsonObject(data)) throw this.#api.badAnswer('an answer without data');
    return data;
  }
}

/** `tk` is `store:token`, a token beside the name of a store, or the login of a user of StremThru; an address may precede it. */
function stremThruLogin(entry: ServiceEntry): StoreLogin {
  const [, before = '', token = ''] = /^(?:(https?:[^|]+)\|)?(.*)$/s.exec(entry.text('tk')) ?? [];
  const address = entry.text('u') || before;
  const [, prefix = '', rest = ''] = /^([a-z]+):(.+)$/s.exec(token) ?? [];
  const isOfStore = STORES.has(prefix);
  const store = entry.text('stsn') || (isOfStore ? prefix : '');
  const storeToken = isOfStore && prefix === store ? rest : token;
  if (store === '') {
    const basic = token.includes(':') ? Buffer.from(token).toString('base64') : token;
    return { address, headers: { 'x-stremthru-authorization': `Basic ${basic}` } };
  }
  return {
    address,
    headers: {
      'x-stremthru-store-name': store,
      'x-stremthru-store-authorization': `Bearer ${storeToken}`,
    },
  };
}

/** Without a slash at the end; empty where there is none. */
function addressOf(address: string, name: string): string {
  if (address === '') return '';
  if (!/^https?:\/\/[^?#]+$/i.test(address) || !URL.canParse(address))
    throw new AppError('debrid.no-credentials', `${name} needs: Address (http:// or https://)`);
  return address.replace(/\/+$/, '');
}

/**
 * `upstream_error` is of the service behind it, whatever its status: no failure of StremThru. Wrong logins are a missing store;
 * a store that it does not know is a 500 without a type.
 */
function saidBy({ type, code, message }: JsonObject): SaidFailure {
  const said = { code: textOf(code) };
  const failure = failureBeside(textOf(type), said.code, textOf(message));
  return failure === undefined ? said : { ...said, failure };
}

function failureBeside(type: string, code: string, message: string): DebridErrorCode | undefined {
  if (type === 'upstream_error' && OF_THE_STORE.has(code)) return 'debrid.failed';
  if (code === 'BAD_REQUEST' && /missing store/i.test(message)) return 'debrid.bad-token';
  if (type === '' && /invalid store/i.test(message)) return 'debrid.bad-login';
  return undefined;
}

/** Codes that say only that the service behind it cannot be reached, or fails oddly. */
const OF_THE_STORE: ReadonlySet<string> = new Set([
  '',
  'UNKNOWN',
  'INTERNAL_SERVER_ERROR',
  'BAD_GATEWAY',
  'SERVICE_UNAVAILABLE',
]);

function viewerOf({ viewerIp }: DebridCall): Readonly<Record<string, string>> {
  return viewerIp === '' ? {} : { client_ip: viewerIp };
}

/** Files have an index of -1 where the service has no order of its own: their paths tell them apart. */
function transferOf(row: JsonObject): Transfer | null {
  return torrentTransfer({
    id: row['id'],
    infohash: row['hash'],
    name: row['name'],
    state: STATES[textOf(row['status'])] ?? 'queued',
    failure: 'debrid.torrent-failed',
    size: countOf(row['size']) ?? 0,
    addedAtS: secondsOf(row['added_at']),
    files: objectsOf(row['files'])
      .map((file) => {
        const { path, name, size, link } = objectOf(file);
        const ownPath = textOf(path) || textOf(name);
        return fileOf({ id: ownPath, path: ownPath, size, locator: link });
      })
      .filter((file) => file !== null),
  });
}
