/**
 * The one place that decides who a client is: the peer of the connection, or, behind a trusted proxy,
 * the right-most address of `X-Forwarded-For` that is not a trusted proxy itself.
 */
import ipaddr from 'ipaddr.js';

export interface Peer {
  /** Canonical text; an IPv4-mapped IPv6 address is shown as IPv4. Empty when the text is no address. */
  readonly address: string;
  readonly trusted: boolean;
}

/** Peers whose text was read before; 0.7 µs of parsing against 0.1 µs. Emptied when full. */
const KNOWN_PEERS_MAX = 4096;
/** Hops of `X-Forwarded-For` that are looked at, from the right. */
const HOPS_MAX = 32;

const NOT_AN_ADDRESS: Peer = { address: '', trusted: false };

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

export class ClientAddressResolver {
  readonly #ranges: readonly Range[];
  readonly #known = new Map<string, Peer>();

  /** @param trustedProxies addresses or CIDR ranges, IPv4 or IPv6; validated by the configuration */
  constructor(trustedProxies: readonly string[]) {
    this.#ranges = trustedProxies.map(parseRange);
  }

  /** False: forwarded headers are never read. */
  get trustsAnyone(): boolean {
    return this.#ranges.length > 0;
  }

  /** @param text an address as the socket or a header gives it */
  peer(text: string): Peer {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const peer = this.#read(text);
    if (this.#known.size >= KNOWN_PEERS_MAX) this.#known.clear();
    this.#known.set(text, peer);
    return peer;
  }

  /**
   * @param peer of the connection
   * @param forwardedFor all `X-Forwarded-For` lines in order, joined by commas; empty when there is none
   */
  client(peer: Peer, forwardedFor: string): string {
    if (!peer.trusted || forwardedFor === '') return peer.address;
    let client = peer.address;
    let end = forwardedFor.length;
    for (let hop = 0; hop < HOPS_MAX && end >= 0; hop += 1) {
      const comma = end === 0 ? -1 : forwardedFor.lastIndexOf(',', end - 1);
      const { address, trusted } = this.#read(withoutPort(forwardedFor.slice(comma + 1, end).trim()));
      // What stands left of something unreadable cannot be trusted: the last good hop is the client.
      if (address === '') return client;
      client = address;
      if (!trusted) return client;
      end = comma;
    }
    return client;
  }

  #read(text: string): Peer {
    const address = parseAddress(text);
    if (address === null) return NOT_AN_ADDRESS;
    return { address: address.toString(), trusted: this.#ranges.some((range) => isWithin(address, range)) };
  }
}

/** Four-part decimal IPv4 or IPv6; `ipaddr.js` alone would also take `127.1` and `0x7f000001`. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return null;
  return unmapped(ipaddr.IPv6.parse(text));
}

function unmapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

function parseRange(text: string): Range {
  const [address, bits] = text.includes('/') ? ipaddr.parseCIDR(text) : singleAddress(text);
  const isMapped = address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress() && bits >= 96;
  return isMapped ? [address.toIPv4Address(), bits - 96] : [address, bits];
}

function singleAddress(text: string): Range {
  const address = ipaddr.parse(text);
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function isWithin(address: ipaddr.IPv4 | ipaddr.IPv6, [range, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return range instanceof ipaddr.IPv4 && address.match(range, bits);
  return range instanceof ipaddr.IPv6 && address.match(range, bits);
}

/** `1.2.3.4:567` → `1.2.3.4`; `[::1]:567` and `[::1]` → `::1`; a bare IPv6 address stays. */
function withoutPort(text: string): string {
  if (text.startsWith('[')) {
    const close = text.indexOf(']');
    return close < 0 ? text : text.slice(1, close);
  }
  const colon = text.indexOf(':');
  return colon >= 0 && text.indexOf(':', colon + 1) < 0 ? text.slice(0, colon) : text;
}
