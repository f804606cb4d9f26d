/**
 * THE table of what this version of Sluice can do: a part that is added switches its row on. Rows that depend on how an
 * instance is set up are answered by its `Capabilities`.
 */
import { serviceOf } from './user-config/services.ts';

export interface Capability {
  /** As people read it. */
  readonly label: string;
  readonly available: boolean | 'by-instance';
  /** Settings that do nothing without it: paths of short keys, where a parent stands for what is in it. */
  readonly fields: readonly string[];
}

export const CAPABILITIES = {
  p2p: service('p2p', true),
  realdebrid: service('realdebrid', true),
  torbox: service('torbox', true),
  premiumize: service('premiumize', true),
  alldebrid: service('alldebrid', true),
  debridlink: service('debridlink', true),
  offcloud: service('offcloud', true),
  easydebrid: service('easydebrid', true),
  debrider: service('debrider', true),
  pikpak: service('pikpak', true),
  seedr: service('seedr', true),
  stremthru: service('stremthru', true),
  torrin: service('torrin', true),
  qbittorrent: service('qbittorrent', true, 'sps.qbc'),
  sabnzbd: service('sabnzbd', true, 'sps.sbc'),
  nzbget: service('nzbget', true, 'sps.ngc'),
  nzbdav: service('nzbdav', true, 'sps.ndc'),
  easynews: service('easynews', false, 'sps.enc'),
  stremio_nntp: service('stremio_nntp', true),
  watchlists: feature('Catalogues of what an account holds', true, 'sps.ewc'),
  cachedStreams: feature('Knowing what a service has cached', true, 'sps.oscs'),
  providerNames: feature("Names of one's own for providers", false, 'sps.n'),
  providerGrouping: feature('A row for each provider', true, 'pg'),
  indexers: feature('Indexers', 'by-instance', 'ic'),
  liveSearch: feature('Live search', 'by-instance', 'lss'),
  usenet: feature('Usenet', true, 'eus', 'puot', 'sps.eun'),
  telegram: feature('Telegram', false, 'ets', 'tgc'),
  acestream: feature('AceStream', false, 'eas'),
  iptv: feature('Live channels', false, 'mfc.pls'),
  mediaflow: feature('MediaFlow', true, 'mfc', 'sps.umf'),
  webPlayback: feature('Playback in the browser', false, 'mfc.ewp'),
  rpdb: feature('Posters of RPDB', false, 'rpc'),
  tmdb: feature('TMDB', false, 'tmdb'),
  tvdb: feature('TVDB', false, 'tvdb'),
  mdblist: feature('Lists of MDBList', false, 'mdb'),
  watchedCount: feature('Counting what is watched', false),
  apiPassword: feature('Password of a private instance', false, 'ap'),
  otherServers: feature(
    'Settings of other servers, kept for them',
    false,
    'uid',
    'pid',
    'sc',
    'ia',
    'ed',
    'ic.tz.i',
    'ic.nz.i',
    'ic.nz.uz',
    'ic.nz.zb',
  ),
} as const satisfies Readonly<Record<string, Capability>>;

export type CapabilityName = keyof typeof CAPABILITIES;

const BY_NAME: ReadonlyMap<string, Capability> = new Map(Object.entries(CAPABILITIES));

/** What one instance can do. */
export class Capabilities {
  readonly #granted: ReadonlySet<string>;

  /** @param granted those rows of `by-instance` that its configuration makes available */
  constructor(granted: readonly CapabilityName[]) {
    this.#granted = new Set(granted);
  }

  /** False also for a name that the table does not have, such as a service that this version does not know. */
  has(name: string): boolean {
    const available = BY_NAME.get(name)?.available;
    return available === 'by-instance' ? this.#granted.has(name) : available === true;
  }

  /** What the configure page is told. */
  table(): Readonly<Record<string, boolean>> {
    return Object.fromEntries([...BY_NAME.keys()].map((name) => [name, this.has(name)]));
  }
}

/** What every instance can do, however it is set up. */
export const EVERYWHERE = new Capabilities([]);

/** @param nested object of `sps[]` that only this service reads */
function service(name: string, available: boolean, ...nested: readonly string[]): Capability {
  const known = serviceOf(name);
  return {
    label: known?.name ?? name,
    available,
    fields: [...(known?.credentials ?? []).map(({ key }) => `sps.${key}`), ...nested],
  };
}

function feature(
  label: string,
  available: Capability['available'],
  ...fields: readonly string[]
): Capability {
  return { label, available, fields };
}
