/** From an entry of `sps` to the service behind it. */
import { AppError } from '../../lib/errors.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { DebridAccount, DeviceLogin } from './contract.ts';
import { debridFailure } from './failures.ts';
import type { DebridTools } from './open-service.ts';
import { allDebridAccount, allDebridLogin } from './providers/alldebrid.ts';
import { debridLinkAccount, debridLinkLogin } from './providers/debridlink.ts';
import { debriderAccount } from './providers/debrider.ts';
import { easyDebridAccount } from './providers/easydebrid.ts';
import { offcloudAccount } from './providers/offcloud.ts';
import { pikPakAccount } from './providers/pikpak.ts';
import { nzbGetAccount } from './providers/nzbget.ts';
import { premiumizeAccount, premiumizeLogin } from './providers/premiumize.ts';
import { qbittorrentAccount } from './providers/qbittorrent.ts';
import { realDebridAccount } from './providers/realdebrid.ts';
import { realDebridLogin } from './providers/realdebrid-login.ts';
import { seedrAccount } from './providers/seedr.ts';
import { nzbDavAccount, sabnzbdAccount } from './providers/sabnzbd.ts';
import { stremThruAccount, torrinAccount } from './providers/stremthru.ts';
import { torBoxAccount } from './providers/torbox.ts';
import { torBoxLogin } from './providers/torbox-login.ts';

type OpenAccount = (entry: ServiceEntry, tools: DebridTools) => DebridAccount;
type OpenLogin = (tools: DebridTools) => DeviceLogin | null;

/** A new service is a row here. */
const ACCOUNTS: Readonly<Record<string, OpenAccount>> = {
  realdebrid: realDebridAccount,
  alldebrid: allDebridAccount,
  premiumize: premiumizeAccount,
  debridlink: debridLinkAccount,
  torbox: torBoxAccount,
  stremthru: stremThruAccount,
  torrin: torrinAccount,
  qbittorrent: qbittorrentAccount,
  sabnzbd: sabnzbdAccount,
  nzbdav: nzbDavAccount,
  nzbget: nzbGetAccount,
  offcloud: offcloudAccount,
  easydebrid: easyDebridAccount,
  debrider: debriderAccount,
  seedr: seedrAccount,
  pikpak: pikPakAccount,
};

const LOGINS: Readonly<Record<string, OpenLogin>> = {
  realdebrid: realDebridLogin,
  alldebrid: allDebridLogin,
  debridlink: debridLinkLogin,
  premiumize: premiumizeLogin,
  torbox: torBoxLogin,
};

/** @throws AppError `debrid.no-credentials`, `debrid.unsupported` */
export function createDebridAccount(entry: ServiceEntry, tools: DebridTools): DebridAccount {
  const { service, name } = entry.service;
  const open = ACCOUNTS[service];
  if (open === undefined) throw debridFailure('debrid.unsupported', name);
  const missing = entry.missing();
  if (missing.length > 0)
    throw new AppError('debrid.no-credentials', `${name} needs: ${missing.join(', ')}`);
  return tools.refused.guard(open(entry, wayOf(entry, tools)), entry.accountKey);
}

/** Its calls go through the user's MediaFlow proxy where it plays through one. */
function wayOf({ mediaflow: proxy }: ServiceEntry, tools: DebridTools): DebridTools {
  if (proxy === null) return tools;
  return { ...tools, upstreams: { open: (spec) => tools.mediaflow.open(proxy, spec) } };
}

export function deviceLogin(service: string, tools: DebridTools): DeviceLogin | null {
  return LOGINS[service]?.(tools) ?? null;
}
