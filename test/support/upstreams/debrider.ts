/** Debrider as its API answers: a cache that links are generated from, and tasks of the account for the rest. */
import {
  bytesOf,
  contentUrl,
  hasFailed,
  infohashIn,
  isReady,
  progressOf,
  type AccountState,
  type CloudAccount,
  type CloudTorrent,
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

const UNAUTHORIZED = json({ error: 'Unauthorized' }, 401);
const NOT_FOUND = json({ message: 'Task not found' }, 404);
const NEEDS_PREMIUM = json({ error: 'Premium account required' }, 402);
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: UNAUTHORIZED,
  banned: json({ error: 'Your account is banned' }, 403),
  limited: { ...json({ error: 'Too many requests' }, 429), headers: { 'retry-after': '60' } },
};
/** The NZB that is cached. */
export const CACHED_NZB = 'https://indexer.example/getnzb/cached.nzb';

export async function startDebrider(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, cloud) });
}

function answerOf(asked: Asked, cloud: DebridCloud): Answer | undefined {
  const token = /^Bearer (.+)$/.exec(asked.headers.authorization ?? '')?.[1] ?? '';
  const account = cloud.accounts.get(token);
  if (account === undefined) return UNAUTHORIZED;
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const { data } = JSON.parse(asked.body || '{}') as { readonly data?: string | string[] };
  const [, id] = /^\/api\/v1\/tasks\/(\w+)$/.exec(asked.path) ?? [];
  if (id !== undefined) return taskAnswer(account, asked.method, id);
  switch (`${asked.method} ${asked.path}`) {
    case 'GET /api/v1/account':
      return json(infoOf(account));
    case 'POST /api/v1/link/lookup':
      return json({
        result: [data ?? []].flat().map((link) => ({
          cached: cloud.torrent(infohashIn(link)).isCached,
        })),
      });
    case 'POST /api/v1/link/generate':
      return generated(account, String(data), cloud);
    case 'GET /api/v1/tasks':
      return json(account.held.map((held) => taskOf(held)));
    case 'POST /api/v1/tasks':
      return create(account, String(data), cloud);
    default:
      return undefined;
  }
}

function infoOf({ user, state }: CloudAccount): unknown {
  return {
    id: user,
    email: 'foo@example.com',
    subscription: { status: state === 'free' ? 'canceled' : 'active' },
  };
}

function generated({ state }: CloudAccount, link: string, cloud: DebridCloud): Answer {
  if (state === 'free') return NEEDS_PREMIUM;
  if (link === CACHED_NZB) return json({ files: filesOf(cloud.cached) });
  const torrent = cloud.torrent(infohashIn(link));
  if (infohashIn(link) === '') return json({ error: 'Invalid link' }, 400);
  return torrent.isCached
    ? json({ files: filesOf(torrent) })
    : json({ error: 'Not found in cache' }, 400);
}

function filesOf(torrent: CloudTorrent): unknown {
  return torrent.files.map((file) => ({
    name: file.path,
    size: file.sizeBytes,
    download_link: contentUrl(torrent, file),
  }));
}

function create(account: CloudAccount, magnet: string, cloud: DebridCloud): Answer {
  const infohash = infohashIn(magnet);
  if (infohash === '') return json({ error: 'Invalid magnet link' }, 400);
  if (account.state === 'free') return NEEDS_PREMIUM;
  if (account.state === 'full') return json({ error: 'Too many active tasks' }, 403);
  return json({ data: taskOf(cloud.hold(account, cloud.torrent(infohash))) }, 201);
}

/** Each look gets it on. */
function taskAnswer(account: CloudAccount, method: string, id: string): Answer {
  const held = account.held.find((one) => one.id === id);
  if (held === undefined) return NOT_FOUND;
  held.looks++;
  if (method !== 'DELETE') return json(taskOf(held));
  account.held.splice(account.held.indexOf(held), 1);
  return json({ message: 'Deleted' });
}

function taskOf(held: HeldTorrent): unknown {
  const running = hasFailed(held) ? 'error' : held.looks > 1 ? 'downloading' : 'parsing';
  return {
    id: held.id,
    hash: held.torrent.infohash,
    name: held.torrent.name,
    size: bytesOf(held.torrent),
    files: isReady(held) ? filesOf(held.torrent) : [],
    progress: progressOf(held) * 100,
    status: isReady(held) ? 'completed' : running,
    downloadSpeed: 0,
    uploadSpeed: 0,
    eta: 0,
    addedDate: new Date(held.addedAtS * 1000).toISOString(),
    type: 'torrent',
  };
}
