/** The door of debrid services and download clients. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { AccessTokens } from './access-tokens.ts';
import type { DebridServices } from './contract.ts';
import { videoOf } from './failures.ts';
import { createDebridAccount, deviceLogin } from './registry.ts';

export interface DebridFeature extends Feature {
  readonly services: DebridServices;
}

export function createDebrid({ config, upstreams }: Platform): DebridFeature {
  const tools = { config, upstreams, tokens: new AccessTokens() };
  return {
    services: {
      open: (entry) => createDebridAccount(entry, tools),
      deviceLogin: (service) => deviceLogin(service, tools),
      videoOf,
    },
  };
}
