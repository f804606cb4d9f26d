/** PikPak as its web page asks it: a sign-in behind a signed captcha, tasks that make files of a drive, sizes as texts. */
import { createHash } from 'node:crypto';
import { captchaSign } from '../../../src/features/debrid/providers/pikpak-session.ts';
import {
  bytesOf,
  contentUrl,
  hasFailed,
  infohashIn,
  isReady,
  progressOf,
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

const failure = (error: string, errorCode: number, status = 400) =>
  json({ error, error_code: errorCode, error_description: error }, status);
const UNAUTHENTICATED = failure('unauthenticated', 16, 401);
const NOT_FOUND = failure('file_not_found', 5, 404);
const LIMITED = { ...failure('aborted', 10, 429), headers: { 'retry-after': '60' } };
const FOLDER = 'D';

/** What has been given, and can be taken back. */
export interface PikPakTokens {
  session: number;
  captcha: number;
  /** It wants to see somebody at a screen. */
  asksForPerson?: boolean;
}

/** The password of an account is its token. */
export async function startPikPak(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
  tokens: PikPakTokens = { session: 1, captcha: 1 },
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path.startsWith('/v1/')
        ? userAnswer(asked, cloud, tokens)
        : driveAnswer(asked, cloud, tokens),
  });
}

function userAnswer(asked: Asked, cloud: DebridCloud, tokens: PikPakTokens): Answer | undefined {
  const { path, method, headers, body } = asked;
  if (method !== 'POST') return undefined;
  const device = String(headers['x-device-id'] ?? '');
  if (path === '/v1/shield/captcha/init') {
    const { meta } = JSON.parse(body) as { readonly meta: Readonly<Record<string, string>> };
    const isSigned = meta['captcha_sign'] === captchaSign(device, meta['timestamp'] ?? '');
    if (!isSigned) return failure('captcha_invalid', 4002);
    if (tokens.asksForPerson === true) return json({ url: 'https://user.mypikpak.com/captcha' });
    return json({ captcha_token: `captcha ${tokens.captcha} ${device}`, expires_in: 300 });
  }
  if (path !== '/v1/auth/signin') return undefined;
  if (!hasCaptcha(headers, tokens)) return failure('captcha_invalid', 4002);
  const { password = '' } = JSON.parse(body) as { readonly password?: string };
  const account = cloud.accounts.get(password);
  if (account === undefined || account.state === 'expired' || account.state === 'banned')
    return failure('invalid_account_or_password', 4022);
  if (account.state === 'limited') return LIMITED;
  const access = `session ${tokens.session} ${hashOf(password)}`;
  return json({ token_type: 'Bearer', access_token: access, refresh_token: 'r', expires_in: 7200 });
}

function hasCaptcha(headers: Asked['headers'], { captcha }: PikPakTokens): boolean {
  const device = String(headers['x-device-id'] ?? '');
  return headers['x-captcha-token'] === `captcha ${captcha} ${device}`;
}

function hashOf(password: string): string {
  return createHash('sha256').update(password).digest('hex');
}

function driveAnswer(asked: Asked, cloud: DebridCloud, tokens: PikPakTokens): Answer | undefined {
  const { path, method, headers, query, body } = asked;
  const [, session, hash] = /^Bearer session (\d+) (\w+)$/.exec(headers.authorization ?? '') ?? [];
  const [, account] = [...cloud.accounts].find(([password]) => hashOf(password) === hash) ?? [];
  if (account === undefined || session !== String(tokens.session)) return UNAUTHENTICATED;
  if (!hasCaptcha(headers, tokens)) return failure('captcha_invalid', 4002);
  const [, kind, id] = /^\/drive\/v1\/(tasks|files)\/([\w-]+)$/.exec(path) ?? [];
  if (kind === 'tasks') return taskAnswer(account, id ?? '');
  if (kind === 'files') return fileAnswer(account, id ?? '');
  switch (`${method} ${path}`) {
    case 'GET /drive/v1/privilege/vip':
      return json({ data: vipOf(account) });
    case 'GET /drive/v1/tasks':
      return page(
        account.held.map((held) => taskOf(held)),
        'tasks',
        query,
      );
    case 'DELETE /drive/v1/tasks':
      return removeAll(account, (query.get('task_ids') ?? '').split(','));
    case 'GET /drive/v1/files':
      return page(childrenOf(account, query.get('parent_id') ?? ''), 'files', query);
    case 'POST /drive/v1/files':
      return add(account, body, cloud);
    case 'POST /drive/v1/files:batchTrash': {
      const { ids } = JSON.parse(body) as { readonly ids: string[] };
      return removeAll(
        account,
        ids.map((one) => one.replace(FOLDER, '')),
      );
    }
    default:
      return undefined;
  }
}

function vipOf({ state }: CloudAccount): unknown {
  return state === 'free'
    ? { type: 'novip', expire: '', status: 'invalid' }
    : { type: 'platinum', expire: '2099-01-01T00:00:00Z', status: 'ok' };
}

function page(rows: readonly unknown[], field: string, query: URLSearchParams): Answer {
  const from = Number(query.get('page_token') ?? 0);
  const to = from + Number(query.get('limit') ?? 100);
  return json({
    [field]: rows.slice(from, to),
    next_page_token: to < rows.length ? String(to) : '',
  });
}

function add(account: CloudAccount, body: string, cloud: DebridCloud): Answer {
  const { url } = JSON.parse(body) as { readonly url: { readonly url: string } };
  const infohash = infohashIn(url.url);
  if (infohash === '') return failure('invalid_argument', 3);
  if (account.state === 'free') return failure('task_daily_create_limit_vip', 8);
  if (account.state === 'full') return failure('file_space_not_enough', 8);
  const held = cloud.hold(account, cloud.torrent(infohash));
  return json({ upload_type: 'UPLOAD_TYPE_URL', file: null, task: taskOf(held) });
}

function taskOf(held: HeldTorrent): unknown {
  const { id, torrent, addedAtS } = held;
  const running = hasFailed(held) ? 'PHASE_TYPE_ERROR' : 'PHASE_TYPE_RUNNING';
  return {
    kind: 'drive#task',
    id,
    name: torrent.name,
    type: 'offline',
    phase: isReady(held) ? 'PHASE_TYPE_COMPLETE' : running,
    message: hasFailed(held) ? 'Save failed, retry please' : '',
    progress: Math.floor(progressOf(held) * 100),
    file_id: isReady(held) ? `${FOLDER}${id}` : '',
    file_size: String(bytesOf(torrent)),
    created_time: new Date(addedAtS * 1000).toISOString(),
    params: { url: `magnet:?xt=urn:btih:${torrent.infohash}` },
  };
}

/** Each look gets it on. */
function taskAnswer(account: CloudAccount, id: string): Answer {
  const held = account.held.find((one) => one.id === id);
  if (held === undefined) return failure('not_found', 5, 404);
  held.looks++;
  return json(taskOf(held));
}

function removeAll(account: CloudAccount, ids: readonly string[]): Answer {
  const chosen = account.held.filter(({ id }) => ids.includes(id));
  if (chosen.length === 0) return NOT_FOUND;
  for (const held of chosen) account.held.splice(account.held.indexOf(held), 1);
  return json({ task_id: 't' });
}

/** The root, or the folder that a task has made. */
function childrenOf(account: CloudAccount, parentId: string): readonly unknown[] {
  if (parentId === '')
    return [{ kind: 'drive#folder', id: 'holidays', name: 'My holidays', size: '0' }];
  const held = account.held.find(({ id }) => `${FOLDER}${id}` === parentId);
  return held === undefined ? [] : held.torrent.files.map((_, index) => fileRow(held, index));
}

function fileRow(held: HeldTorrent, index: number) {
  const file = held.torrent.files[index];
  if (file === undefined) throw new RangeError(`no file ${index}`);
  const url = contentUrl(held.torrent, file);
  return {
    kind: 'drive#file',
    id: `${held.id}-${index}`,
    name: file.path.split('/').at(-1),
    size: String(file.sizeBytes),
    trashed: false,
    web_content_link: url,
    medias: [
      { media_name: '720P', is_origin: false, link: { url: `${url}.720p.m3u8`, expire: '' } },
      { media_name: 'Original', is_origin: true, link: { url, expire: '2099-01-01T00:00:00Z' } },
    ],
  };
}

function fileAnswer(account: CloudAccount, id: string): Answer {
  const folder = account.held.find((held) => `${FOLDER}${held.id}` === id);
  if (folder !== undefined)
    return json({ kind: 'drive#folder', id, name: folder.torrent.name, size: '0', trashed: false });
  const [heldId, index] = id.split('-');
  const held = account.held.find((one) => one.id === heldId);
  if (held === undefined || held.torrent.files[Number(index)] === undefined) return NOT_FOUND;
  return json(fileRow(held, Number(index)));
}
