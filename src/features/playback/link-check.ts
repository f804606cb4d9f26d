/** Where a player may be sent: to what a service says, unless that is an address of the inside or holds a credential. */
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import { createAddressGuard } from '../../platform/fetch/address-guard.ts';

const URL_CHARS_MAX = 8192;

export class LinkCheck {
  readonly #guard;

  /** @param allowed as FETCH_ALLOW_PRIVATE */
  constructor(allowed: readonly string[]) {
    this.#guard = createAddressGuard(allowed);
  }

  /** A download client of the user's own may be anywhere, and its WebDAV server may want a login in the address. */
  isFit(url: string, entry: ServiceEntry): boolean {
    if (url.length > URL_CHARS_MAX || !URL.canParse(url)) return false;
    const { protocol, hostname } = new URL(url);
    if (protocol !== 'https:' && protocol !== 'http:') return false;
    if (entry.service.kind !== 'debrid') return true;
    const readable = decoded(url);
    if (entry.secrets().some((secret) => url.includes(secret) || readable.includes(secret)))
      return false;
    const host = hostname.replace(/^\[(.*)\]$/, '$1');
    return this.#guard.permitsHost(host);
  }

  /** The address that a service may be told; empty for those that mean nothing outside. */
  publicAddress(clientAddress: string): string {
    return PUBLIC.permits(clientAddress, clientAddress) ? clientAddress : '';
  }
}

const PUBLIC = createAddressGuard([]);

function decoded(url: string): string {
  try {
    return decodeURIComponent(url);
  } catch {
    return url;
  }
}
