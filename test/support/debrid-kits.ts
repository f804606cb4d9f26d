/** Every service with the fake that it asks, opened the same way for all of them. A new service is a row at the end. */
import { createHash } from 'node:crypto';
import { AccessTokens } from '../../src/features/debrid/access-tokens.ts';
import type {
  DebridAccount,
  WantedNzb,
  WantedTorrent,
} from '../../src/features/debrid/contract.ts';
import { MediaflowProxies } from '../../src/features/debrid/mediaflow/mediaflow-proxies.ts';
import type { DebridTools } from '../../src/features/debrid/open-service.ts';
import { RefusedAccounts } from '../../src/features/debrid/refused-accounts.ts';
import { createDebridAccount } from '../../src/features/debrid/registry.ts';
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import { ownServices } from '../../src/lib/user-config/own-services.ts';
import { loadConfig } from '../../src/platform/config/config.ts';
import { createFetcher } from '../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../src/platform/upstream/upstreams.ts';
import { silentLogger } from './cache-parts.ts';
import { startAllDebrid } from './upstreams/alldebrid.ts';
import {
  contentUrl,
  DebridCloud,
  type AccountState,
  type CloudFile,
  type CloudTorrent,
} from './upstreams/debrid-cloud.ts';
import { startDebrider } from './upstreams/debrider.ts';
import { debridLinkOAuth, startDebridLink } from './upstreams/debridlink.ts';
import { startEasyDebrid } from './upstreams/easydebrid.ts';
import type { FakeUpstream, UpstreamOptions } from './upstreams/fake-upstream.ts';
import { startOffcloud } from './upstreams/offcloud.ts';
import { startPikPak } from './upstreams/pikpak.ts';
import { startPremiumize } from './upstreams/premiumize.ts';
import { realDebridOAuth, startRealDebrid } from './upstreams/realdebrid.ts';
import { startSeedr } from './upstreams/seedr.ts';
import { startStremThru, startTorrin } from './upstreams/stremthru.ts';
import { startTorBox } from './upstreams/torbox.ts';

/** Part of every credential that a kit uses: it must be found nowhere else. */
export const CANARY = 'CANARY7f3a9';
export const TOKEN = `${CANARY}token1234567890`;

/** A user's credentials: those of the account, or of none. */
export type Credentials = 'right' | 'wrong';

export interface DebridKitOptions {
  readonly script?: UpstreamOptions['script'];
  /** Of the account that the credentials belong to. */
  readonly state?: AccountState;
  readonly credentials?: Credentials;
}

export interface OpenDebrid extends AsyncDisposable {
  readonly account: DebridAccount;
  readonly cloud: DebridCloud;
  /** The account at the service. */
  readonly held: ReturnType<DebridCloud['account']>;
  readonly upstream: FakeUpstream;
  /** The link to a file of the world. */
  readonly urlOf: (torrent: CloudTorrent, file: CloudFile) => string;
}

export interface DebridKit {
  /** Of the service, and which of its credentials. */
  readonly name: string;
  readonly has: {
    readonly globalCheck: boolean;
    readonly list: boolean;
    readonly remove: boolean;
    /** What is not cached can be added and waited for. */
    readonly transfers: boolean;
    /** Accounts may have none, end, and be banned. */
    readonly subscriptions: boolean;
  };
  /** Calls that one account may have under way at a time. */
  readonly concurrencyMax: number;
  /** Of the only call whose address holds the token, because the service wants it there; empty: of none. */
  readonly tokenInAddressOf: string;
  open(options?: DebridKitOptions): Promise<OpenDebrid>;
}

type StartFake = (
  cloud: DebridCloud,
  options: Partial<Omit<UpstreamOptions, 'answer'>>,
) => Promise<FakeUpstream>;

interface HostedService {
  readonly name: string;
  /** Variable with its address. */
  readonly variable: string;
  /** Another one, where it logs in somewhere else. */
  readonly loginVariable?: string;
  readonly start: StartFake;
  /** Entry of `sps`. @param token what the fake knows the account by */
  readonly entry: (token: string) => JsonObject;
  readonly has?: Partial<DebridKit['has']>;
  readonly concurrencyMax?: number;
  readonly tokenInAddressOf?: string;
}

const EVERYTHING = {
  globalCheck: false,
  list: true,
  remove: true,
  transfers: true,
  subscriptions: true,
} as const;
const digest = (text: string) => createHash('sha256').update(text).digest('base64url');

/** A service at an address of the operator's. */
function hosted({
  name,
  variable,
  loginVariable,
  start,
  entry,
  has,
  concurrencyMax = 6,
  tokenInAddressOf = '',
}: HostedService): DebridKit {
  return {
    name,
    has: { ...EVERYTHING, ...has },
    concurrencyMax,
    tokenInAddressOf,
    open: async ({ script, state = 'good', credentials = 'right' } = {}) => {
      const cloud = new DebridCloud();
      const held = cloud.account(TOKEN, state);
      const upstream = await start(cloud, script === undefined ? {} : { script });
      const tools = openDebridTools({
        [variable]: upstream.url,
        ...(loginVariable !== undefined && { [loginVariable]: upstream.url }),
      });
      const token = credentials === 'right' ? TOKEN : `${TOKEN}wrong`;
      return {
        account: openAccount(entry(token), tools),
        cloud,
        held,
        upstream,
        urlOf: contentUrl,
        [Symbol.asyncDispose]: async () => {
          await tools[Symbol.asyncDispose]();
          await upstream[Symbol.asyncDispose]();
        },
      };
    },
  };
}

export function openAccount(entry: JsonObject, tools: DebridTools): DebridAccount {
  const [service] = ownServices({ sps: [entry] }, digest);
  if (service === undefined) throw new Error('no such service');
  return createDebridAccount(service, tools);
}

/**
 * @param environment addresses of fakes
 * @param allowPrivate hosts that users' own servers may have
 */
export function openDebridTools(
  environment: Readonly<Record<string, string>>,
  allowPrivate: readonly string[] = [],
): DebridTools & AsyncDisposable {
  const fetcher = createFetcher({ allowPrivate });
  const { config } = loadConfig({
    FETCH_ALLOW_PRIVATE: allowPrivate.join(','),
    ...environment,
  });
  const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
  return {
    config,
    upstreams,
    mediaflow: new MediaflowProxies(config, upstreams),
    tokens: new AccessTokens(),
    refused: new RefusedAccounts(),
    [Symbol.asyncDispose]: () => fetcher[Symbol.asyncDispose](),
  };
}

export const NZB = '<?xml version="1.0"?><nzb xmlns="http://www.newzbin.com/DTD/2003/nzb"></nzb>';

export function wantedNzb(name: string, nzb = NZB): WantedNzb {
  return {
    kind: 'nzb',
    name,
    url: 'https://indexer.example/getnzb/1.nzb',
    content: () => Promise.resolve(Buffer.from(nzb)),
  };
}

export function wanted({ infohash, name }: CloudTorrent): WantedTorrent {
  return { kind: 'torrent', infohash, name, trackers: ['udp://tracker.example:1337/announce'] };
}

const withToken = (service: string, pack: (token: string) => string = (token) => token) => {
  return (token: string): JsonObject => ({ sv: service, tk: pack(token) });
};
const packedOAuth = (token: string) =>
  Buffer.from(JSON.stringify({ access_token: token })).toString('base64url');

const realDebrid = { variable: 'REALDEBRID_URL', start: startRealDebrid } as const;
const debridLink = {
  variable: 'DEBRIDLINK_URL',
  start: startDebridLink,
  concurrencyMax: 4,
} as const;
const premiumize = {
  variable: 'PREMIUMIZE_URL',
  start: startPremiumize,
  has: { globalCheck: true },
  concurrencyMax: 4,
} as const;

const stremThru = {
  variable: 'STREMTHRU_URL',
  start: startStremThru,
  has: { globalCheck: true },
  concurrencyMax: 4,
} as const;

const seedr = { variable: 'SEEDR_URL', start: startSeedr, concurrencyMax: 4 } as const;

export const DEBRID_KITS: readonly DebridKit[] = [
  hosted({ name: 'realdebrid', ...realDebrid, entry: withToken('realdebrid') }),
  hosted({
    name: 'realdebrid (OAuth)',
    ...realDebrid,
    entry: withToken('realdebrid', realDebridOAuth),
  }),
  hosted({
    name: 'alldebrid',
    variable: 'ALLDEBRID_URL',
    start: startAllDebrid,
    entry: withToken('alldebrid'),
  }),
  hosted({ name: 'premiumize', ...premiumize, entry: withToken('premiumize') }),
  hosted({
    name: 'premiumize (OAuth)',
    ...premiumize,
    entry: withToken('premiumize', packedOAuth),
  }),
  hosted({ name: 'debridlink', ...debridLink, entry: withToken('debridlink') }),
  hosted({
    name: 'debridlink (OAuth)',
    ...debridLink,
    entry: withToken('debridlink', debridLinkOAuth),
  }),
  hosted({
    name: 'torbox',
    variable: 'TORBOX_URL',
    start: startTorBox,
    entry: withToken('torbox'),
    has: { globalCheck: true },
    tokenInAddressOf: '/v1/api/torrents/requestdl',
  }),
  hosted({
    name: 'stremthru',
    ...stremThru,
    entry: withToken('stremthru', (token) => `realdebrid:${token}`),
  }),
  hosted({
    name: 'stremthru (name of the store)',
    ...stremThru,
    entry: (token) => ({ sv: 'stremthru', tk: token, stsn: 'torbox' }),
  }),
  hosted({
    name: 'stremthru (its own user)',
    ...stremThru,
    entry: withToken('stremthru', (token) => `user:${token}`),
  }),
  hosted({
    name: 'torrin',
    ...stremThru,
    variable: 'TORRIN_URL',
    start: startTorrin,
    entry: withToken('torrin'),
  }),
  hosted({
    name: 'offcloud',
    variable: 'OFFCLOUD_URL',
    start: startOffcloud,
    entry: withToken('offcloud'),
    has: { globalCheck: true },
    concurrencyMax: 4,
  }),
  hosted({
    name: 'easydebrid',
    variable: 'EASYDEBRID_URL',
    start: startEasyDebrid,
    entry: withToken('easydebrid'),
    has: { globalCheck: true, list: false, remove: false, transfers: false },
    concurrencyMax: 4,
  }),
  hosted({
    name: 'debrider',
    variable: 'DEBRIDER_URL',
    start: startDebrider,
    entry: withToken('debrider'),
    has: { globalCheck: true },
    concurrencyMax: 4,
  }),
  hosted({ name: 'seedr', ...seedr, entry: withToken('seedr') }),
  hosted({ name: 'seedr (OAuth)', ...seedr, entry: withToken('seedr', packedOAuth) }),
  hosted({
    name: 'pikpak',
    variable: 'PIKPAK_URL',
    loginVariable: 'PIKPAK_USER_URL',
    start: startPikPak,
    entry: (token) => ({ sv: 'pikpak', em: 'somebody@example.com', pw: token }),
    concurrencyMax: 4,
  }),
];
