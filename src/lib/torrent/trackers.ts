/** Addresses of trackers that may be shown to everybody. */

const TRACKERS_MAX = 50;
const TRACKER_CHARS_MAX = 300;
const SCHEME = /^(udp|https?|wss?):$/;
/** A passkey is the credential of one user of a tracker: a long word of letters and digits in the path. */
const PASSKEY = /(^|\/)(?=[a-z]*\d)[a-z0-9]{16,}(\/|$)/i;

/** The usable ones, each once, in their order; at most 50. Those with a password, a query or a passkey are somebody's own. */
export function publicTrackers(addresses: Iterable<string>): readonly string[] {
  const trackers = new Set<string>();
  for (const address of addresses) {
    if (trackers.size >= TRACKERS_MAX) break;
    const tracker = address.trim();
    if (isPublicTracker(tracker)) trackers.add(tracker);
  }
  return [...trackers];
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
