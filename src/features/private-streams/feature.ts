/** The door of private streams: what stored profiles have brought for themselves, in their lists and in nobody else's. */
import type { Platform } from '../../platform/platform.ts';
import type { ProfileNews, UserContexts } from '../configure/contract.ts';
import type { Feature } from '../feature.ts';
import type { PrivateStreams } from '../streams/contract.ts';
import type { PrivateLibrary } from './contract.ts';
import { StoredPrivateLibrary } from './private-library.ts';
import { privateStreamRoutes } from './routes.ts';
import { PRIVATE_STREAM_SETS, PrivateStreamSets } from './sets.ts';
import { PrivateStreamStore } from './store.ts';

export interface PrivateStreamsFeature extends Feature {
  readonly privateStreams: PrivateStreams;
  readonly privateLibrary: PrivateLibrary;
}

export interface PrivateStreamsPorts {
  readonly contexts: UserContexts;
  readonly profileNews: ProfileNews;
}

export function createPrivateStreams(
  { config, database, caches, logger }: Platform,
  { contexts, profileNews }: PrivateStreamsPorts,
): PrivateStreamsFeature {
  const store = new PrivateStreamStore(database);
  const streamsMax = config.PRIVATE_STREAMS_MAX;
  const library = new StoredPrivateLibrary({ store, profileNews, streamsMax });
  return {
    privateStreams: new PrivateStreamSets({
      store,
      cache: caches.open(PRIVATE_STREAM_SETS),
      logger: logger.child({ feature: 'private-streams' }),
    }),
    privateLibrary: library,
    routes: privateStreamRoutes({
      store,
      library,
      contexts,
      streamsMax,
      timeoutMs: config.REQUEST_TIMEOUT_MS,
    }),
  };
}
