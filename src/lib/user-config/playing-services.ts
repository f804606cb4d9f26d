/** The services of one user that play through this server, with the tokens of their links. */
import { nzbRef, type NzbLink } from '../install-token/nzb-link.ts';
import { playbackToken } from '../install-token/playback-token.ts';
import type { ServiceEntry } from './own-services.ts';

export interface PlayingService {
  readonly entry: ServiceEntry;
  /** Of its playback links: `PLAYBACK_TOKEN_CHARS` characters. */
  readonly token: string;
}

/** Credentials stay inside `ServiceEntry`; at most 5, in memory only as long as the context of their user. */
export class OwnServices {
  readonly all: readonly PlayingService[];
  /** One after the other: equal for services whose links are the same. */
  readonly tokens: string;
  /** Of the stored profile that they are in; empty for install addresses. */
  readonly profileId: string;
  /** What links to Usenet posts hold of them. */
  readonly nzbRef: (nzb: NzbLink) => string;

  constructor(all: readonly PlayingService[], profileId: string, digest: (text: string) => string) {
    this.all = all;
    this.tokens = all.map(({ token }) => token).join('');
    this.profileId = profileId;
    this.nzbRef = (nzb) => nzbRef(nzb, digest);
  }

  get count(): number {
    return this.all.length;
  }
}

/** Of most users: one object for all of them. */
export const NO_SERVICES = new OwnServices([], '', () => '');

const SERVICES_MAX = 5;

/** @param entries those that can play, in their order */
export function playingServices(
  entries: readonly ServiceEntry[],
  profileId: string,
  digest: (text: string) => string,
): OwnServices {
  if (entries.length === 0) return NO_SERVICES;
  return new OwnServices(
    entries
      .slice(0, SERVICES_MAX)
      .map((entry) => ({ entry, token: playbackToken(entry, profileId, digest) })),
    profileId,
    digest,
  );
}
