/** Premiumize: what its cache has plays without being added (`directdl`); the rest becomes a transfer of the account first. */
import { AppError } from '../../../lib/errors.ts';
import { countOf, idOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject } from '../../../lib/json/json-value.ts';
import { formatMagnet, parseMagnet } from '../../../lib/torrent/magnet.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DeviceLogin,
  DirectLink,
  Transfer,
  TransferState,
  Wanted,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { packedAccessToken } from '../packed-token.ts';
import { saidInSentence } from '../sentences.ts';
import { ServiceApi, type ApiRequest } from '../service-api.ts';
import { fileOf, torrentTransfer, transferFields, TRANSFERS_MAX } from '../transfers.ts';

const STATES: Readonly<Record<string, TransferState>> = {
  finished: 'ready',
  seeding: 'ready',
  running: 'downloading',
  waiting: 'queued',
  queued: 'queued',
  error: 'failed',
  timeout: 'failed',
  banned: 'failed',
  deleted: 'failed',
};
const CHECK_MAX = 80;
const TOKEN_PATH = '/token';

export function premiumizeAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new PremiumizeAccount(entry, tools);
}

class PremiumizeAccount implements DebridAccount {
  readonly service = 'premiumize';
  readonly checkMax = CHECK_MAX;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;
  readonly #credential: PremiumizeCredential;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    this.#entry = entry;
    this.#credential = credentialOf(entry.text('tk'));
    this.#api = premiumizeApi(entry.accountKey, tools);
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const answer = await this.#ask('/account/info', {}, call);
    const user = idOf(answer['customer_id']);
    if (user === '') throw this.#api.badAnswer('no account');
    const untilMs = (countOf(answer['premium_until']) ?? 0) * 1000;
    return {
      user,
      isPremium: untilMs > Date.now(),
      premiumUntilMs: untilMs === 0 ? null : untilMs,
    };
  }

  readonly checkCached = async (
    infohashes: readonly string[],
    call: DebridCall,
  ): Promise<ReadonlySet<string>> => {
    const form = new URLSearchParams(
      infohashes.map((infohash): [string, string] => ['items[]', infohash]),
    );
    const { response } = await this.#ask('/cache/check', form, call);
    if (!Array.isArray(response) || response.length !== infohashes.length)
      throw this.#api.badAnswer('not one result for each torrent');
    return new Set(infohashes.filter((_, index) => response[index] === true));
  };

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const { transfers } = await this.#ask('/transfer/list', {}, call);
    return objectsOf(transfers)
      .slice(0, TRANSFERS_MAX)
      .map((row) => transferOf(row))
      .filter((transfer) => transfer !== null);
  }

  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const { infohash, name } = wanted;
    if (await this.#isCached(infohash, call)) return this.#cached({ infohash, name }, call);
    const all = (await this.list(call)).filter((transfer) => transfer.infohash === infohash);
    const found = all.find(({ state }) => state !== 'failed');
    if (found !== undefined) return found;
    // They have fetched nothing, and would become one more with each play.
    for (const { id } of all) await this.remove(id, call);
    const src = formatMagnet(wanted);
    const { id } = await this.#ask('/transfer/create', { src }, call);
    const added = torrentTransfer({ id, infohash, name, state: 'queued' });
    if (added === null) throw this.#api.badAnswer('no id for a transfer');
    return added;
  }

  /** What is finished is in its cache: the files come from there. */
  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    if (transfer.id === '') return this.#cached(transfer, call);
    const present = (await this.list(call)).find(({ id }) => id === transfer.id);
    if (present === undefined) throw this.#api.failure('debrid.not-found');
    if (present.state !== 'ready') return present;
    const { files } = await this.#cached(present, call);
    return { ...present, files };
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
    await this.#ask('/transfer/delete', { id: transferId }, call);
  }

  async #isCached(infohash: string, call: DebridCall): Promise<boolean> {
    return (await this.checkCached([infohash], call)).has(infohash);
  }

  async #cached(
    { infohash, name }: Pick<Transfer, 'infohash' | 'name'>,
    call: DebridCall,
  ): Promise<Transfer> {
    const src = formatMagnet({ infohash, name, trackers: [] });
    const { content } = await this.#ask('/transfer/directdl', { src }, call);
    const files = objectsOf(content)
      .map((row, index) => contentFile(row, index))
      .filter((file) => file !== null);
    const size = files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
    const fields = transferFields({ name, state: 'ready', size, files });
    return { kind: 'torrent', id: '', infohash, ...fields };
  }

  /** Everything by POST: keys stand in no address. */
  #ask(
    path: string,
    form: NonNullable<ApiRequest['form']>,
    { signal }: DebridCall,
  ): Promise<JsonObject> {
    const { apiKey, bearer } = this.#credential;
    const fields = new URLSearchParams(form);
    if (apiKey !== null) fields.set('apikey', apiKey);
    return this.#api.object({
      path: `/api${path}`,
      form: fields,
      headers: bearer === null ? {} : { authorization: `Bearer ${bearer}` },
      signal,
    });
  }
}

/** @param account who pays for the calls */
function premiumizeApi(account: string, tools: DebridTools): ServiceApi {
  const base = tools.config.PREMIUMIZE_URL;
  return new ServiceApi({
    service: 'premiumize',
    name: 'Premiumize',
    base,
    upstream: openHosted('premiumize', base, account, tools),
    // Its OAuth answers have codes, and no `status`.
    failureIn: ({ status, message, error }) => {
      if (status === 'error') return saidInSentence(textOf(message));
      return typeof error === 'string' ? { code: error } : null;
    },
  });
}

/** Null without a client id: Premiumize gives one to everybody who runs a server, and has none for all. */
export function premiumizeLogin(tools: DebridTools): DeviceLogin | null {
  const clientId = tools.config.PREMIUMIZE_CLIENT_ID;
  if (clientId === null) return null;
  const api = premiumizeApi('login', tools);
  return {
    async start({ signal }) {
      const form = { client_id: clientId, response_type: 'device_code' };
      const answer = await api.object({ path: TOKEN_PATH, form, signal });
      const verifyUrl = textOf(answer['verification_uri']);
      if (!/^https?:/.test(verifyUrl)) throw api.badAnswer('no address for a login');
      return {
        userCode: textOf(answer['user_code']),
        verifyUrl,
        deviceCode: textOf(answer['device_code']),
        expiresAtMs: Date.now() + (countOf(answer['expires_in']) ?? 600) * 1000,
        pollEveryS: countOf(answer['interval']) ?? 5,
      };
    },
    async poll(deviceCode, { signal }) {
      const form = { client_id: clientId, code: deviceCode, grant_type: 'device_code' };
      try {
        const answer = await api.object({ path: TOKEN_PATH, form, signal });
        const token = textOf(answer['access_token']);
        if (token === '') throw api.badAnswer('no token after a login');
        return Buffer.from(JSON.stringify({ access_token: token })).toString('base64url');
      } catch (error) {
        if (error instanceof AppError && error.code === 'debrid.login-pending') return null;
        throw error;
      }
    },
  };
}

interface PremiumizeCredential {
  readonly apiKey: string | null;
  readonly bearer: string | null;
}

/** `tk` is an API key, or base64 of `{"access_token": …}` as OAuth gave it. */
function credentialOf(token: string): PremiumizeCredential {
  const bearer = packedAccessToken(token);
  return bearer === null ? { apiKey: token, bearer } : { apiKey: null, bearer };
}

/** `finished` stands beside a progress of 0; the torrent is that of the magnet link that was added. */
function transferOf(row: JsonObject): Transfer | null {
  return torrentTransfer({
    id: row['id'],
    infohash: parseMagnet(textOf(row['src']))?.infohash ?? '',
    name: row['name'],
    state: STATES[textOf(row['status'])] ?? 'queued',
    progress: Number(row['progress']),
  });
}

/** Files have no ids; they always come in the same order. `link` is the file itself, `stream_link` may be another one. */
function contentFile(row: JsonObject, index: number): DebridFile | null {
  const locator = textOf(row['link']) || textOf(row['stream_link']);
  return fileOf({ id: String(index), path: row['path'], size: row['size'], locator });
}
