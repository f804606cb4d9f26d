/**
 * Tells an operator, once, that requests come through a proxy that `TRUSTED_PROXIES` does not name: then every client has the
 * proxy's address, and without `HOST_URL` links to posters and installs lead to an address that only this machine reaches.
 */
import type { Logger } from '../platform/log/logger.ts';
import type { ClientAddressResolver } from './client-address.ts';
import type { NativeRequest, NativeResponse } from './uws.ts';

export interface ProxyHintOptions {
  readonly addresses: ClientAddressResolver;
  readonly hostUrl: string | null;
  /** Where links lead without `HOST_URL`. */
  readonly ownUrl: string;
  readonly logger: Logger;
}

/** Behind a proxy every request has these headers, so few are looked at: the first ones, then one in as many. */
const LOOK_EVERY = 64;
const FORWARDED = [
  'x-forwarded-proto',
  'x-forwarded-host',
  'x-forwarded-for',
  'forwarded',
] as const;

export class ProxyHint {
  readonly #options: ProxyHintOptions;
  #requests = 0;
  #isTold = false;

  constructor(options: ProxyHintOptions) {
    this.#options = options;
  }

  /** Whether this request should be looked at. */
  wantsLook(): boolean {
    if (this.#isTold) return false;
    this.#requests += 1;
    return this.#requests <= LOOK_EVERY || this.#requests % LOOK_EVERY === 0;
  }

  look(response: NativeResponse, request: NativeRequest): void {
    const header = FORWARDED.find((name) => request.getHeader(name) !== '');
    if (header === undefined) return;
    const { addresses, hostUrl, ownUrl, logger } = this.#options;
    const peer = addresses.peer(new Uint8Array(response.getRemoteAddress()));
    if (peer.trusted) return;
    this.#isTold = true;
    const consequence =
      hostUrl === null
        ? `links to posters and installs lead to ${ownUrl}`
        : 'all clients count as one address';
    const advice = `set TRUSTED_PROXIES=${peer.address}${hostUrl === null ? ', or HOST_URL to the public address' : ''}`;
    logger.warn(
      { header },
      `requests come through a proxy at ${peer.address} that is not trusted, so ${consequence}: ${advice}`,
    );
  }
}
