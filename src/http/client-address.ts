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

/** Peers that were looked at before, by address; 1 µs against 0.05 µs. Emptied when full. */
const KNOWN_PEERS_MAX = 4096;
const IPV4_BYTES = 4;
/** Hops of `X-Forwarded-For` that are looked at, from the right. */
const HOPS_MAX = 32;

const NOT_AN_ADDRESS: Peer = { address: '', trusted: false };

type Range = readonly [ipaddr.IPv4 | ipaddr.IPv6, number];

export class ClientAddressResolver {
  readonly #ranges: readonly Range[];
  /** IPv4 peers by their address as a number, IPv6 peers by their bytes as text. */
  readonly #known = new Map<number | string, Peer>();

  /** @param trustedProxies addresses or CIDR ranges, IPv4 or IPv6; validated by the configuration */
  constructor(trustedProxies: readonly string[]) {
    this.#ranges = trustedProxies.map(parseRange);
  }

  /** False: forwarded headers are never read. */
  get trustsAnyone(): boolean {
    return this.#ranges.length > 0;
  }

  /** @param bytes address of the connection's other end, 4 or 16 bytes; anything else is nobody */
  peer(bytes: Uint8Array): Peer {
    const key =
      bytes.length === IPV4_BYTES ? numberOf(bytes) : Buffer.from(bytes).toString('latin1');
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const isAddress = bytes.length === IPV4_BYTES || bytes.length === 4 * IPV4_BYTES;
    const peer = isAddress
      ? this.#judge(unmapped(ipaddr.fromByteArray([...bytes])))
      : NOT_AN_ADDRESS;
    if (this.#known.size >= KNOWN_PEERS_MAX) this.#known.clear();
    this.#known.set(key, peer);
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
      const hopAddress = parseAddress(withoutPort(forwardedFor.slice(comma + 1, end).trim()));
      // What stands left of something unreadable cannot be trusted: the last good hop is the client.
      if (hopAddress === null) return client;
      const { address, trusted } = this.#judge(hopAddress);
      client = address;
      if (!trusted) return client;
      end = comma;
    }
    return client;
  }

  #judge(address: ipaddr.IPv4 | ipaddr.IPv6): Peer {
    return {
      address: address.toString(),
      trusted: this.#ranges.some((range) => isWithin(address, range)),
    };
  }
}

function numberOf(bytes: Uint8Array): number {
  const [a = 0, b = 0, c = 0, d = 0] = bytes;
  return a * 0x1000000 + b * 0x10000 + c * 0x100 + d;
}

/** Four-part decimal IPv4 or IPv6; `ipaddr.js` alone would also take `127.1` and `0x7f000001`. */
function parseAddress(text: string): ipaddr.IPv4 | ipaddr.IPv6 | null {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (!ipaddr.IPv6.isValid(text) || text.includes('%')) return null;
  return unmapped(ipaddr.IPv6.parse(text));
}

function unmapped(address: ipaddr.IPv4 | ipaddr.IPv6): ipaddr.IPv4 | ipaddr.IPv6 {
  return address instanceof ipaddr.IPv6 && address.isIPv4MappedAddress()
    ? address.toIPv4Address()
    : address;
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
  if (address instanceof ipaddr.IPv4)
    return range instanceof ipaddr.IPv4 && address.match(range, bits);
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
