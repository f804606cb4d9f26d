/**
 * Names and literals become addresses that may be connected to. The check stands between the look-up and the connect,
 * on the very addresses that are then used: a name that resolves differently a moment later (DNS rebinding) gains nothing.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP } from 'node:net';
import { AppError } from '../../lib/errors.ts';
import type { AddressGuard } from './address-guard.ts';

/** Resolves a name to all of its addresses; tests put their own in. */
export type ResolveAll = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** The system's resolver: hosts file, search domains and all. */
export const resolveBySystem: ResolveAll = (hostname, callback) => {
  systemLookup(hostname, { all: true }, (error, addresses) => callback(error, addresses ?? []));
};

/** Gives at least one address, or an error. */
export type GuardedLookup = (
  hostname: string,
  callback: (error: Error | null, addresses: readonly LookupAddress[]) => void,
) => void;

/** What every resolver says of names below `localhost` (RFC 6761), or should. */
const LOOPBACK: readonly LookupAddress[] = [
  { address: '127.0.0.1', family: 4 },
  { address: '::1', family: 6 },
];

export function guardedLookup(guard: AddressGuard, resolve: ResolveAll): GuardedLookup {
  return (hostname, callback) => {
    const host = plainHost(hostname);
    const judge = (error: Error | null, found: readonly LookupAddress[]): void => {
      const addresses = found.filter(({ address }) => guard.permits(host, address));
      if (error !== null) callback(error, []);
      else if (found.length === 0) callback(withoutAddress(), []);
      else if (addresses.length === 0) callback(blockedHost(host), []);
      else callback(null, addresses);
    };
    const family = isIP(host);
    if (family !== 0) judge(null, [{ address: host, family }]);
    else if (host.endsWith('.localhost')) judge(null, LOOPBACK);
    else resolve(hostname, judge);
  };
}

/** As rules compare it: lower case, without brackets and without the dot of the root. */
export function plainHost(hostname: string): string {
  return hostname
    .replace(/^\[(.*)\]$/, '$1')
    .replace(/\.$/, '')
    .toLowerCase();
}

export function blockedHost(host: string): AppError {
  return new AppError(
    'fetch.blocked-address',
    `${host} is not a public address: the operator can allow it (FETCH_ALLOW_PRIVATE)`,
  );
}

function withoutAddress(): AppError {
  return new AppError('fetch.failed', 'its name has no address');
}
