/** Debrid-Link as its API v2 answers: named errors with HTTP statuses, pages that end with -1, OAuth without `success`. */
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

const value = (some: unknown) => json({ success: true, value: some });
const failure = (error: string, status: number) => json({ success: false, error }, status);
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: failure('expired_token', 401),
  banned: failure('accountLocked', 403),
  limited: { ...failure('floodDetected', 429), headers: { 'retry-after': '60' } },
};
const PER_PAGE_MAX = 100;

export async function startDebridLink(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
  login = { isConfirmed: false },
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path.startsWith('/api/oauth/')
        ? oauthAnswer(asked, cloud, login)
        : answerOf(asked, cloud),
  });
}

function answerOf(asked: Asked, cloud: DebridCloud): Answer | undefined {
  const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
  const account = cloud.accounts.get(token);
  if (account === undefined) return failure('badToken', 401);
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const path = asked.path.replace(/^\/api\/v2/, '');
  if (path === '/account/infos') return value(infoOf(account));
  if (path === '/seedbox/list') return listOf(account, asked.query);
  if (path === '/seedbox/add') return add(account, asked, cloud);
  const [, id] = /^\/seedbox\/(\w+)\/remove$/.exec(path) ?? [];
  if (id === undefined || asked.method !== 'DELETE') return undefined;
  const index = account.held.findIndex((held) => held.id === id);
  if (index === -1) return failure('badId', 404);
  account.held.splice(index, 1);
  return value([id]);
}

function infoOf({ user, state }: CloudAccount): unknown {
  return {
    username: user,
    email: 'foo@example.com',
    accountType: state === 'free' ? 0 : 1,
    premiumLeft: state === 'free' ? 0 : 2_592_000,
    pts: 0,
    registerDate: '2020-01-01',
  };
}

function listOf(account: CloudAccount, query: URLSearchParams): Answer {
  const ids = query.get('ids')?.split(',');
  const perPage = Math.min(PER_PAGE_MAX, Number(query.get('perPage') ?? 50));
  const page = Number(query.get('page') ?? 0);
  const chosen = account.held.filter(({ id }) => ids?.includes(id) ?? true);
  const pages = Math.max(1, Math.ceil(chosen.length / perPage));
  return json({
    success: true,
    value: chosen.slice(page * perPage, (page + 1) * perPage).map((held) => torrentOf(held)),
    pagination: { page, pages, next: page + 1 < pages ? page + 1 : -1, previous: page - 1 },
  });
}

function add(account: CloudAccount, { body }: Asked, cloud: DebridCloud): Answer {
  const { url } = JSON.parse(body || '{}') as { readonly url?: string };
  const infohash = infohashIn(url ?? '');
  if (infohash === '') return failure('notAddTorrent', 400);
  if (account.state === 'free') return failure('freeServerOverload', 503);
  if (account.state === 'full') return failure('maxTorrent', 403);
  return value(torrentOf(cloud.find(account, cloud.torrent(infohash))));
}

/** Each look gets it on. */
function torrentOf(held: HeldTorrent): unknown {
  held.looks++;
  const { id, torrent, addedAtS } = held;
  const percent = Math.floor(progressOf(held) * 100);
  const isDone = isReady(held);
  return {
    id,
    name: torrent.name,
    error: hasFailed(held) ? 3 : 0,
    errorString: hasFailed(held) ? 'No seeders' : '',
    hashString: torrent.infohash,
    uploadRatio: 0,
    serverId: 'seed01',
    wait: false,
    downloaded: isDone,
    peersConnected: 4,
    status: isDone ? 100 : 4,
    act_progress: false,
    totalSize: torrent.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0),
    files: torrent.files.map((file, index) => ({
      id: `${id}-${index}`,
      name: file.path.split('/').at(-1),
      downloadUrl: isDone ? contentUrl(torrent, file) : '',
      downloaded: isDone,
      size: file.sizeBytes,
      downloadPercent: percent,
    })),
    trackers: [{ announce: 'udp://tracker.opentrackr.org:1337' }],
    isZip: false,
    created: addedAtS,
    downloadPercent: percent,
    downloadSpeed: 0,
    uploadSpeed: 0,
  };
}

function oauthAnswer(
  { path, body }: Asked,
  cloud: DebridCloud,
  { isConfirmed }: { readonly isConfirmed: boolean },
): Answer | undefined {
  const form = new URLSearchParams(body);
  if (path === '/api/oauth/device/code')
    return json({
      device_code: 'DEVICE123',
      user_code: 'ABCD',
      interval: 3,
      expires_in: 1800,
      verification_url: 'https://debrid-link.com/device',
    });
  if (path !== '/api/oauth/token') return undefined;
  if (form.get('grant_type') === 'refresh_token') return grantOf(form, cloud);
  if (form.get('code') !== 'DEVICE123') return json({ error: 'expired_token' }, 400);
  if (!isConfirmed) return json({ error: 'authorization_pending' }, 400);
  const [token = ''] = cloud.accounts.keys();
  return json(grant(token));
}

function grantOf(form: URLSearchParams, cloud: DebridCloud): Answer {
  const token = /^REFRESH(.+)$/.exec(form.get('refresh_token') ?? '')?.[1] ?? '';
  return cloud.accounts.has(token) ? json(grant(token)) : json({ error: 'invalid_request' }, 400);
}

function grant(token: string) {
  return {
    access_token: token,
    refresh_token: `REFRESH${token}`,
    expires_in: 3600,
    token_type: 'Bearer',
  };
}

/** The long credential of an account, as Sluice keeps it. */
export function debridLinkOAuth(token: string): string {
  return Buffer.from(`REFRESH${token}`).toString('base64url');
}
