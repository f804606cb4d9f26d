/** Addresses of trackers that may be shown to everybody. */
import { LRUCache } from 'lru-cache';

const TRACKERS_MAX = 50;
const TRACKER_CHARS_MAX = 300;
const SCHEME = /^(udp|https?|wss?):$/;
/** A passkey is the credential of one user of a tracker: a long word of letters and digits in the path. */
const PASSKEY = /(^|\/)(?=[a-z]*\d)[a-z0-9]{16,}(\/|$)/i;

/** What was found out of an address, and its own copy: the same few stand in most torrents, and checking one costs 4 µs. */
const known = new LRUCache<string, { readonly address: string; readonly isPublic: boolean }>({
  max: 1000,
});

/** The usable ones, each once, in their order; at most 50. Those with a password, a query or a passkey are somebody's own. */
export function publicTrackers(addresses: Iterable<string>): readonly string[] {
  const trackers = new Set<string>();
  for (const given of addresses) {
    if (trackers.size >= TRACKERS_MAX) break;
    const { address, isPublic } = checked(given.trim());
    if (isPublic) trackers.add(address);
  }
  return [...trackers];
}

function checked(given: string): { readonly address: string; readonly isPublic: boolean } {
  const before = known.get(given);
  if (before !== undefined) return before;
  // A copy: parts of a string keep the whole of it in memory.
  const address = Buffer.from(given).toString();
  const found = { address, isPublic: isPublicTracker(address) };
  if (address.length <= TRACKER_CHARS_MAX) known.set(address, found);
  return found;
}

function isPublicTracker(address: string): boolean {
  if (address.length > TRACKER_CHARS_MAX || !URL.canParse(address)) return false;
  const { protocol, hostname, username, password, search, pathname } = new URL(address);
  return (
    SCHEME.test(protocol) &&
    hostname !== '' &&
    username + password + search === '' &&
    !PASSKEY.test(pathname)
  );
}
