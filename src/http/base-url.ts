/**
 * Scheme and authority for absolute links: `HOST_URL`, else what a trusted proxy
 * forwarded, else an address of our own. A raw Host header is never used: where we listen on every
 * interface it only chooses among the addresses that are ours, so that links reach whoever asked.
 */
import { hostname, networkInterfaces } from 'node:os';

export interface BaseUrlOptions {
  /** Public address that wins over everything else, perhaps with a path; null when there is none. */
  readonly hostUrl: string | null;
  readonly scheme: 'http' | 'https';
  /** Host that the server was told to listen on. */
  readonly listenHost: string;
}

const HOST_CHARS_MAX = 255;
/** Forwarded hosts that were checked before. Emptied when full. */
const KNOWN_HOSTS_MAX = 1024;
/** Addresses of our own are looked up again at most this often (DHCP, a VPN that comes up). */
const OWN_REFRESH_MS = 60_000;
const AUTHORITY = /^(?:\[[0-9a-f:.]{2,45}\]|[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)(?::\d{1,5})?$/;
const WILDCARDS = new Set(['0.0.0.0', '::', '[::]', '']);

export class BaseUrls {
  /** The answer for every request, when nothing that a client sends may change it. */
  readonly fixed: string | null;
  readonly #scheme: 'http' | 'https';
  readonly #port: number;
  readonly #listensEverywhere: boolean;
  readonly #forwarded = {
    http: new Map<string, string | null>(),
    https: new Map<string, string | null>(),
  };
  #own = new Map<string, string>();
  #ownReadAtMs = 0;
  #fallback: string;

  /** @param trustsProxies whether any peer's forwarded headers may be believed */
  constructor(options: BaseUrlOptions, port: number, trustsProxies: boolean) {
    this.#scheme = options.scheme;
    this.#port = port;
    this.#listensEverywhere = WILDCARDS.has(options.listenHost);
    this.#fallback = this.#urlOf(options.listenHost);
    if (this.#listensEverywhere) this.#readOwnAddresses();
    const constant = options.hostUrl ?? this.#fallback;
    this.fixed =
      options.hostUrl !== null || (!trustsProxies && !this.#listensEverywhere) ? constant : null;
  }

  /** The address of this instance, for the banner and for whatever has no request. */
  get own(): string {
    return this.fixed ?? this.#fallback;
  }

  /**
   * For a request whose peer is a trusted proxy.
   * @param proto `X-Forwarded-Proto`; the first of several counts
   * @param host `X-Forwarded-Host`, or the Host header that the proxy sent
   */
  behindProxy(proto: string, host: string): string {
    const first = firstOf(proto).toLowerCase();
    const scheme = first === 'http' || first === 'https' ? first : this.#scheme;
    const known = this.#forwarded[scheme];
    let url = known.get(host);
    if (url === undefined) {
      const authority = firstOf(host).toLowerCase();
      url = isAuthority(authority) ? `${scheme}://${authority}` : null;
      if (known.size >= KNOWN_HOSTS_MAX) known.clear();
      known.set(host, url);
    }
    return url ?? this.#fallback;
  }

  /** For a direct request. @param host the Host header, compared with our own addresses only */
  direct(host: string): string {
    if (!this.#listensEverywhere) return this.#fallback;
    const own = this.#own.get(host);
    if (own !== undefined) return own;
    if (performance.now() - this.#ownReadAtMs > OWN_REFRESH_MS) this.#readOwnAddresses();
    return this.#own.get(host.toLowerCase()) ?? this.#fallback;
  }

  #readOwnAddresses(): void {
    this.#ownReadAtMs = performance.now();
    const interfaces = Object.values(networkInterfaces()).flatMap((addresses) => addresses ?? []);
    const hosts = [
      'localhost',
      hostname().toLowerCase(),
      ...interfaces.map(({ address }) => address),
    ];
    const urls = hosts.map((host) => this.#urlOf(host));
    this.#own = new Map(urls.map((url) => [url.slice(url.indexOf('//') + 2), url]));
    const reachable = interfaces.find(({ internal, family }) => !internal && family === 'IPv4');
    this.#fallback = this.#urlOf(reachable?.address ?? '127.0.0.1');
  }

  #urlOf(host: string): string {
    const authority = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host;
    const isDefaultPort = this.#port === (this.#scheme === 'https' ? 443 : 80);
    return `${this.#scheme}://${authority}${isDefaultPort ? '' : `:${this.#port}`}`;
  }
}

/** `/sluice` of `https://example.org/sluice`; empty when there is no path. */
export function basePathOf(hostUrl: string | null): string {
  return hostUrl === null ? '' : new URL(hostUrl).pathname.replace(/\/$/, '');
}

function firstOf(list: string): string {
  const comma = list.indexOf(',');
  return (comma < 0 ? list : list.slice(0, comma)).trim();
}

/**
 * A host name, IPv4 or bracketed IPv6 address with an optional port, in lower case. The URL parser has the
 * last word: a name whose last label is a number (`a.0`) counts as an IPv4 address there, and as a bad one.
 */
export function isAuthority(text: string): boolean {
  return text.length <= HOST_CHARS_MAX && AUTHORITY.test(text) && URL.canParse(`http://${text}/`);
}
