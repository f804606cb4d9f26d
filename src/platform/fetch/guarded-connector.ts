/**
 * Connections that pass the address guard. The check stands between the look-up and the connect, on the
 * very addresses that are then used: a name that resolves differently a moment later (DNS rebinding)
 * gains nothing.
 */
import { lookup as systemLookup, type LookupAddress } from 'node:dns';
import { isIP, type LookupFunction } from 'node:net';
import { buildConnector } from 'undici';
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

/** @param connectTimeoutMs of look-up, TCP and TLS together */
export function guardedConnector(
  guard: AddressGuard,
  resolve: ResolveAll,
  connectTimeoutMs: number,
): buildConnector.connector {
  // Node's types take one form of the callback only; it calls with `all` set or not.
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, (error, found) => {
      const addresses = found.filter(({ address }) =>
        guard.permits(hostname.toLowerCase(), address),
      );
      const [first] = addresses;
      if (error !== null) callback(error, '');
      else if (first === undefined)
        callback(found.length === 0 ? unknownHost(hostname) : blocked(hostname), '');
      else if (options.all === true) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup, autoSelectFamily: true });
  return (options, callback) => {
    const host = options.hostname.replace(/^\[(.*)\]$/, '$1').toLowerCase();
    // A literal is connected to without a look-up.
    if (isIP(host) !== 0 && !guard.permits(host, host)) callback(blocked(host), null);
    else connect(options, callback);
  };
}

function blocked(host: string): AppError {
  return new AppError(
    'fetch.blocked-address',
    `${host} is not a public address: the operator can allow it`,
  );
}

function unknownHost(host: string): AppError {
  return new AppError('fetch.failed', `${host} has no address`);
}
