/** The door of playback: links that lead players to files of services, and the accounts behind them. */
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { Platform } from '../../platform/platform.ts';
import type { UserContexts } from '../configure/contract.ts';
import type { DebridServices } from '../debrid/contract.ts';
import type { Feature, Upkeep } from '../feature.ts';
import type { HistoryPlay, PlayHistory } from '../history/contract.ts';
import type { NzbFiles, SubjectSource } from '../sources/contract.ts';
import { Accounts } from './accounts.ts';
import { LinkCheck } from './link-check.ts';
import { linkProbe } from './link-probe.ts';
import { resolutionCache } from './resolution.ts';
import { Resolver, type OnLearnt, type ViewerPlay } from './resolver.ts';
import { NextEpisodes } from './next-episode/next-episodes.ts';
import { PlayCounts, SESSION_CACHE } from './play-counts.ts';
import { playbackRoutes } from './routes.ts';
import { ACCOUNT_CACHE, PlaybackStore } from './store.ts';

export interface PlaybackAccountsFeature extends Feature {
  readonly accounts: Accounts;
}

export interface PlaybackPorts {
  readonly ring: KeyRing;
  readonly accounts: PlaybackAccountsFeature;
  readonly contexts: UserContexts;
  readonly debrid: {
    readonly services: DebridServices;
    /** Told what playing shows of accounts. */
    readonly availability: { learn: OnLearnt };
  };
  readonly subjects: SubjectSource;
  readonly sources: { readonly nzbs: NzbFiles };
  readonly history: PlayHistory;
}

const DAY_MS = 24 * 3600 * 1000;
const DELETE_TIMEOUT_MS = 60_000;
const FLUSH_EVERY_MS = 10_000;
const FLUSH_TIMEOUT_MS = 10_000;
const NEXT_EVERY_MS = 15_000;
const NEXT_TIMEOUT_MS = 300_000;
/** Links are in lists, which players ask for anew; a few are bookmarked. */
const UNUSED_DAYS_MAX = 180;
/** Of one resolution, beside what it waits for a download: four calls of 20 s at most. */
const CALLS_TIMEOUT_MS = 60_000;
/** Then the viewer is shown what went wrong. */
const REPLY_TIMEOUT_MS = 5000;

/** What configurations and stream lists need of playback, and playback of nobody. */
export function createPlaybackAccounts(
  { database, caches }: Platform,
  { ring }: Pick<PlaybackPorts, 'ring'>,
): PlaybackAccountsFeature {
  const store = new PlaybackStore(database);
  const accounts = new Accounts({ store, cache: caches.open(ACCOUNT_CACHE), ring });
  return {
    accounts,
    upkeep: [
      {
        name: 'unused playback accounts',
        everyMs: DAY_MS,
        timeoutMs: DELETE_TIMEOUT_MS,
        run: (signal) => store.deleteUnused(UNUSED_DAYS_MAX, signal),
      },
    ],
    dispose: () => accounts[Symbol.asyncDispose](),
  };
}

export function createPlayback(
  { config, database, caches, upstreams, logger }: Platform,
  {
    ring,
    accounts: { accounts },
    contexts,
    debrid,
    subjects,
    history,
    sources: { nzbs },
  }: PlaybackPorts,
): Feature {
  const timeoutMs = config.DEBRID_WAIT_MS + CALLS_TIMEOUT_MS;
  const links = new LinkCheck(config.FETCH_ALLOW_PRIVATE);
  const store = new PlaybackStore(database);
  const ownLogger = logger.child({ feature: 'playback' });
  const resolver = new Resolver({
    store,
    cache: caches.open(resolutionCache(ring, timeoutMs)),
    services: debrid.services,
    subjects,
    nzbs,
    links,
    probe: linkProbe(config, upstreams),
    ring,
    logger: ownLogger,
    waitMs: config.DEBRID_WAIT_MS,
    onLearnt: (entry, played, isReady) => debrid.availability.learn(entry, played, isReady),
  });
  const next = new NextEpisodes({
    store,
    services: debrid.services,
    subjects,
    resolver,
    logger: ownLogger,
  });
  const counts = new PlayCounts({
    store,
    sessions: caches.open(SESSION_CACHE),
    ring,
    logger: ownLogger,
    onSession: (play) => {
      next.begun(play);
      history.played(historyPlay(play));
    },
  });
  return {
    routes: playbackRoutes({
      accounts,
      contexts,
      resolver,
      links,
      nzbs,
      digest: ring.digest,
      onPlay: (play) => counts.begun(play),
      timeoutMs: timeoutMs + REPLY_TIMEOUT_MS,
    }),
    upkeep: upkeepOf(counts, next),
    dispose: () => counts[Symbol.asyncDispose](),
  };
}

function historyPlay({ profileId, file }: ViewerPlay): HistoryPlay {
  const { infohash, season, episode, filename } = file;
  return { profileId, infohash, season, episode, filename, playedAtMs: Date.now() };
}

function upkeepOf(counts: PlayCounts, next: NextEpisodes): readonly Upkeep[] {
  return [
    {
      name: 'play counts',
      everyMs: FLUSH_EVERY_MS,
      timeoutMs: FLUSH_TIMEOUT_MS,
      run: (signal) => counts.flush(signal),
    },
    {
      name: 'next episodes',
      everyMs: NEXT_EVERY_MS,
      timeoutMs: NEXT_TIMEOUT_MS,
      run: (signal) => next.run(signal),
    },
  ];
}
