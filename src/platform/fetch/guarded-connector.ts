/** Connections that pass the address guard, directly or through a proxy. */
import { isIP, type LookupFunction, type Socket } from 'node:net';
import { buildConnector } from 'undici';
import type { AddressGuard } from './address-guard.ts';
import {
  blockedHost,
  guardedLookup,
  plainHost,
  type GuardedLookup,
  type ResolveAll,
} from './guarded-lookup.ts';
import type { Proxy } from './proxy.ts';

export interface GuardedConnectorOptions {
  readonly guard: AddressGuard;
  readonly resolve: ResolveAll;
  /** Of look-up and TCP, or of the whole way through the proxy; as much again for TLS inside of that. */
  readonly connectTimeoutMs: number;
  /** Connected to although they are not public. */
  readonly trustedOrigins: readonly string[];
  readonly proxy: Proxy | null;
}

const EVERYTHING: AddressGuard = {
  permits: () => true,
  permitsName: () => true,
  permitsHost: () => true,
};

export function guardedConnector(options: GuardedConnectorOptions): buildConnector.connector {
  const { guard, proxy, trustedOrigins } = options;
  const connectorFor = (own: AddressGuard) =>
    proxy === null ? directConnector(options, own) : proxiedConnector(options, own, proxy);
  const [strict, trusting] = [connectorFor(guard), connectorFor(EVERYTHING)];
  return (target, callback) => {
    const origin = `${target.protocol}//${target.host ?? target.hostname}`;
    (trustedOrigins.includes(origin) ? trusting : strict)(target, callback);
  };
}

function directConnector(
  { resolve, connectTimeoutMs }: GuardedConnectorOptions,
  guard: AddressGuard,
): buildConnector.connector {
  const resolveGuarded = guardedLookup(guard, resolve);
  // Node's types take one form of the callback only; it calls with `all` set or not.
  const lookup: LookupFunction = (hostname, options, callback) => {
    resolveGuarded(hostname, (error, addresses) => {
      const [first] = addresses;
      if (error !== null || first === undefined) callback(error ?? blockedHost(hostname), '');
      else if (options.all === true) callback(null, [...addresses]);
      else callback(null, first.address, first.family);
    });
  };
  const connect = buildConnector({ timeout: connectTimeoutMs, lookup, autoSelectFamily: true });
  return (target, callback) => {
    const host = plainHost(target.hostname);
    // A literal is connected to without a look-up.
    if (isIP(host) !== 0 && !guard.permits(host, host)) callback(blockedHost(host), null);
    else connect(target, callback);
  };
}

/** The proxy is given the address that was checked, or a name that it may resolve. */
function proxiedConnector(
  { resolve, connectTimeoutMs }: GuardedConnectorOptions,
  guard: AddressGuard,
  proxy: Proxy,
): buildConnector.connector {
  const lookup = guardedLookup(guard, resolve);
  const startTls = buildConnector({ timeout: connectTimeoutMs });
  const open = async (target: buildConnector.Options): Promise<Socket> => {
    const name = plainHost(target.hostname);
    const isResolvedThere = proxy.resolvesNames && isIP(name) === 0;
    if (isResolvedThere && !guard.permitsName(name)) throw blockedHost(name);
    const host = isResolvedThere ? name : await firstAddress(lookup, target.hostname);
    const port = Number(target.port || (target.protocol === 'https:' ? 443 : 80));
    return proxy.open({ host, port });
  };
  return (target, callback) => {
    open(target).then(
      (socket) => {
        if (target.protocol === 'https:') startTls({ ...target, httpSocket: socket }, callback);
        else callback(null, socket);
      },
      (error: unknown) => callback(error instanceof Error ? error : new Error('no way'), null),
    );
  };
}

/** IPv4 where there is one: few proxies know the other. */
function firstAddress(lookup: GuardedLookup, hostname: string): Promise<string> {
  return new Promise((resolve, reject) => {
    lookup(hostname, (error, addresses) => {
      const first = addresses.find(({ family }) => family === 4) ?? addresses[0];
      if (error !== null || first === undefined) reject(error ?? blockedHost(hostname));
      else resolve(first.address);
    });
  });
}
