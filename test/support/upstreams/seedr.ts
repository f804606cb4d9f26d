/** Seedr as its API v2 answers: tasks that stay when they are done, folders that they make, a wishlist for what does not fit. */
import {
  bytesOf,
  contentUrl,
  hasFailed,
  infohashIn,
  isReady,
  numberOfId,
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

const failure = (status: number, reason: string) =>
  json({ status_code: status, reason_phrase: reason }, status);
const UNAUTHORIZED = json({ error: 'unauthorized', error_description: 'no such token' }, 401);
const NOT_FOUND = failure(404, 'not_found');
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: json({ error: 'expired_token' }, 401),
  banned: UNAUTHORIZED,
  limited: { ...failure(429, 'too_many_requests'), headers: { 'retry-after': '60' } },
};
/** A folder that a task makes, and the one in it. */
const FOLDER_OFFSET = 1_000_000;
const INNER_OFFSET = 2_000_000;
const FILES_EACH = 1000;

export async function startSeedr(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, cloud) });
}

function answerOf(asked: Asked, cloud: DebridCloud): Answer | undefined {
  const { headers, method, body } = asked;
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const account = cloud.accounts.get(token);
  if (account === undefined) return UNAUTHORIZED;
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const path = asked.path.replace('/api/v0.1/p', '');
  const [, kind, id] = /^\/(tasks|fs\/folder|download\/file)\/(\d+)/.exec(path) ?? [];
  if (kind === 'tasks') return taskAnswer(account, method, Number(id));
  if (kind === 'fs/folder') return folderAnswer(account, Number(id));
  if (kind === 'download/file') return linkOf(account, Number(id));
  switch (`${method} ${path}`) {
    case 'GET /user':
      return json({
        profile: { id: 1, email: 'foo@example.com', username: account.user },
        account: { is_premium: account.state !== 'free', storage: { used: 1, limit: 2 } },
      });
    case 'GET /tasks':
      return json({ tasks: account.held.map((held) => taskOf(held)), user_id: 1 });
    case 'POST /tasks':
      return add(account, new URLSearchParams(body).get('torrent_magnet') ?? '', cloud);
    case 'GET /fs/root/contents':
      return json({ folders: [{ id: 5, path: 'My holidays', size: 12 }], files: [] });
    case 'POST /fs/batch/delete':
      return json({ success: true });
    default:
      return undefined;
  }
}

function add(account: CloudAccount, magnet: string, cloud: DebridCloud): Answer {
  const infohash = infohashIn(magnet);
  if (infohash === '') return failure(400, 'parsing_error');
  if (account.state === 'free') return failure(403, 'forbidden');
  if (account.state === 'full') return failure(413, 'not_enough_space_added_to_wishlist');
  const held = cloud.hold(account, cloud.torrent(infohash));
  return json({
    success: true,
    user_torrent_id: String(numberOfId(held)),
    title: held.torrent.name,
    torrent_hash: infohash,
  });
}

function taskOf(held: HeldTorrent): unknown {
  const { torrent, addedAtS } = held;
  const running = hasFailed(held) ? 'error' : 'downloading';
  return {
    id: numberOfId(held),
    torrent_payload: { hash: torrent.infohash },
    name: isReady(held) ? torrent.name : torrent.infohash,
    size: bytesOf(torrent),
    state: isReady(held) ? 'finished' : running,
    progress: Math.floor(progressOf(held) * 100),
    folder_id: 0,
    folder_created_id: isReady(held) ? numberOfId(held) + FOLDER_OFFSET : 0,
    timestamp: new Date(addedAtS * 1000).toISOString().slice(0, 19).replace('T', ' '),
  };
}

/** Each look gets it on. */
function taskAnswer(account: CloudAccount, method: string, id: number): Answer {
  const held = account.held.find((one) => numberOfId(one) === id);
  if (held === undefined) return NOT_FOUND;
  held.looks++;
  if (method !== 'DELETE') return json(taskOf(held));
  account.held.splice(account.held.indexOf(held), 1);
  return json({ success: true });
}

/** The folder of a task holds one with the files of the torrent. */
function folderAnswer(account: CloudAccount, id: number): Answer {
  const isInner = id >= INNER_OFFSET;
  const number = id - (isInner ? INNER_OFFSET : FOLDER_OFFSET);
  const held = account.held.find((one) => numberOfId(one) === number);
  if (held === undefined) return NOT_FOUND;
  const files = held.torrent.files.map(({ path, sizeBytes }, index) => ({
    id: number * FILES_EACH + index,
    name: path.split('/').at(-1),
    size: sizeBytes,
  }));
  return isInner
    ? json({ folders: [], files })
    : json({ folders: [{ id: number + INNER_OFFSET, path: held.torrent.name }], files: [] });
}

function linkOf(account: CloudAccount, id: number): Answer {
  const held = account.held.find((one) => numberOfId(one) === Math.floor(id / FILES_EACH));
  const file = held?.torrent.files[id % FILES_EACH];
  if (held === undefined || file === undefined) return NOT_FOUND;
  return json({ url: contentUrl(held.torrent, file), name: file.path });
}
