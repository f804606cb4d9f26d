/** How often each service may be asked for one account. */
import type { UpstreamSpec } from '../../platform/upstream/upstream.ts';

export type Politeness = Pick<UpstreamSpec, 'callsPerMinute' | 'burst' | 'concurrencyMax'>;

/** Below what a service documents; where it documents nothing, what its own page does. */
const UNDOCUMENTED: Politeness = { callsPerMinute: 120, burst: 20, concurrencyMax: 4 };

/** The user's own machine. */
const OWN: Politeness = { callsPerMinute: 600, burst: 60, concurrencyMax: 4 };

const BY_SERVICE: Readonly<Record<string, Politeness>> = {
  // 250 a minute; refused calls count, too.
  realdebrid: { callsPerMinute: 240, burst: 20, concurrencyMax: 6 },
  // 12 a second, 600 a minute.
  alldebrid: { callsPerMinute: 540, burst: 10, concurrencyMax: 6 },
  // 300 a minute for most paths, of which each play takes four at most.
  torbox: { callsPerMinute: 280, burst: 20, concurrencyMax: 6 },
  qbittorrent: OWN,
  webdav: OWN,
  sabnzbd: OWN,
  nzbdav: OWN,
  nzbget: OWN,
};

export function politenessOf(service: string): Politeness {
  return BY_SERVICE[service] ?? UNDOCUMENTED;
}
