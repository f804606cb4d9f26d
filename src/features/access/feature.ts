/** The door of access: who may ask for which row of the route table. */
import type { Guard, Guards } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { Platform } from '../../platform/platform.ts';
import { InstanceKey } from './instance-key.ts';

export interface Access {
  readonly guards: Guards;
}

export function createAccess({ config }: Pick<Platform, 'config'>): Access {
  const { API_PASSWORD: password } = config;
  const admin = password === null ? refuseAdmin : keyGuard(new InstanceKey(password));
  return { guards: ({ access }) => (access === 'admin' ? admin : null) };
}

function keyGuard(key: InstanceKey): Guard {
  return (request) => {
    key.require(request);
  };
}

function refuseAdmin(): void {
  throw new AppError(
    'access.admin-off',
    'the admin API is off: start the server with API_PASSWORD set, and send it as X-API-Key',
  );
}
