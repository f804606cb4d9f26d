/** The door of access: who may ask for which row of the route table. */
import type { Guard, GuardedRequest, Guards, RouteAccess } from '../../http/route.ts';
import { TRAFFIC } from '../../http/traffic.ts';
import { AppError } from '../../lib/errors.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Platform } from '../../platform/platform.ts';
import type { AddressLimiter, Allowance } from '../../platform/rate-limit/address-limiter.ts';
import type { InstanceAccess } from './contract.ts';
import { PrivateAccess, PUBLIC_ACCESS, publicAccess } from './instance-access.ts';
import { InstanceKey } from './instance-key.ts';

export interface Access {
  readonly guards: Guards;
  readonly instance: InstanceAccess;
}

export function createAccess({
  config,
  addressLimiter,
}: Pick<Platform, 'config' | 'addressLimiter'>): Access {
  const { guards, instance } = accessOf(config);
  if (addressLimiter === null) return { guards, instance };
  const limits = rateGuards(addressLimiter);
  return { guards: (route) => both(guards(route), limits(route)), instance };
}

function accessOf(config: Config): Access {
  const { API_PASSWORD: password } = config;
  if (password === null)
    return { guards: guardsOf({ admin: refuseAdmin }), instance: PUBLIC_ACCESS };
  const key = new InstanceKey(password);
  const needsKey: Guard = (request) => {
    key.require(request);
  };
  return isPrivate(config)
    ? {
        guards: guardsOf({ admin: needsKey, private: needsKey }),
        instance: new PrivateAccess(key),
      }
    : { guards: guardsOf({ admin: needsKey }), instance: publicAccess(key) };
}

/** Who sets a password and says nothing else wants it to be asked for. */
function isPrivate({ API_PASSWORD: password, IS_PUBLIC_INSTANCE: isPublic }: Config): boolean {
  return password !== null && isPublic !== true;
}

function guardsOf(guards: Partial<Readonly<Record<RouteAccess, Guard>>>): Guards {
  return ({ access }) => guards[access] ?? null;
}

/** Keys are looked at first: they are read while the native request is there. */
function both(first: Guard | null, second: Guard | null): Guard | null {
  if (first === null || second === null) return first ?? second;
  return (request) => {
    void first(request);
    return second(request);
  };
}

function rateGuards(limiter: AddressLimiter): Guards {
  const limit = limiter.tokensMax;
  const settle = (request: GuardedRequest, allowance: Allowance): void => {
    request.rateLimit = { limit, remaining: allowance.remaining, fullInMs: allowance.fullInMs };
    if (allowance.isGranted) return;
    throw new AppError('request.too-many', 'too many requests came from your address: slow down', {
      retryAfterS: allowance.retryAfterMs / 1000,
    });
  };
  return ({ traffic }) => {
    const { price } = TRAFFIC[traffic];
    if (price === 0) return null;
    return (request) => {
      const allowance = limiter.take(request.clientAddress, price);
      if (!(allowance instanceof Promise)) return settle(request, allowance);
      return allowance.then((agreed) => settle(request, agreed));
    };
  };
}

function refuseAdmin(): void {
  throw new AppError(
    'access.admin-off',
    'the admin API is off: start the server with API_PASSWORD set, and send it as X-API-Key',
  );
}
