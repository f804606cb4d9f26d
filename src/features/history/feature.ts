/** The door of histories: what was played with stored profiles whose settings say that it is kept. */
import type { Platform } from '../../platform/platform.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { Feature } from '../feature.ts';
import type { ContinueWatching, PlayHistory } from './contract.ts';
import { HistoryRecorder } from './recorder.ts';
import { historyRoutes } from './routes.ts';
import { HistoryStore } from './store.ts';

export interface HistoryFeature extends Feature {
  readonly history: PlayHistory;
  readonly continueWatching: ContinueWatching;
}

const FLUSH_EVERY_MS = 10_000;
const FLUSH_TIMEOUT_MS = 10_000;

export function createHistory(
  { config, database, logger }: Platform,
  { contexts }: { readonly contexts: UserContexts },
): HistoryFeature {
  const store = new HistoryStore(database);
  const recorder = new HistoryRecorder({
    store,
    isKept: async (profileId, signal) => {
      const { manifest } = await contexts.resolve(`U-${profileId}`, { signal, header: () => '' });
      return manifest.continueWatching;
    },
    logger: logger.child({ feature: 'history' }),
  });
  return {
    history: recorder,
    continueWatching: store,
    routes: historyRoutes({ store, contexts, timeoutMs: config.REQUEST_TIMEOUT_MS }),
    upkeep: [
      {
        name: 'play history',
        everyMs: FLUSH_EVERY_MS,
        timeoutMs: FLUSH_TIMEOUT_MS,
        run: (signal) => recorder.flush(signal),
      },
    ],
    dispose: () => recorder[Symbol.asyncDispose](),
  };
}
