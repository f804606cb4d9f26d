/** AllDebrid as its API answers: errors under HTTP 200, files as a tree, magnets as a list, an object or one of them. */
import {
  contentUrl,
  type DebridCloud,
  hasFailed,
  infohashIn,
  isReady,
  numberOfId,
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

const data = (value: unknown) => json({ status: 'success', data: value });
const failure = (code: string, message: string) =>
  json({ status: 'error', error: { code, message } });
const BY_STATE: Readonly<Partial<Record<AccountState, Answer>>> = {
  expired: failure('AUTH_BAD_APIKEY', 'The auth apikey is invalid'),
  banned: failure('AUTH_USER_BANNED', 'This account is banned'),
  limited: { ...json({ status: 'error' }), status: 429, headers: { 'retry-after': '60' } },
};
const HOSTER = 'https://alldebrid.com/f/';

export async function startAllDebrid(
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>> = {},
  login = { isConfirmed: false },
): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path.includes('/pin/') ? pinAnswer(asked, cloud, login) : answerOf(asked, cloud),
  });
}

function answerOf(asked: Asked, cloud: DebridCloud): Answer {
  const { path, query, headers, body } = asked;
  if (query.get('agent') === null) return failure('AUTH_MISSING_AGENT', 'You must send an agent');
  const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
  if (token === undefined) return failure('AUTH_MISSING_APIKEY', 'The auth apikey was not sent');
  const account = cloud.accounts.get(token);
  if (account === undefined) return failure('AUTH_BAD_APIKEY', 'The auth apikey is invalid');
  const refusal = BY_STATE[account.state];
  if (refusal !== undefined) return refusal;
  const form = new URLSearchParams(body);
  const action = path.replace(/^\/v4(?:\.1)?\//, '');
  if (action === 'user') return data({ user: userOf(account) });
  if (action === 'magnet/upload') return data({ magnets: [upload(account, form, cloud)] });
  if (action === 'link/unlock') return unlock(account, form);
  if (action === 'magnet/status' && !form.has('id'))
    return data({ magnets: account.held.map((held) => statusOf(held)) });
  const held = account.held.find(({ id }) => id === idIn(form));
  if (!['magnet/status', 'magnet/files', 'magnet/delete', 'magnet/restart'].includes(action))
    return failure('404', "Endpoint doesn't exist");
  if (held === undefined) return failure('MAGNET_INVALID_ID', 'This magnet ID does not exist');
  if (action === 'magnet/status') {
    held.looks++;
    return data({ magnets: statusOf(held) });
  }
  if (action === 'magnet/files')
    return data({
      magnets: [{ id: Number(numberOfId(held)), files: isReady(held) ? treeOf(held) : [] }],
    });
  if (action === 'magnet/restart') held.looks = 0;
  else account.held.splice(account.held.indexOf(held), 1);
  return data({ message: 'Magnet was successfully handled' });
}

function idIn(form: URLSearchParams): string {
  const number = Number(form.get('id') ?? form.get('id[]') ?? 0) - 1000;
  return `T${number.toString(36).toUpperCase()}`;
}

function userOf({ user, state }: CloudAccount): unknown {
  return {
    username: user,
    email: 'foo@example.com',
    isPremium: state !== 'free',
    isTrial: false,
    isSubscribed: false,
    premiumUntil: state === 'free' ? 0 : 4_074_854_096,
    lang: 'en',
    preferedDomain: 'com',
    fidelityPoints: 456,
    limitedHostersQuotas: {},
  };
}

/** Errors of one magnet stand beside it. */
function upload(account: CloudAccount, form: URLSearchParams, cloud: DebridCloud): unknown {
  const magnet = form.get('magnets[]') ?? '';
  const infohash = infohashIn(magnet);
  const failed = (code: string) => ({ magnet, error: { code, message: code.toLowerCase() } });
  if (infohash === '') return failed('MAGNET_INVALID_URI');
  if (account.state === 'free') return failed('MAGNET_MUST_BE_PREMIUM');
  if (account.state === 'full') return failed('MAGNET_TOO_MANY_ACTIVE');
  const held = cloud.find(account, cloud.torrent(infohash));
  return {
    magnet,
    hash: infohash,
    name: held.torrent.name,
    filename_original: '',
    size: sizeOf(held),
    ready: isReady(held),
    id: numberOfId(held),
  };
}

function sizeOf({ torrent }: HeldTorrent): number {
  return torrent.files.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

function statusOf(held: HeldTorrent): unknown {
  const code = hasFailed(held) ? 15 : isReady(held) ? 4 : held.looks > 1 ? 1 : 0;
  return {
    id: numberOfId(held),
    filename: held.torrent.name,
    size: sizeOf(held),
    hash: held.torrent.infohash,
    status: code === 4 ? 'Ready' : 'Downloading',
    statusCode: code,
    downloaded: Math.floor(sizeOf(held) * progressOf(held)),
    uploaded: 0,
    seeders: 0,
    downloadSpeed: 0,
    uploadSpeed: 0,
    uploadDate: held.addedAtS,
    completionDate: held.addedAtS,
    type: 'm',
    notified: true,
    version: 2,
    nbLinks: held.torrent.files.length,
  };
}

interface Node {
  readonly n: string;
  s?: number;
  l?: string;
  e?: Node[];
}

function treeOf(held: HeldTorrent): readonly Node[] {
  const roots: Node[] = [];
  held.torrent.files.forEach(({ path, sizeBytes }, index) => {
    const parts = path.split('/');
    const name = parts.pop() ?? '';
    let level = roots;
    for (const part of parts) {
      const folder = level.find((node) => node.n === part) ?? { n: part, e: [] };
      if (!level.includes(folder)) level.push(folder);
      level = folder.e ?? [];
    }
    level.push({ n: name, s: sizeBytes, l: `${HOSTER}${held.id}-${index}` });
  });
  return roots;
}

function unlock(account: CloudAccount, form: URLSearchParams): Answer {
  const [, id, index] = /\/f\/(\w+)-(\d+)$/.exec(form.get('link') ?? '') ?? [];
  const held = account.held.find((one) => one.id === id);
  const file = held?.torrent.files[Number(index)];
  if (held === undefined || file === undefined) return failure('LINK_DOWN', 'This link is down');
  return data({
    link: contentUrl(held.torrent, file),
    host: 'alldebrid',
    filename: file.path.split('/').at(-1),
    streaming: [],
    paws: false,
    filesize: file.sizeBytes,
    streams: [],
    id: '678mno',
    hostDomain: 'alldebrid.com',
  });
}

function pinAnswer(
  { path, body }: Asked,
  cloud: DebridCloud,
  { isConfirmed }: { readonly isConfirmed: boolean },
): Answer {
  if (path.endsWith('/pin/get'))
    return data({
      pin: 'ABCD',
      check: '664c3ca2635c99f291d28e11ea18e154750bd21a',
      expires_in: 600,
      user_url: 'https://alldebrid.com/pin/?pin=ABCD',
      base_url: 'https://alldebrid.com/pin/',
    });
  const form = new URLSearchParams(body);
  if (form.get('pin') !== 'ABCD') return failure('PIN_INVALID', 'The pin is invalid');
  const [token] = cloud.accounts.keys();
  return data(
    isConfirmed
      ? { apikey: token, activated: true, expires_in: 300 }
      : { activated: false, expires_in: 300 },
  );
}
