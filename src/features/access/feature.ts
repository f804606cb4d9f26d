/** The door of access: who may ask for which row of the route table. */
import type { Guard, Guards, RouteAccess } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Platform } from '../../platform/platform.ts';
import type { InstanceAccess } from './contract.ts';
import { PrivateAccess, PUBLIC_ACCESS } from './instance-access.ts';
import { InstanceKey } from './instance-key.ts';

export interface Access {
  readonly guards: Guards;
  readonly instance: InstanceAccess;
}

export function createAccess({ config }: Pick<Platform, 'config'>): Access {
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
    : { guards: guardsOf({ admin: needsKey }), instance: PUBLIC_ACCESS };
}

/** Who sets a password and says nothing else wants it to be asked for. */
function isPrivate({ API_PASSWORD: password, IS_PUBLIC_INSTANCE: isPublic }: Config): boolean {
  return password !== null && isPublic !== true;
}

function guardsOf(guards: Partial<Readonly<Record<RouteAccess, Guard>>>): Guards {
  return ({ access }) => guards[access] ?? null;
}

function refuseAdmin(): void {
  throw new AppError(
    'access.admin-off',
    'the admin API is off: start the server with API_PASSWORD set, and send it as X-API-Key',
  );
}
