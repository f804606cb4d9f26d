/** Debrid-Link (v2): torrents of a seedbox, whose files have links of their own. */
import { countOf, idOf, objectOf, objectsOf, textOf } from '../../../lib/json/json-fields.ts';
import type { JsonObject, JsonValue } from '../../../lib/json/json-value.ts';
import { formatMagnet } from '../../../lib/torrent/magnet.ts';
import type { ServiceEntry } from '../../../lib/user-config/own-services.ts';
import { AppError } from '../../../lib/errors.ts';
import { fixedBearer, renewedBearer, type AccessTokens, type Bearer } from '../access-tokens.ts';
import type {
  AccountInfo,
  DebridAccount,
  DebridCall,
  DebridFile,
  DeviceLogin,
  DirectLink,
  Transfer,
  Wanted,
} from '../contract.ts';
import { directLink } from '../direct-link.ts';
import { openHosted, type DebridTools } from '../open-service.ts';
import { decodedBase64 } from '../packed-token.ts';
import { ServiceApi, type ApiRequest } from '../service-api.ts';
import { fileOf, torrentTransfer, TRANSFERS_MAX } from '../transfers.ts';

const API = '/api/v2';
const TOKEN_PATH = '/api/oauth/token';
/** Of public programs. */
const CLIENT_ID = 'RyrV22FOg30DsxjYPziRKA';
const DEVICE_GRANT = 'http://oauth.net/grant_type/device/1.0';
const LIFETIME_S = 3600;
/** The most that it takes. */
const PAGE_ROWS = 100;
const FREE_ACCOUNT = 0;

export function debridLinkAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  return new DebridLinkAccount(entry, tools);
}

class DebridLinkAccount implements DebridAccount {
  readonly service = 'debridlink';
  /** Its question (`seedbox/cached`) was taken away. */
  readonly checkCached = null;
  readonly checkMax = 0;
  readonly #entry: ServiceEntry;
  readonly #api: ServiceApi;
  readonly #bearer: Bearer;

  constructor(entry: ServiceEntry, tools: DebridTools) {
    this.#entry = entry;
    this.#api = debridLinkApi(entry.accountKey, tools);
    this.#bearer = bearerOf(entry, this.#api, tools.tokens);
  }

  async verify(call: DebridCall): Promise<AccountInfo> {
    const value = objectOf((await this.#ask({ path: '/account/infos' }, call))['value']);
    const leftS = countOf(value['premiumLeft']) ?? 0;
    const user = textOf(value['username']) || textOf(value['email']);
    if (user === '') throw this.#api.badAnswer('no account');
    return {
      user,
      isPremium: (countOf(value['accountType']) ?? FREE_ACCOUNT) !== FREE_ACCOUNT,
      premiumUntilMs: leftS === 0 ? null : Date.now() + leftS * 1000,
    };
  }

  async list(call: DebridCall): Promise<readonly Transfer[]> {
    const transfers: Transfer[] = [];
    let page: number | undefined = 0;
    while (page !== undefined && transfers.length < TRANSFERS_MAX) {
      const query = { page: String(page), perPage: String(PAGE_ROWS) };
      const answer: JsonObject = await this.#ask({ path: '/seedbox/list', query }, call);
      transfers.push(...torrentsIn(answer['value']));
      page = nextPage(answer, page);
    }
    return transfers.toSorted((a, b) => b.addedAtS - a.addedAtS);
  }

  /** One that it has already is given back by what adds it. */
  async open(wanted: Wanted, call: DebridCall): Promise<Transfer> {
    if (wanted.kind !== 'torrent') throw this.#api.failure('debrid.unsupported');
    const json = { url: formatMagnet(wanted), async: true, ...viewerOf(call) };
    const { value } = await this.#ask({ path: '/seedbox/add', json }, call);
    const { infohash, name } = wanted;
    // Before it knows the torrent, it may lack everything but an id.
    const added =
      torrentsIn([objectOf(value)])[0] ??
      torrentTransfer({ id: objectOf(value)['id'], infohash, name, state: 'queued' });
    if (added === null) throw this.#api.badAnswer('no id for a torrent');
    return added;
  }

  async refresh(transfer: Transfer, call: DebridCall): Promise<Transfer> {
    const query = { ids: transfer.id, ...viewerOf(call) };
    const { value } = await this.#ask({ path: '/seedbox/list', query }, call);
    const row = objectsOf(value).find(({ id }) => idOf(id) === transfer.id);
    if (row === undefined) throw this.#api.failure('debrid.not-found');
    return torrentsIn([row])[0] ?? transfer;
  }

  async link(transfer: Transfer, file: DebridFile, call: DebridCall): Promise<DirectLink> {
    if (file.locator !== '') return directLink(file.locator, this.#entry);
    const { files } = await this.refresh(transfer, call);
    const locator = files.find(({ id }) => id === file.id)?.locator ?? '';
    if (locator === '') throw this.#api.failure('debrid.downloading');
    return directLink(locator, this.#entry);
  }

  async remove(transferId: string, call: DebridCall): Promise<void> {
    const path = `/seedbox/${encodeURIComponent(transferId)}/remove`;
    await this.#ask({ method: 'DELETE', path }, call);
  }

  #ask(request: Omit<ApiRequest, 'signal'>, { signal }: DebridCall): Promise<JsonObject> {
    return this.#bearer.use(signal, (token) =>
      this.#api.object({
        ...request,
        path: `${API}${request.path}`,
        headers: { authorization: `Bearer ${token}` },
        signal,
      }),
    );
  }
}

/** @param account who pays for the calls */
function debridLinkApi(account: string, tools: DebridTools): ServiceApi {
  const base = tools.config.DEBRIDLINK_URL;
  return new ServiceApi({
    service: 'debridlink',
    name: 'Debrid-Link',
    base,
    upstream: openHosted('debridlink', base, account, tools),
    // Its OAuth answers have no `success`.
    failureIn: ({ success, error }) =>
      success === false || (success === undefined && typeof error === 'string')
        ? { code: textOf(error) }
        : null,
  });
}

/** `tk` is a private token, or base64 of a refresh token. */
function bearerOf(entry: ServiceEntry, api: ServiceApi, tokens: AccessTokens): Bearer {
  const token = entry.text('tk');
  const refreshToken = decodedBase64(token);
  if (refreshToken === '') return fixedBearer(token);
  const form = {
    client_id: CLIENT_ID,
    refresh_token: refreshToken,
    grant_type: 'refresh_token',
  };
  return renewedBearer(
    entry.accountKey,
    async (signal) => {
      const answer = await renewed(api, api.object({ path: TOKEN_PATH, form, signal }));
      return {
        token: textOf(answer['access_token']),
        lifetimeMs: (countOf(answer['expires_in']) ?? LIFETIME_S) * 1000,
      };
    },
    tokens,
  );
}

/** A refresh token that it does not take is a wrong credential, in whatever words it says so. */
async function renewed(api: ServiceApi, answer: Promise<JsonObject>): Promise<JsonObject> {
  try {
    return await answer;
  } catch (error) {
    const isRefused = error instanceof AppError && error.code === 'debrid.refused-call';
    throw isRefused ? api.failure('debrid.bad-token') : error;
  }
}

export function debridLinkLogin(tools: DebridTools): DeviceLogin {
  const api = debridLinkApi('login', tools);
  return {
    async start({ signal }) {
      const form = { client_id: CLIENT_ID, scope: 'get.post.delete.seedbox get.account' };
      const answer = await api.object({ path: '/api/oauth/device/code', form, signal });
      const verifyUrl = textOf(answer['verification_url']);
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
      const form = { client_id: CLIENT_ID, code: deviceCode, grant_type: DEVICE_GRANT };
      try {
        const answer = await api.object({ path: TOKEN_PATH, form, signal });
        const refreshToken = textOf(answer['refresh_token']);
        if (refreshToken === '') throw api.badAnswer('no token after a login');
        return Buffer.from(refreshToken).toString('base64url');
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        if (error.code === 'debrid.login-pending') return null;
        throw error.code === 'debrid.bad-token' ? api.failure('debrid.login-expired') : error;
      }
    },
  };
}

function viewerOf({ viewerIp }: DebridCall): { readonly ip?: string } {
  return viewerIp === '' ? {} : { ip: viewerIp };
}

/** Undefined after the last page; -1 is how it says so. */
function nextPage(answer: JsonObject, page: number): number | undefined {
  const next = countOf(objectOf(answer['pagination'])['next']);
  return next !== undefined && next > page ? next : undefined;
}

function torrentsIn(value: JsonValue | undefined): readonly Transfer[] {
  return objectsOf(value)
    .map((row) => transferOf(row))
    .filter((transfer) => transfer !== null);
}

function transferOf(row: JsonObject): Transfer | null {
  const percent = countOf(row['downloadPercent']) ?? 0;
  const isReady = row['downloaded'] === true || percent === 100;
  const hasFailed = (countOf(row['error']) ?? 0) !== 0;
  return torrentTransfer({
    id: row['id'],
    infohash: row['hashString'],
    name: row['name'],
    state: isReady ? 'ready' : hasFailed ? 'failed' : percent > 0 ? 'downloading' : 'queued',
    failure: 'debrid.torrent-failed',
    progress: percent / 100,
    size: row['totalSize'],
    addedAtS: countOf(row['created']) ?? 0,
    files: objectsOf(row['files'])
      .map(({ id, name: path, size, downloadUrl, downloaded }) =>
        fileOf({ id, path, size, locator: downloaded === true ? downloadUrl : '' }),
      )
      .filter((file) => file !== null),
  });
}
