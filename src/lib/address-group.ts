/** Who counts as one client: an IPv4 address, or the /64 network that an IPv6 client has to itself. */
import ipaddr from 'ipaddr.js';

/** Leading 16-bit parts of an IPv6 address that name the network. */
const NETWORK_PARTS = 4;

/** @param address canonical text; whatever is no IPv6 address is returned as it is */
export function addressGroup(address: string): string {
  if (!address.includes(':') || !ipaddr.IPv6.isValid(address)) return address;
  const { parts } = ipaddr.IPv6.parse(address);
  return `${parts
    .slice(0, NETWORK_PARTS)
    .map((part) => part.toString(16))
    .join(':')}::/64`;
}
