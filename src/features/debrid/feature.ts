/** The door of debrid services and download clients. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { AccessTokens } from './access-tokens.ts';
import type { DebridServices } from './contract.ts';
import { videoOf } from './failures.ts';
import { RefusedAccounts } from './refused-accounts.ts';
import { createDebridAccount, deviceLogin } from './registry.ts';

export interface DebridFeature extends Feature {
  readonly services: DebridServices;
}

export function createDebrid({ config, upstreams }: Platform): DebridFeature {
  const tools = {
    config,
    upstreams,
    tokens: new AccessTokens(),
    refused: new RefusedAccounts(),
  };
  return {
    services: {
      open: (entry) => createDebridAccount(entry, tools),
      deviceLogin: (service) => deviceLogin(service, tools),
      videoOf,
    },
  };
}
