/** Offcloud as its API answers: named errors, lists without a frame, what cannot be had as a `not_available` under HTTP 200. */
import {
  bytesOf,
  contentUrl,
  hasFailed,
  infohashIn,
  isReady,
  progressOf,
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

const NO_AUTH = json({ error: 'NOAUTH' }, 401);
const NOT_FOUND = json({ error: 'Request not found' }, 404);
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: NO_AUTH,
  banned: NO_AUTH,
  limited: { ...json({ error: 'Too many requests' }, 429), headers: { 'retry-after': '60' } },
};

export async function startOffcloud(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, cloud) });
}

function answerOf(asked: Asked, cloud: DebridCloud): Answer | undefined {
  const { path, method, headers, body } = asked;
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const account = cloud.accounts.get(token);
  if (account === undefined) return NO_AUTH;
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const [, action, id] = /^\/(?:api\/)?cloud\/(explore|remove)\/(\w+)$/.exec(path) ?? [];
  if (action !== undefined) return oneOf(account, action, id ?? '');
  switch (`${method} ${path}`) {
    case 'GET /api/account/info':
      return json(infoOf(account));
    case 'POST /api/cache': {
      const { hashes } = JSON.parse(body) as { readonly hashes: string[] };
      return json({ cachedItems: hashes.filter((hash) => cloud.torrent(hash).isCached) });
    }
    case 'POST /api/cloud':
      return add(account, (JSON.parse(body) as { readonly url: string }).url, cloud);
    case 'GET /api/cloud/history':
      return json(account.held.map((held) => historyRow(held)));
    case 'POST /api/cloud/status': {
      const { requestIds } = JSON.parse(body) as { readonly requestIds: string[] };
      const chosen = account.held.filter((held) => requestIds.includes(held.id));
      return json({ requests: chosen.map((held) => statusRow(held)) });
    }
    default:
      return undefined;
  }
}

function infoOf({ user, state }: CloudAccount): unknown {
  const isPremium = state !== 'free';
  return {
    user_id: user,
    is_premium: isPremium,
    can_download: isPremium,
    ...(isPremium && { expiration_date: '2099-12-31' }),
  };
}

function add(account: CloudAccount, url: string, cloud: DebridCloud): Answer {
  const infohash = infohashIn(url);
  if (infohash === '') return json({ error: 'Please enter a valid link' }, 400);
  if (account.state === 'free') return json({ not_available: 'premium' });
  if (account.state === 'full') return json({ not_available: 'cloud' });
  const held = cloud.hold(account, cloud.torrent(infohash));
  return json({
    requestId: held.id,
    fileName: held.torrent.name,
    status: isReady(held) ? 'downloaded' : 'created',
    originalLink: url,
  });
}

function statusOf(held: HeldTorrent): string {
  if (hasFailed(held)) return 'error';
  if (isReady(held)) return 'downloaded';
  return held.looks > 1 ? 'downloading' : 'created';
}

function historyRow(held: HeldTorrent): unknown {
  return {
    requestId: held.id,
    fileName: held.torrent.name,
    status: statusOf(held),
    originalLink: `magnet:?xt=urn:btih:${held.torrent.infohash}`,
    createdOn: new Date(held.addedAtS * 1000).toISOString(),
    isDirectory: held.torrent.files.length > 1,
  };
}

/** Each look gets it on. */
function statusRow(held: HeldTorrent): unknown {
  held.looks++;
  const size = bytesOf(held.torrent);
  return {
    requestId: held.id,
    fileName: held.torrent.files.length > 1 ? held.torrent.name : held.torrent.files[0]?.path,
    status: statusOf(held),
    amount: Math.floor(size * progressOf(held)),
    fileSize: size,
    server: 'fr-1',
    isDirectory: held.torrent.files.length > 1,
  };
}

/** What is one file is no archive. */
function oneOf(account: CloudAccount, action: string, id: string): Answer {
  const held = account.held.find((one) => one.id === id);
  if (held === undefined) return NOT_FOUND;
  if (action === 'remove') {
    account.held.splice(account.held.indexOf(held), 1);
    return json({ success: true });
  }
  if (held.torrent.files.length === 1) return json({ error: 'Bad archive' }, 400);
  return json({
    files: held.torrent.files.map((file, index) => ({
      id: `f${index}`,
      name: file.path.split('/').at(-1),
      size: file.sizeBytes,
      path: file.path,
      url: contentUrl(held.torrent, file),
    })),
  });
}
