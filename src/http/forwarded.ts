/**
 * The one trusted-proxy resolver: who the client is and which address it used, from X-Forwarded-For,
 * -Proto and -Host, believed only when the peer is a trusted proxy.
 */
import ipaddr from 'ipaddr.js';

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

const HOPS_MAX = 32;
const HOST_CHARS_MAX = 255;

export class TrustedProxies {
  readonly #ranges: readonly Range[];

  /** @param ranges addresses and CIDR ranges, validated by the configuration */
  constructor(ranges: readonly string[]) {
    this.#ranges = ranges.map((range) =>
      range.includes('/') ? ipaddr.parseCIDR(range) : singleAddress(ipaddr.process(range)),
    );
  }

  /** With no trusted proxy, no forwarded header is ever read. */
  get isEmpty(): boolean {
    return this.#ranges.length === 0;
  }

  /** IPv4-mapped IPv6 addresses count as IPv4. */
  trusts(address: string): boolean {
    if (!ipaddr.isValid(address)) return false;
    const parsed = ipaddr.process(address);
    return this.#ranges.some(([network, bits]) => network.kind() === parsed.kind() && matches(parsed, network, bits));
  }

  /**
   * The right-most address of the chain that is not a trusted proxy: everything left of it could have
   * been made up by the client. Something that is no address ends the walk.
   */
  clientAddress(peer: string, forwardedFor: string): string {
    const hops = forwardedFor.split(',', HOPS_MAX).map((hop) => bareAddress(hop.trim()));
    let client = peer;
    for (let index = hops.length - 1; index >= 0 && this.trusts(client); index -= 1) {
      const hop = hops[index] ?? '';
      if (!ipaddr.isValid(hop)) break;
      client = ipaddr.process(hop).toString();
    }
    return client;
  }
}

/** Scheme and authority that a trusted proxy was asked for, or null when the headers make no sense. */
export function forwardedBaseUrl(proto: string, host: string): string | null {
  const scheme = proto.split(',', 1)[0]?.trim().toLowerCase();
  const authority = host.split(',', 1)[0]?.trim() ?? '';
  if ((scheme !== 'http' && scheme !== 'https') || !isAuthority(authority)) return null;
  return `${scheme}://${authority}`;
}

/** Host name or address with an optional port; nothing that could leave the authority part of a URL. */
export function isAuthority(text: string): boolean {
  if (text.length === 0 || text.length > HOST_CHARS_MAX) return false;
  return /^(?:[a-z0-9](?:[a-z0-9._-]*[a-z0-9])?|\[[0-9a-f:.]+\])(?::\d{1,5})?$/i.test(text);
}

/** Textual form of uWebSockets.js addresses; IPv4-mapped ones shortened. */
export function plainAddress(text: string): string {
  return ipaddr.isValid(text) ? ipaddr.process(text).toString() : text;
}

function singleAddress(address: Address): Range {
  return [address, address.kind() === 'ipv4' ? 32 : 128];
}

function matches(address: Address, network: Address, bits: number): boolean {
  if (address.kind() === 'ipv4') return (address as ipaddr.IPv4).match(network as ipaddr.IPv4, bits);
  return (address as ipaddr.IPv6).match(network as ipaddr.IPv6, bits);
}

/** `192.0.2.1:4711`, `[2001:db8::1]:4711` and `[2001:db8::1]` without port and brackets. */
function bareAddress(hop: string): string {
  const bracketed = /^\[([^\]]+)\](?::\d+)?$/.exec(hop);
  if (bracketed?.[1] !== undefined) return bracketed[1];
  return /^[\d.]+:\d+$/.test(hop) ? hop.slice(0, hop.indexOf(':')) : hop;
}
