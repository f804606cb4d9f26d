/** TorBox as its API answers: `success` beside every answer, named errors, `null` for nothing, rows with all their files. */
import {
  bytesOf,
  contentUrl,
  type DebridCloud,
  hasFailed,
  infohashIn,
  isReady,
  numberOfId,
  progressOf,
  type AccountState,
  type CloudAccount,
  type CloudTorrent,
  type HeldTorrent,
} from './debrid-cloud.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { readMultipart } from './multipart.ts';

const success = (data: unknown, detail = 'Done.') =>
  json({ success: true, error: null, detail, data });
const failure = (error: string, status: number) =>
  json({ success: false, error, detail: error.toLowerCase(), data: null }, status);
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: failure('BAD_TOKEN', 403),
  banned: failure('AUTH_ERROR', 403),
  limited: { ...failure('COOLDOWN_LIMIT', 429), headers: { 'retry-after': '60' } },
};
const NOT_FOUND = failure('ITEM_NOT_FOUND', 404);
const LIMIT_MAX = 1000;

/** What waits for a slot of the account; the test says when it gets one. */
export interface TorBoxQueue {
  readonly waiting: { id: number; infohash: string }[];
  /** New torrents go there. */
  isNeeded: boolean;
}

/** Usenet downloads: every account sees these, a look gets one on. */
export interface TorBoxUsenet {
  readonly downloads: { id: number; name: string; nzb: string; looks: number }[];
  /** The NZB that it cannot download. */
  readonly deadNzb?: string;
}

/** A login by a code, which a test confirms. */
export interface TorBoxLogin {
  isConfirmed: boolean;
  /** What the user gets. */
  readonly token: string;
}

const DEVICE_CODE = 'device-code-of-torbox';

/** Without a token; null for other paths. */
function loginAnswer({ path, body }: Asked, login: TorBoxLogin): Answer | null {
  if (path === '/v1/api/user/auth/device/start')
    return success({
      device_code: DEVICE_CODE,
      code: '123456',
      verification_url: 'https://torbox.app/oauth/device?code=123456',
      friendly_verification_url: 'https://tor.box/link',
      interval: 5,
      expires_at: new Date(Date.now() + 600_000).toISOString(),
    });
  if (path !== '/v1/api/user/auth/device/token') return null;
  const { device_code: code } = JSON.parse(body || '{}') as { readonly device_code?: string };
  if (code !== DEVICE_CODE) return failure('INVALID_DEVICE', 400);
  return login.isConfirmed
    ? success({ access_token: login.token })
    : failure('DEVICE_CODE_NOT_USED', 400);
}

export async function startTorBox(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
  usenet: TorBoxUsenet = { downloads: [] },
  queue: TorBoxQueue = { waiting: [], isNeeded: false },
  login: TorBoxLogin = { isConfirmed: false, token: '' },
): Promise<FakeUpstream> {
  const answer = (asked: Asked) =>
    loginAnswer(asked, login) ?? answerOf(asked, cloud, { usenet, queue });
  return FakeUpstream.start({ ...options, answer });
}

function answerOf(
  asked: Asked,
  cloud: DebridCloud,
  { usenet, queue }: { readonly usenet: TorBoxUsenet; readonly queue: TorBoxQueue },
): Answer {
  const { query, headers } = asked;
  const path = asked.path.replace(/^\/v1\/api/, '');
  // Links are asked for by a token in the address; a header alone does not do.
  const token = path.endsWith('/requestdl')
    ? query.get('token')
    : /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined || token === null) return failure('NO_AUTH', 403);
  const account = cloud.accounts.get(token);
  if (account === undefined) return failure('BAD_TOKEN', 403);
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  if (path.startsWith('/usenet/')) return usenetAnswer(asked, usenet);
  switch (path) {
    case '/user/me':
      return success(userOf(account));
    case '/torrents/checkcached':
      return success(cachedOf(hashesIn(asked.body), cloud));
    case '/torrents/mylist':
      return query.has('id') ? oneOf(account, query) : listOf(account, query);
    case '/queued/getqueued':
      return queuedOf(queue, cloud);
    case '/queued/controlqueued':
      return controlQueue(queue, asked.body);
    case '/torrents/createtorrent': {
      const form = new URLSearchParams(asked.body);
      return queue.isNeeded ? enqueue(queue, form) : create(account, form, cloud);
    }
    case '/torrents/controltorrent':
      return control(account, asked.body);
    case '/torrents/requestdl':
      return linkOf(account, query);
    default:
      return failure('ENDPOINT_NOT_FOUND', 404);
  }
}

function userOf({ user, state }: CloudAccount): unknown {
  return {
    id: 1,
    email: `${user}@example.com`,
    plan: state === 'free' ? 0 : 2,
    premium_expires_at: state === 'free' ? '2020-01-01T00:00:00Z' : '2099-01-01T00:00:00Z',
    is_subscribed: state !== 'free',
  };
}

function hashesIn(body: string): readonly string[] {
  return (JSON.parse(body || '{}') as { readonly hashes?: string[] }).hashes ?? [];
}

function cachedOf(hashes: readonly string[], cloud: DebridCloud): unknown {
  const cached = hashes.map((hash) => cloud.torrent(hash)).filter(({ isCached }) => isCached);
  if (cached.length === 0) return null;
  return cached.map((torrent) => ({
    name: torrent.name,
    size: bytesOf(torrent),
    hash: torrent.infohash,
  }));
}

/** One row more than was asked for, where there is one. */
function listOf({ held }: CloudAccount, query: URLSearchParams): Answer {
  const offset = Number(query.get('offset') ?? 0);
  const limit = Math.min(LIMIT_MAX, Number(query.get('limit') ?? LIMIT_MAX));
  return success(held.slice(offset, offset + limit + 1).map((one) => rowOf(one)));
}

function oneOf(account: CloudAccount, query: URLSearchParams): Answer {
  const held = account.held.find((one) => numberOfId(one) === Number(query.get('id')));
  if (held === undefined) return NOT_FOUND;
  held.looks++;
  return success(rowOf(held));
}

function rowOf(held: HeldTorrent): unknown {
  const { torrent, addedAtS } = held;
  const isDone = isReady(held);
  const running = hasFailed(held) ? 'failed' : held.looks > 1 ? 'downloading' : 'metaDL';
  return {
    id: numberOfId(held),
    hash: torrent.infohash,
    created_at: new Date(addedAtS * 1000).toISOString(),
    magnet: null,
    size: bytesOf(torrent),
    active: !isDone,
    download_state: isDone ? 'cached' : running,
    progress: progressOf(held),
    name: torrent.name,
    eta: 0,
    expires_at: null,
    download_present: isDone,
    download_finished: isDone,
    files: isDone ? torrent.files.map((file, id) => fileRow(torrent.infohash, file, id)) : [],
    private: false,
  };
}

function fileRow(hash: string, { path, sizeBytes }: CloudTorrent['files'][number], id: number) {
  return {
    id,
    md5: null,
    hash,
    name: path,
    size: sizeBytes,
    zipped: false,
    s3_path: `${hash}/${path}`,
    infected: false,
    mimetype: 'video/mp4',
    short_name: path.split('/').at(-1),
    absolute_path: `/downloads/${path}`,
    opensubtitles_hash: null,
  };
}

function create(account: CloudAccount, form: URLSearchParams, cloud: DebridCloud): Answer {
  const infohash = infohashIn(form.get('magnet') ?? '');
  if (infohash === '') return failure('BOZO_TORRENT', 400);
  if (account.state === 'free') return failure('PLAN_RESTRICTED_FEATURE', 403);
  if (account.state === 'full') return failure('ACTIVE_LIMIT', 400);
  if (account.held.some(({ torrent }) => torrent.infohash === infohash))
    return failure('DUPLICATE_ITEM', 400);
  const held = cloud.hold(account, cloud.torrent(infohash));
  const data = { torrent_id: numberOfId(held), hash: infohash, auth_id: 'XXXXXXXX' };
  return held.torrent.isCached
    ? success(data, 'Found Cached Torrent. Using Cached Torrent.')
    : success(data, 'Torrent Created Successfully.');
}

function control(account: CloudAccount, body: string): Answer {
  const { torrent_id: id, operation } = JSON.parse(body) as {
    readonly torrent_id: number;
    readonly operation: string;
  };
  const held = account.held.find((one) => numberOfId(one) === id);
  if (held === undefined) return NOT_FOUND;
  if (operation === 'resume') held.looks = 0;
  else if (operation === 'delete') account.held.splice(account.held.indexOf(held), 1);
  else return failure('INVALID_OPTION', 400);
  return success(null);
}

function queuedOf({ waiting }: TorBoxQueue, cloud: DebridCloud): Answer {
  const created = { created_at: '2024-06-01T10:00:00Z', type: 'torrent' };
  return success(
    waiting.map(({ id, infohash }) => ({
      id,
      hash: infohash,
      name: cloud.torrent(infohash).name,
      ...created,
    })),
  );
}

function enqueue({ waiting }: TorBoxQueue, form: URLSearchParams): Answer {
  const infohash = infohashIn(form.get('magnet') ?? '');
  const id = waiting.length + 7;
  waiting.push({ id, infohash });
  return success({ queued_id: id, hash: infohash }, 'Torrent queued.');
}

function controlQueue({ waiting }: TorBoxQueue, body: string): Answer {
  const { queued_id: id } = JSON.parse(body) as { readonly queued_id: number };
  const index = waiting.findIndex((one) => one.id === id);
  if (index === -1) return NOT_FOUND;
  waiting.splice(index, 1);
  return success(null);
}

/** With `redirect=true` it is a redirect; the file's number may be 0. */
function linkOf(account: CloudAccount, query: URLSearchParams): Answer {
  const held = account.held.find((one) => numberOfId(one) === Number(query.get('torrent_id')));
  const file = held?.torrent.files[Number(query.get('file_id') ?? -1)];
  if (held === undefined || file === undefined) return NOT_FOUND;
  if (!isReady(held)) return failure('DOWNLOAD_SERVER_ERROR', 500);
  const url = contentUrl(held.torrent, file);
  return query.get('redirect') === 'true'
    ? { status: 307, headers: { location: url } }
    : success(url);
}

function usenetAnswer({ path, query, body, headers }: Asked, usenet: TorBoxUsenet): Answer {
  const { downloads } = usenet;
  const found = downloads.find(
    ({ id }) => id === Number(query.get('id') ?? query.get('usenet_id')),
  );
  if (path.endsWith('/createusenetdownload')) {
    const { fields, file } = readMultipart(body, headers['content-type']);
    if (file?.content.includes('<nzb') !== true) return failure('BOZO_NZB', 400);
    const id = downloads.length + 1;
    downloads.push({ id, name: fields.get('name') ?? '', nzb: file.content, looks: 0 });
    return success({ usenetdownload_id: id, hash: 'd41d8cd98f00b204e9800998ecf8427e' });
  }
  if (path.endsWith('/mylist') && !query.has('id') && downloads.length === 0) return NOT_FOUND;
  if (path.endsWith('/mylist') && !query.has('id'))
    return success(downloads.map((one) => usenetRow(one, usenet)));
  if (path.endsWith('/controlusenetdownload')) return controlUsenet(body, usenet);
  if (found === undefined) return NOT_FOUND;
  if (path.endsWith('/requestdl')) return success(`https://cdn.invalid/usenet/${found.id}.mkv`);
  found.looks++;
  return success(usenetRow(found, usenet));
}

function usenetRow(
  { id, name, nzb, looks }: TorBoxUsenet['downloads'][number],
  { deadNzb }: TorBoxUsenet,
): unknown {
  const isDone = looks > 2 && nzb !== deadNzb;
  return {
    id,
    hash: 'd41d8cd98f00b204e9800998ecf8427e',
    created_at: '2024-06-01T10:00:00Z',
    name,
    size: 700,
    progress: isDone ? 1 : 0.5,
    download_state: isDone || looks < 3 ? 'downloading' : 'failed (Aborted, cannot be completed)',
    download_present: isDone,
    download_finished: isDone,
    files: isDone ? [fileRow('', { path: `${name}/${name}.mkv`, sizeBytes: 700 }, 0)] : [],
  };
}

function controlUsenet(body: string, { downloads }: TorBoxUsenet): Answer {
  const { usenet_id: id } = JSON.parse(body) as { readonly usenet_id: number };
  const index = downloads.findIndex((one) => one.id === id);
  if (index === -1) return NOT_FOUND;
  downloads.splice(index, 1);
  return success(null);
}
