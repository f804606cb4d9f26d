/**
 * Which addresses Sluice may connect to on a user's behalf. Public unicast only; everything else (loopback,
 * private, link-local, cloud metadata, multicast, reserved) needs the operator's word, because it reaches
 * services that trust whoever is inside (server-side request forgery).
 */
import ipaddr from 'ipaddr.js';

export interface AddressGuard {
  /**
   * @param host the name or literal of the URL, lower case, without brackets
   * @param address the address that would be connected to
   */
  permits(host: string, address: string): boolean;
  /** @param host as above, where somebody else will resolve it: names that mean something inside of networks only are refused */
  permitsName(host: string): boolean;
  /** @param host a literal, or a name as above */
  permitsHost(host: string): boolean;
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/** Public addresses with a special meaning inside clouds: Azure's wire server gives out credentials. */
const PUBLIC_BUT_INTERNAL: ReadonlySet<string> = new Set(['168.63.129.16']);
/** All global unicast of IPv6 so far (RFC 4291 section 2.4, IANA registry). */
const IPV6_GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');
/** Names that no public server has (RFC 6761, 6762, 8375, 9476, ICANN's `internal`), beside those without a dot. */
const LOCAL_NAME =
  /^[^.]*$|\.(localhost|local|localdomain|internal|intranet|private|lan|home|corp|home\.arpa|alt|test|invalid)$/;
/** Translation of IPv4 (RFC 6052); the address inside decides. */
const NAT64 = ipaddr.IPv6.parseCIDR('64:ff9b::/96');

/**
 * @param allowed what the operator permits beside the public internet: host names (`nas.lan`, `*.lan` for
 *   everything below), addresses, CIDR ranges, or `*` for everything
 */
export function createAddressGuard(allowed: readonly string[]): AddressGuard {
  const rules = allowed.map((entry) => entry.toLowerCase().replace(/^\[(.*)\]$/, '$1')).map(ruleOf);
  const permits: AddressGuard['permits'] = (host, text) => {
    if (!ipaddr.isValid(text)) return false;
    const address = plainAddress(ipaddr.process(text));
    return isPublic(address) || rules.some((rule) => rule(host, address));
  };
  const permitsName: AddressGuard['permitsName'] = (host) =>
    !LOCAL_NAME.test(host) || rules.some((rule) => rule(host, null));
  return {
    permits,
    permitsName,
    permitsHost: (host) => permits(host, host) || (isName(host) && permitsName(host)),
  };
}

/** `URL` writes every form of an IPv4 address as four numbers. */
function isName(host: string): boolean {
  return !/^[\d.]+$/.test(host) && !host.includes(':');
}

/** @param address null: not known */
type Rule = (host: string, address: Address | null) => boolean;

function ruleOf(entry: string): Rule {
  if (entry === '*') return () => true;
  if (entry.startsWith('*.')) return (host) => host.endsWith(entry.slice(1));
  if (ipaddr.isValidCIDR(entry)) return inRange(ipaddr.parseCIDR(entry));
  if (!ipaddr.isValid(entry)) return (host) => host === entry;
  const address = ipaddr.process(entry);
  return inRange([address, address.kind() === 'ipv4' ? 32 : 128]);
}

function inRange([base, bits]: [Address, number]): Rule {
  return (_host, address) =>
    address !== null && address.kind() === base.kind() && address.match([base, bits]);
}

/** The IPv4 address inside a NAT64 one; `ipaddr.process` has opened IPv4-mapped ones before. */
function plainAddress(address: Address): Address {
  if (!(address instanceof ipaddr.IPv6) || !address.match(NAT64)) return address;
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}

function isPublic(address: Address): boolean {
  if (address.range() !== 'unicast' || PUBLIC_BUT_INTERNAL.has(address.toString())) return false;
  return address instanceof ipaddr.IPv4 || address.match(IPV6_GLOBAL);
}
