/** Premiumize as its API answers: sentences instead of codes, all under HTTP 200; `directdl` for what its cache has. */
import {
  contentUrl,
  type DebridCloud,
  hasFailed,
  infohashIn,
  isReady,
  progressOf,
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

/** What the fake has given to the server under test. */
export const CLIENT_ID = '123456789';

const success = (value: object) => json({ status: 'success', ...value });
const failure = (message: string) => json({ status: 'error', message });
const NOT_LOGGED_IN = failure('customer_id and pin parameter missing or not logged in ');

export async function startPremiumize(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
  login = { isConfirmed: false },
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path === '/token' ? loginAnswer(asked, cloud, login) : answerOf(asked, cloud),
  });
}

/** Login by a code; its errors are those of OAuth, under HTTP 400. */
function loginAnswer(
  { body }: Asked,
  cloud: DebridCloud,
  { isConfirmed }: { readonly isConfirmed: boolean },
): Answer {
  const form = new URLSearchParams(body);
  const refused = (error: string) => ({ ...json({ error, error_description: 'no' }), status: 400 });
  if (form.get('client_id') !== CLIENT_ID) return refused('invalid_client');
  if (form.get('response_type') === 'device_code')
    return json({
      device_code: 'device-code-1',
      user_code: 'WDJB-MJHT',
      verification_uri: 'https://www.premiumize.me/device',
      expires_in: 600,
      interval: 5,
    });
  if (form.get('code') !== 'device-code-1') return refused('invalid_grant');
  if (!isConfirmed) return refused('authorization_pending');
  const [token] = cloud.accounts.keys();
  return json({ access_token: token, token_type: 'bearer', expires_in: 315_360_000 });
}

function answerOf({ path, query, headers, body }: Asked, cloud: DebridCloud): Answer | undefined {
  const form = new URLSearchParams([...query, ...new URLSearchParams(body)]);
  const bearer = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  const account = cloud.accounts.get(bearer ?? form.get('apikey') ?? '');
  if (account === undefined || account.state === 'expired') return NOT_LOGGED_IN;
  if (account.state === 'banned') return failure('Your account is locked.');
  if (account.state === 'limited')
    return { ...failure('slow down'), status: 429, headers: { 'retry-after': '60' } };
  switch (path) {
    case '/api/account/info':
      return success(infoOf(account));
    case '/api/cache/check':
      return success(checkOf(form.getAll('items[]'), cloud));
    case '/api/transfer/directdl':
      return directDownload(account, form, cloud);
    case '/api/transfer/create':
      return create(account, form, cloud);
    case '/api/transfer/list':
      return success({ transfers: account.held.map((held) => transferOf(held)) });
    case '/api/transfer/delete':
      return remove(account, form.get('id') ?? '');
    default:
      return undefined;
  }
}

function infoOf({ user, state }: CloudAccount) {
  const until = state === 'free' ? 0 : 4_074_854_096;
  return { customer_id: user, premium_until: until, limit_used: 0, space_used: 789 };
}

/** Lists of the same length; sizes are texts. */
function checkOf(items: readonly string[], cloud: DebridCloud) {
  const torrents = items.map((item) => cloud.torrent(infohashIn(item) || item));
  return {
    response: torrents.map(({ isCached }) => isCached),
    transcoded: torrents.map(() => false),
    filename: torrents.map(({ isCached, name }) => (isCached ? name : null)),
    filesize: torrents.map(({ isCached }) => (isCached ? '828818888' : null)),
  };
}

function directDownload(account: CloudAccount, form: URLSearchParams, cloud: DebridCloud): Answer {
  if (account.state === 'free') return failure('You are not a premium member.');
  if (account.state === 'full') return failure('Fair use limit reached!');
  const torrent = cloud.torrent(infohashIn(form.get('src') ?? ''));
  const own = account.held.find((held) => held.torrent.infohash === torrent.infohash);
  if (!torrent.isCached && (own === undefined || !isReady(own)))
    return failure('Content not in cache.');
  return success({
    content: torrent.files.map((file) => ({
      path: file.path,
      size: String(file.sizeBytes),
      link: contentUrl(torrent, file),
      stream_link: null,
      transcode_status: 'not_applicable',
    })),
  });
}

function create(account: CloudAccount, form: URLSearchParams, cloud: DebridCloud): Answer {
  const infohash = infohashIn(form.get('src') ?? '');
  if (infohash === '') return failure('Invalid link given.');
  if (account.state === 'free') return failure('You are not a premium member.');
  if (account.state === 'full') return failure('You have too many active transfers.');
  const { id, torrent } = cloud.hold(account, cloud.torrent(infohash));
  return success({ type: 'savetocloud', id, name: torrent.name });
}

/** Each look gets it on; `finished` stands beside a progress of 0. */
function transferOf(held: HeldTorrent) {
  held.looks++;
  const { id, torrent } = held;
  const isFinished = isReady(held);
  const running = hasFailed(held) ? 'error' : held.looks > 1 ? 'running' : 'queued';
  return {
    id,
    name: torrent.name,
    message: null,
    status: isFinished ? 'finished' : running,
    progress: isFinished ? 0 : progressOf(held),
    folder_id: '-uvw654',
    file_id: null,
    src: `magnet:?xt=urn:btih:${torrent.infohash}&dn=${encodeURIComponent(torrent.name)}`,
  };
}

function remove(account: CloudAccount, id: string): Answer {
  const index = account.held.findIndex((held) => held.id === id);
  if (index === -1) return failure('Transfer not found.');
  account.held.splice(index, 1);
  return success({});
}
