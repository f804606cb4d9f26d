/** Which keys of its own each feature drops when titles have changed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_WATCHLISTS } from '../../../src/features/watchlists/contract.ts';
import { createAddon } from '../../../src/features/addon/feature.ts';
import type { TitleSource } from '../../../src/features/addon/contract.ts';
import type { UserContexts } from '../../../src/features/configure/contract.ts';
import { createPosters } from '../../../src/features/posters/feature.ts';
import { dropTitles } from '../../../src/features/streams/drop-titles.ts';
import type { StreamSource } from '../../../src/features/streams/contract.ts';
import type { ChangedTitle } from '../../../src/features/library/contract.ts';
import { parseTitleId } from '../../../src/lib/stremio/media-id.ts';
import type { CacheRegistry } from '../../../src/platform/cache/cache-registry.ts';
import type { CacheSpec, ReadThroughCache } from '../../../src/platform/cache/cache.ts';
import { NO_HISTORY } from '../../../src/features/history/contract.ts';
import { NO_TITLES } from '../../../src/features/metadata/contract.ts';
import { loadConfig } from '../../../src/platform/config/config.ts';
import type { Platform } from '../../../src/platform/platform.ts';

const NEVER = new AbortController().signal;
const SERIES: ChangedTitle = {
  ids: [parseTitleId('series', 'tt0944947'), parseTitleId('series', 'tmdb:1399')],
  episodes: [
    { season: 1, episode: 1 },
    { season: 1, episode: 2 },
  ],
};
const UNSTORED: ChangedTitle = {
  ids: [parseTitleId('movie', 'tt0063350')],
  episodes: [{ season: 0, episode: 0 }],
};

function recordingCache<T>(name: string, dropped: string[]): ReadThroughCache<T> {
  const unused = (): never => {
    throw new Error('only invalidate is called here');
  };
  return {
    peek: unused,
    find: unused,
    get: unused,
    update: unused,
    invalidate: async (key) => {
      dropped.push(`${name} ${key}`);
    },
  };
}

/** What features that only drop keys need of the platform. */
function recordingPlatform(dropped: string[]): Platform {
  const caches = {
    open: <T>({ name }: CacheSpec<T>) => recordingCache<T>(name, dropped),
    derivedBytes: () => 0,
  };
  return { config: loadConfig({}).config, caches: caches as unknown as CacheRegistry } as Platform;
}

test('the add-on surface drops titles by every id', async () => {
  const dropped: string[] = [];
  const addon = createAddon(recordingPlatform(dropped), {
    titles: {} as TitleSource,
    onDemand: NO_TITLES,
    continueWatching: NO_HISTORY,
    watchlists: NO_WATCHLISTS,
    contexts: {} as UserContexts,
  });
  await addon.onTitlesChanged?.([SERIES, UNSTORED], NEVER);
  assert.deepEqual(dropped, [
    'meta series:tt0944947',
    'meta series:tmdb:1399',
    'meta movie:tt0063350',
  ]);
});

test('posters are dropped in every format, with a rating and without', async () => {
  const dropped: string[] = [];
  const posters = createPosters(recordingPlatform(dropped), {
    source: { posterSource: async () => null },
    onDemand: NO_TITLES,
  });
  await posters.onTitlesChanged?.([UNSTORED], NEVER);
  const id = 'poster movie:tt0063350';
  assert.deepEqual(dropped.sort(), [
    `${id}:avif`,
    `${id}:avif:rated`,
    `${id}:jpeg`,
    `${id}:jpeg:rated`,
    `${id}:webp`,
    `${id}:webp:rated`,
  ]);
});

test('streams drop what ids lead to, and the sets of titles that the library has', async () => {
  const dropped: string[] = [];
  const source: StreamSource = {
    resolveMedia: async ({ id, type }) =>
      id !== 'tt0944947'
        ? null
        : {
            mediaId: 7,
            type,
            publicId: 'sl:x',
            imdbId: id,
            tmdbId: '',
            title: 'x',
            year: 0,
            runtimeMinutes: 0,
            restrictions: 0,
            idSeason: -1,
            idEpisodeOffset: 0,
            idSeasons: [],
          },
    loadStreams: async () => [],
  };
  const caches = {
    source,
    mediaCache: recordingCache<never>('media', dropped),
    setCache: recordingCache<never>('set', dropped),
  };
  await dropTitles([SERIES, UNSTORED], caches, NEVER);
  assert.deepEqual(dropped, [
    'media series:tt0944947',
    'media series:tmdb:1399',
    'set 7:1:1',
    'set 7:1:2',
    'media movie:tt0063350',
  ]);
});
