/** Real-Debrid as its API answers: `rest/1.0` with numbered errors, `oauth/v2` for logins by a code. */
import {
  contentUrl,
  type DebridCloud,
  hasFailed,
  infohashIn,
  isReady,
  progressOf,
  type AccountState,
  type CloudAccount,
  type HeldTorrent,
} from './debrid-cloud.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';

const EMPTY: Answer = { status: 204 };
const HOSTER = 'https://real-debrid.com/d/';
/** Of one page; more are not given. */
const LIMIT_MAX = 5000;

const failure = (status: number, code: number, error: string) =>
  json({ error, error_code: code }, status);
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: failure(401, 8, 'bad_token'),
  banned: failure(403, 14, 'account_locked'),
};

/** @param login what the user has done about the code of a device login */
export async function startRealDebrid(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
  login = { isConfirmed: false },
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path.startsWith('/oauth/v2/')
        ? oauthAnswer(asked, cloud, login)
        : restAnswer(asked, cloud),
  });
}

function restAnswer(asked: Asked, cloud: DebridCloud): Answer | undefined {
  const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
  const account = cloud.accounts.get(token);
  if (account === undefined) return failure(401, 8, 'bad_token');
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  if (account.state === 'limited')
    return { ...failure(429, 34, 'too_many_requests'), headers: { 'retry-after': '60' } };
  const path = asked.path.replace(/^\/rest\/1\.0/, '');
  if (path === '/user') return json(userOf(account));
  if (path === '/torrents') return listOf(account, asked.query);
  if (path.startsWith('/torrents/instantAvailability'))
    return failure(403, 37, 'disabled_endpoint');
  if (path === '/torrents/addMagnet') return add(account, asked, cloud);
  if (path === '/unrestrict/link') return unlock(account, asked);
  const [, action, id] = /^\/torrents\/(info|selectFiles|delete)\/(\w+)$/.exec(path) ?? [];
  const held = account.held.find((one) => one.id === id);
  if (action === undefined) return failure(404, 3, 'unknown_method');
  if (held === undefined) return failure(404, 7, 'unknown_ressource');
  if (action === 'info') return json(infoOf(held));
  if (action === 'selectFiles') return select(held, asked, account);
  account.held.splice(account.held.indexOf(held), 1);
  return EMPTY;
}

function userOf({ user, state }: CloudAccount): unknown {
  return {
    id: 123,
    username: user,
    email: 'foo*****@example.com',
    points: 456,
    locale: 'en',
    avatar: 'https://fcdn.real-debrid.com/images/forum/empty.png',
    type: state === 'free' ? 'free' : 'premium',
    premium: 789,
    expiration: '2099-02-20T12:34:56.000Z',
  };
}

function listOf(account: CloudAccount, query: URLSearchParams): Answer {
  const limit = Math.min(LIMIT_MAX, Number(query.get('limit') ?? 100));
  const page = Number(query.get('page') ?? 1);
  const rows = account.held.slice((page - 1) * limit, page * limit);
  const headers = { 'x-total-count': String(account.held.length) };
  if (rows.length === 0) return { ...EMPTY, headers };
  return { ...json(rows.map((held) => rowOf(held))), headers };
}

/** Without files. */
function rowOf(held: HeldTorrent) {
  const { id, torrent, addedAtS } = held;
  return {
    id,
    filename: torrent.name,
    hash: torrent.infohash,
    bytes: torrent.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    host: 'real-debrid.com',
    split: 2000,
    progress: Math.floor(progressOf(held) * 100),
    status: statusOf(held),
    added: new Date(addedAtS * 1000).toISOString(),
    links: linksOf(held),
  };
}

/** Each look gets it on. */
function infoOf(held: HeldTorrent): unknown {
  const { torrent, selected } = held;
  if (selected !== null || torrent.health === 'dead') held.looks++;
  const row = rowOf(held);
  return {
    ...row,
    original_filename: torrent.name,
    original_bytes: row.bytes,
    files: torrent.files.map(({ path, sizeBytes }, index) => ({
      id: index + 1,
      path: `/${path}`,
      bytes: sizeBytes,
      selected: selected?.includes(index) === true ? 1 : 0,
    })),
  };
}

function statusOf(held: HeldTorrent): string {
  if (hasFailed(held)) return 'dead';
  if (held.selected === null) return 'waiting_files_selection';
  if (isReady(held)) return 'downloaded';
  return held.looks === 0 ? 'queued' : 'downloading';
}

function linksOf(held: HeldTorrent): readonly string[] {
  if (held.selected === null || !isReady(held)) return [];
  if (held.isPacked === true) return [`${HOSTER}${held.id}-packed`];
  return held.selected.map((index) => `${HOSTER}${held.id}-${index}`);
}

function add(account: CloudAccount, { body }: Asked, cloud: DebridCloud): Answer {
  const infohash = infohashIn(new URLSearchParams(body).get('magnet') ?? '');
  if (infohash === '') return failure(400, 30, 'parameter_missing');
  if (account.state === 'free') return failure(403, 20, 'hoster_not_free');
  const { id } = cloud.hold(account, cloud.torrent(infohash));
  return json({ id, uri: `https://api.real-debrid.com/rest/1.0/torrents/info/${id}` }, 201);
}

function select(held: HeldTorrent, { body }: Asked, account: CloudAccount): Answer {
  if (account.state === 'full') return failure(509, 21, 'too_many_active_downloads');
  const files = new URLSearchParams(body).get('files') ?? '';
  const all = held.torrent.files.map((_, index) => index);
  const chosen = files === 'all' ? all : files.split(',').map((id) => Number(id) - 1);
  if (!chosen.every((index) => all.includes(index))) return failure(400, 2, 'wrong_parameter');
  if (held.selected !== null) return { status: 202 };
  held.selected = chosen;
  return EMPTY;
}

function unlock(account: CloudAccount, { body }: Asked): Answer {
  const link = new URLSearchParams(body).get('link') ?? '';
  const [, id, index] = /\/d\/(\w+)-(\d+)$/.exec(link) ?? [];
  const held = account.held.find((one) => one.id === id);
  const file = held?.torrent.files[Number(index)];
  if (held === undefined || file === undefined || held.hasDeadLinks === true)
    return failure(503, 24, 'unavailable_file');
  const filename = file.path.split('/').at(-1) ?? '';
  return json({
    id: 'JKL012',
    filename,
    mimeType: 'video/mp4',
    filesize: file.sizeBytes,
    link,
    host: 'real-debrid.com',
    host_icon: 'https://fcdn.real-debrid.com/123/images/hosters/realdebrid.png',
    chunks: 32,
    crc: 1,
    download: contentUrl(held.torrent, file),
    streamable: 1,
  });
}

const CLIENT = { client_id: 'OPENSOURCE1', client_secret: 'secretofclient' };

function oauthAnswer(
  { path, query, body }: Asked,
  cloud: DebridCloud,
  login: { readonly isConfirmed: boolean },
): Answer | undefined {
  if (path === '/oauth/v2/device/code')
    return json({
      device_code: 'DEVICE123',
      user_code: 'ABCD',
      interval: 5,
      expires_in: 1800,
      verification_url: 'https://real-debrid.com/device',
      direct_verification_url: 'https://real-debrid.com/authorize?device_id=x',
    });
  if (path === '/oauth/v2/device/credentials')
    return login.isConfirmed && query.get('code') === 'DEVICE123'
      ? json(CLIENT)
      : failure(403, 9, 'permission_denied');
  if (path !== '/oauth/v2/token') return undefined;
  const form = new URLSearchParams(body);
  const code = form.get('code') ?? '';
  if (form.get('client_secret') !== CLIENT.client_secret) return failure(400, 2, 'wrong_parameter');
  const token = code === 'DEVICE123' ? [...cloud.accounts.keys()][0] : accessOf(code);
  if (token === undefined || !cloud.accounts.has(token)) return failure(400, 2, 'wrong_parameter');
  return json({
    access_token: token,
    expires_in: 3600,
    token_type: 'Bearer',
    refresh_token: `REFRESH${token}`,
  });
}

function accessOf(refreshToken: string): string | undefined {
  return /^REFRESH(.+)$/.exec(refreshToken)?.[1];
}

/** The long credential of an account, as Sluice keeps it. */
export function realDebridOAuth(token: string): string {
  const { client_id: id, client_secret: secret } = CLIENT;
  return Buffer.from(`${id}:${secret}:REFRESH${token}`).toString('base64');
}
