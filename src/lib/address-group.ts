/** Who counts as one client: an IPv4 address, or the /64 network that an IPv6 client has to itself. */

/** Leading 16-bit parts of an IPv6 address that name the network. */
const NETWORK_PARTS = 4;
const PARTS = 8;

/**
 * @param address canonical text (`client-address.ts`); whatever is no IPv6 address is returned as it is
 */
export function addressGroup(address: string): string {
  if (!address.includes(':')) return address;
  const gap = address.indexOf('::');
  const head = partsOf(gap < 0 ? address : address.slice(0, gap));
  const tail = gap < 0 ? [] : partsOf(address.slice(gap + 2));
  // Where the gap ends within the network, what follows it belongs to that, too.
  const parts = [...head];
  while (parts.length + tail.length < PARTS && parts.length < NETWORK_PARTS) parts.push('0');
  parts.push(...tail);
  return `${parts.slice(0, NETWORK_PARTS).join(':')}::/64`;
}

function partsOf(text: string): readonly string[] {
  return text === '' ? [] : text.split(':');
}
