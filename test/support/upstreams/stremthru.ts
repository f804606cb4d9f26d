/** StremThru as version 0.103.2 answers, whoever asks in whichever way, and Torrin, which takes a bearer token for itself. */
import {
  bytesOf,
  contentUrl,
  hasFailed,
  infohashIn,
  isReady,
  type AccountState,
  type CloudAccount,
  type DebridCloud,
  type HeldTorrent,
} from './debrid-cloud.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';

const STORES: ReadonlySet<string> = new Set(['realdebrid', 'torbox', 'premiumize']);
const LIMIT_MAX = 500;

export interface StremThruOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  /** The service behind it cannot be reached. */
  readonly isStoreDown?: boolean;
}

export async function startStremThru(
  cloud: DebridCloud,
  { isStoreDown = false, ...options }: StremThruOptions = {},
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path.startsWith('/v0/store/') ? storeAnswer(asked, cloud, isStoreDown) : undefined,
  });
}

export async function startTorrin(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) => {
      const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
      return accountAnswer(asked, cloud, token);
    },
  });
}

const data = (value: unknown, status = 200) => json({ data: value }, status);

function apiError(asked: Asked, status: number, code: string, message: string): Answer {
  const { method, path } = asked;
  const error = { request_id: 'r1', type: 'api_error', code, message, method, path };
  return json({ error: { ...error, status_code: status } }, status);
}

/** Method and path are those of the service's own API. */
function upstreamError(status: number, code: string): Answer {
  return json(
    {
      error: {
        request_id: 'r1',
        type: 'upstream_error',
        code,
        message: '',
        method: 'GET',
        path: '/rest/1.0/user',
        status_code: status,
        store_name: 'realdebrid',
        __cause__: { Op: 'Get', Err: {} },
      },
    },
    status,
  );
}

const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: upstreamError(401, 'UNAUTHORIZED'),
  banned: upstreamError(403, 'FORBIDDEN'),
  limited: { ...upstreamError(429, 'TOO_MANY_REQUESTS'), headers: { 'retry-after': '60' } },
};

function storeAnswer(asked: Asked, cloud: DebridCloud, isStoreDown: boolean): Answer | undefined {
  const header = (name: string) => String(asked.headers[`x-stremthru-${name}`] ?? '');
  const login = /^Basic (.+)$/.exec(header('authorization'))?.[1] ?? '';
  const [, password = ''] = Buffer.from(login, 'base64').toString().split(':');
  const isUser = cloud.accounts.has(password);
  const store = header('store-name') || (isUser ? 'realdebrid' : '');
  if (store === '') return apiError(asked, 400, 'BAD_REQUEST', 'missing store');
  if (!STORES.has(store))
    return json(
      { error: { code: 'INTERNAL_SERVER_ERROR', message: 'invalid store name', errors: [] } },
      500,
    );
  const token = /^Bearer (.+)$/.exec(header('store-authorization'))?.[1] ?? password;
  if (token === '')
    return {
      ...apiError(asked, 401, 'UNAUTHORIZED', 'unauthorized'),
      headers: { 'www-authenticate': `Bearer realm="store:${store}"` },
    };
  if (isStoreDown) return upstreamError(500, 'INTERNAL_SERVER_ERROR');
  const answer = accountAnswer(asked, cloud, token);
  return answer && { ...answer, headers: { ...answer.headers, 'x-stremthru-store-name': store } };
}

function accountAnswer(asked: Asked, cloud: DebridCloud, token: string): Answer | undefined {
  const { path, method, query, headers, body } = asked;
  const account = cloud.accounts.get(token);
  if (account === undefined) return upstreamError(401, 'UNAUTHORIZED');
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const isJson = headers['content-type']?.includes('application/json') ?? false;
  const [, id] = /^\/v0\/store\/magnets\/(T\w+)$/.exec(path) ?? [];
  switch (`${method} ${id === undefined ? path : '/v0/store/magnets/ID'}`) {
    case 'GET /v0/store/user':
      return data(userOf(account));
    case 'GET /v0/store/magnets/check':
      return check(asked, cloud);
    case 'GET /v0/store/magnets':
      return data(listOf(account, query));
    case 'POST /v0/store/magnets':
      return isJson
        ? add(asked, account, cloud)
        : apiError(asked, 415, 'UNSUPPORTED_MEDIA_TYPE', 'unsupported media type');
    case 'GET /v0/store/magnets/ID':
    case 'DELETE /v0/store/magnets/ID':
      return one(asked, account, id ?? '');
    case 'POST /v0/store/link/generate':
      return linkOf(account, (JSON.parse(body) as { readonly link: string }).link);
    default:
      return /^\/v0\/store\/(?:user|magnets|link\/generate)/.test(path)
        ? apiError(asked, 405, 'METHOD_NOT_ALLOWED', 'method not allowed')
        : undefined;
  }
}

function userOf({ user, state }: CloudAccount): unknown {
  return {
    id: user,
    email: 'foo@example.com',
    subscription_status: state === 'free' ? 'expired' : 'premium',
    has_usenet: false,
  };
}

function check(asked: Asked, cloud: DebridCloud): Answer {
  const magnets = asked.query.getAll('magnet').flatMap((text) => text.split(','));
  if (magnets.length === 0) return apiError(asked, 400, 'BAD_REQUEST', 'missing magnet');
  const items = magnets.map((magnet) => {
    const torrent = cloud.torrent(infohashIn(magnet) || magnet);
    return {
      hash: torrent.infohash,
      magnet,
      status: torrent.isCached ? 'cached' : 'unknown',
      files: [],
    };
  });
  return data({ items });
}

function listOf({ held }: CloudAccount, query: URLSearchParams): unknown {
  const offset = Number(query.get('offset') ?? 0);
  const limit = Math.min(LIMIT_MAX, Number(query.get('limit') ?? 100));
  return {
    items: held.slice(offset, offset + limit).map((each) => rowOf(each)),
    total_items: held.length,
  };
}

function rowOf(held: HeldTorrent) {
  const running = hasFailed(held) ? 'failed' : held.looks > 1 ? 'downloading' : 'queued';
  return {
    id: held.id,
    hash: held.torrent.infohash,
    name: held.torrent.name,
    size: bytesOf(held.torrent),
    status: isReady(held) ? 'downloaded' : running,
    added_at: new Date(held.addedAtS * 1000).toISOString(),
  };
}

function magnetOf(held: HeldTorrent): unknown {
  const files = held.torrent.files.map(({ path, sizeBytes }, index) => ({
    index: -1,
    link: `stremthru://store/realdebrid/${held.id}-${index}`,
    path: `/${path}`,
    name: path.split('/').at(-1),
    size: sizeBytes,
  }));
  return { ...rowOf(held), files: isReady(held) ? files : [] };
}

function add(asked: Asked, account: CloudAccount, cloud: DebridCloud): Answer {
  const { magnet = '' } = JSON.parse(asked.body) as { readonly magnet?: string };
  const infohash = infohashIn(magnet);
  if (magnet === '') return apiError(asked, 400, 'BAD_REQUEST', 'missing magnet link');
  if (infohash === '') return apiError(asked, 400, 'STORE_MAGNET_INVALID', 'invalid magnet');
  if (account.state === 'free') return upstreamError(402, 'PAYMENT_REQUIRED');
  if (account.state === 'full') return upstreamError(509, 'STORE_LIMIT_EXCEEDED');
  return data(magnetOf(cloud.find(account, cloud.torrent(infohash))), 201);
}

function one(asked: Asked, account: CloudAccount, id: string): Answer {
  const held = account.held.find((each) => each.id === id);
  if (held === undefined) return upstreamError(404, 'NOT_FOUND');
  held.looks++;
  if (asked.method === 'GET') return data(magnetOf(held));
  account.held.splice(account.held.indexOf(held), 1);
  return data({ id });
}

function linkOf(account: CloudAccount, link: string): Answer {
  const [, id, index] = /\/(T\w+)-(\d+)$/.exec(link) ?? [];
  const held = account.held.find((each) => each.id === id);
  const file = held?.torrent.files[Number(index)];
  if (held === undefined || file === undefined) return upstreamError(404, 'NOT_FOUND');
  return data({ link: contentUrl(held.torrent, file) });
}
