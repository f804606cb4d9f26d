/** The door of debrid services and download clients. */
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { AccessTokens } from './access-tokens.ts';
import { CHECKED_CACHE, HELD_CACHE, LEARNT_CACHE } from './availability-caches.ts';
import { Availability } from './availability.ts';
import type { DebridServices } from './contract.ts';
import { videoOf } from './failures.ts';
import { MediaflowProxies } from './mediaflow/mediaflow-proxies.ts';
import { RefusedAccounts } from './refused-accounts.ts';
import { createDebridAccount, deviceLogin } from './registry.ts';

export interface DebridFeature extends Feature {
  readonly services: DebridServices;
  readonly availability: Availability;
  /** Of users, tried out while they are being set up. */
  readonly mediaflow: MediaflowProxies;
}

export function createDebrid({ config, upstreams, caches }: Platform): DebridFeature {
  const mediaflow = new MediaflowProxies(config, upstreams);
  const tools = {
    config,
    upstreams,
    tokens: new AccessTokens(),
    refused: new RefusedAccounts(),
    mediaflow,
  };
  const open: DebridServices['open'] = (entry) => createDebridAccount(entry, tools);
  const availability = new Availability({
    open,
    checked: caches.open(CHECKED_CACHE),
    held: caches.open(HELD_CACHE),
    learnt: caches.open(LEARNT_CACHE),
    deadlineMs: config.DEBRID_CHECK_DEADLINE_MS,
  });
  return {
    services: {
      open,
      deviceLogin: (service) => deviceLogin(service, tools),
      addressFor: (entry, viewerIp, signal) => mediaflow.addressFor(entry, viewerIp, signal),
      videoOf,
    },
    availability,
    mediaflow,
    dispose: () => availability[Symbol.asyncDispose](),
  };
}
