/** What this instance offers its users, as far as configurations depend on it. */
import { Capabilities, EVERYWHERE } from '../../lib/capabilities.ts';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { SourceKind } from '../../lib/source-settings/source-settings.ts';
import type { OwnSourceRules } from '../../lib/user-config/own-sources.ts';
import type { Config } from '../../platform/config/config.ts';
import { configuredSources, proxyFor } from '../../platform/config/configured-sources.ts';

export interface InstanceOffer {
  readonly capabilities: Capabilities;
  /** Of each source of the instance. */
  readonly sharedSources: readonly SourceKind[];
  /** What users have who chose nothing; null: on where there is something to search. */
  readonly liveSearchDefault: boolean | null;
  /** How long a list waits for sources. */
  readonly liveSearchDeadlineMs: number;
  readonly ownSources: OwnSourceRules;
  /** What owners of stored profiles may import. */
  readonly userImports: 'off' | 'private' | 'public';
}

export function instanceOffer(config: Config, ring: KeyRing): InstanceOffer {
  const sharedSources = configuredSources(config).map(({ kind }) => kind);
  const canSearch = sharedSources.length > 0 || config.USER_INDEXERS;
  return {
    capabilities: new Capabilities([
      ...(canSearch ? (['liveSearch'] as const) : []),
      ...(config.USER_INDEXERS ? (['indexers'] as const) : []),
    ]),
    sharedSources,
    liveSearchDefault: config.LIVE_SEARCH_STREAMS,
    liveSearchDeadlineMs: config.LIVE_SEARCH_DEADLINE_MS,
    ownSources: {
      isAllowed: config.USER_INDEXERS,
      proxyUrl: proxyFor(config, 'own', null),
      digest: ring.digest,
    },
    userImports: config.USER_IMPORTS,
  };
}

/** An instance without sources, whose users have none either. */
export const BARE_INSTANCE: InstanceOffer = {
  capabilities: EVERYWHERE,
  sharedSources: [],
  liveSearchDefault: null,
  liveSearchDeadlineMs: 2500,
  ownSources: { isAllowed: false, proxyUrl: null, digest: () => '' },
  userImports: 'off',
};
