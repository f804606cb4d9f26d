/** The services at the operator's addresses: the fake of each, the variables that name it, and what users enter. */
import { startAllDebrid } from './upstreams/alldebrid.ts';
import { startDebrider } from './upstreams/debrider.ts';
import { startDebridLink } from './upstreams/debridlink.ts';
import { startEasyDebrid } from './upstreams/easydebrid.ts';
import { startOffcloud } from './upstreams/offcloud.ts';
import { startPikPak } from './upstreams/pikpak.ts';
import { startPremiumize } from './upstreams/premiumize.ts';
import { startRealDebrid } from './upstreams/realdebrid.ts';
import { startSeedr } from './upstreams/seedr.ts';
import { startStremThru, startTorrin } from './upstreams/stremthru.ts';
import { startTorBox } from './upstreams/torbox.ts';
import type { DebridCloud } from './upstreams/debrid-cloud.ts';
import type { FakeUpstream } from './upstreams/fake-upstream.ts';

type StartFake = (cloud: DebridCloud) => Promise<FakeUpstream>;

export interface HostedService {
  readonly service: string;
  readonly start: StartFake;
  readonly variables: readonly string[];
  /** Of `sps`, for the account that the fake knows by this token. */
  readonly entry: (token: string) => object;
  /** Whether it says of everybody's torrents that they are cached. */
  readonly isAsked?: true;
  /** Whether it plays what is cached and fetches nothing for an account. */
  readonly isCacheAlone?: true;
}

const byToken = (token: string) => ({ tk: token });

export const HOSTED_SERVICES: readonly HostedService[] = [
  { service: 'realdebrid', start: startRealDebrid, entry: byToken, variables: ['REALDEBRID_URL'] },
  { service: 'alldebrid', start: startAllDebrid, entry: byToken, variables: ['ALLDEBRID_URL'] },
  {
    service: 'premiumize',
    start: startPremiumize,
    entry: byToken,
    variables: ['PREMIUMIZE_URL'],
    isAsked: true,
  },
  { service: 'debridlink', start: startDebridLink, entry: byToken, variables: ['DEBRIDLINK_URL'] },
  {
    service: 'torbox',
    start: startTorBox,
    entry: byToken,
    variables: ['TORBOX_URL'],
    isAsked: true,
  },
  {
    service: 'offcloud',
    start: startOffcloud,
    entry: byToken,
    variables: ['OFFCLOUD_URL'],
    isAsked: true,
  },
  {
    service: 'easydebrid',
    start: startEasyDebrid,
    entry: byToken,
    variables: ['EASYDEBRID_URL'],
    isAsked: true,
    isCacheAlone: true,
  },
  {
    service: 'debrider',
    start: startDebrider,
    entry: byToken,
    variables: ['DEBRIDER_URL'],
    isAsked: true,
  },
  { service: 'seedr', start: startSeedr, entry: byToken, variables: ['SEEDR_URL'] },
  {
    service: 'stremthru',
    start: startStremThru,
    variables: ['STREMTHRU_URL'],
    entry: (token) => ({ tk: `realdebrid:${token}` }),
    isAsked: true,
  },
  {
    service: 'torrin',
    start: startTorrin,
    entry: byToken,
    variables: ['TORRIN_URL'],
    isAsked: true,
  },
  {
    service: 'pikpak',
    start: startPikPak,
    variables: ['PIKPAK_URL', 'PIKPAK_USER_URL'],
    entry: (token) => ({ em: 'somebody@example.com', pw: token }),
  },
];
