/** EasyDebrid as its API answers: a cache that is looked up and generated from; accounts hold nothing. */
import {
  contentUrl,
  infohashIn,
  type AccountState,
  type CloudAccount,
  type CloudTorrent,
  type DebridCloud,
} from './debrid-cloud.ts';
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';

const UNAUTHORIZED = json({ error: 'Unauthorized' }, 401);
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: UNAUTHORIZED,
  banned: json({ error: 'Your account is banned' }, 403),
  limited: { ...json({ error: 'Too many requests' }, 429), headers: { 'retry-after': '60' } },
};

export async function startEasyDebrid(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
): Promise<FakeUpstream> {
  return FakeUpstream.start({ ...options, answer: (asked) => answerOf(asked, cloud) });
}

function answerOf({ path, headers, body }: Asked, cloud: DebridCloud): Answer | undefined {
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1] ?? '';
  const account = cloud.accounts.get(token);
  if (account === undefined) return UNAUTHORIZED;
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const { urls = [], url = '' } = JSON.parse(body || '{}') as {
    readonly urls?: string[];
    readonly url?: string;
  };
  const torrent = cloud.torrent(infohashIn(url));
  switch (path) {
    case '/api/v1/user/details':
      return json({ id: 12, paid_until: account.state === 'free' ? 0 : 4_074_854_096 });
    case '/api/v1/link/lookup':
      return json({ cached: urls.map((one) => cloud.torrent(infohashIn(one)).isCached) });
    case '/api/v1/link/generate':
      return generated(account, torrent);
    case '/api/v1/link/request':
      cloud.find(account, torrent);
      return json({ success: true });
    default:
      return undefined;
  }
}

function generated({ state }: CloudAccount, torrent: CloudTorrent): Answer {
  if (state === 'free') return json({ error: 'A premium account is needed: no premium' }, 402);
  if (!torrent.isCached) return json({ error: 'Unsupported link for direct download.' }, 400);
  return json({
    files: torrent.files.map((file) => ({
      filename: file.path.split('/').at(-1),
      directory: file.path.split('/').slice(0, -1),
      size: file.sizeBytes,
      url: contentUrl(torrent, file),
    })),
  });
}
