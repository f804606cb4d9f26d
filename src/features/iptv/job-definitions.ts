/** Syncs of providers as jobs. */
import { z } from 'zod';
import { defineJob } from '../../platform/jobs/definition.ts';

const TIMEOUT_MS = 30 * 60_000;
const ATTEMPTS_MAX = 3;

export const syncProviderJob = defineJob({
  name: 'iptv.sync-provider',
  queue: 'import',
  payload: z.object({ providerId: z.number().int().positive() }),
  timeoutMs: TIMEOUT_MS,
  attemptsMax: ATTEMPTS_MAX,
  dedupeKey: ({ providerId }) => String(providerId),
});

/** A list that was handed in: gzip, as base64. */
export const importPlaylistJob = defineJob({
  name: 'iptv.import-playlist',
  queue: 'import',
  payload: z.object({ providerId: z.number().int().positive(), playlist: z.string() }),
  timeoutMs: TIMEOUT_MS,
  attemptsMax: ATTEMPTS_MAX,
  secretFields: ['playlist'],
});

/** Enqueues a sync of each provider that has an address and whose time has come. */
export const syncDueJob = defineJob({
  name: 'iptv.sync-due',
  queue: 'import',
  payload: z.object({}),
  timeoutMs: TIMEOUT_MS,
  dedupeKey: () => 'all',
});

/** Links films and series with titles of the library. */
export const linkTitlesJob = defineJob({
  name: 'iptv.link-titles',
  queue: 'import',
  payload: z.object({}),
  timeoutMs: 2 * 3_600_000,
  attemptsMax: ATTEMPTS_MAX,
  dedupeKey: () => 'all',
});

/** Writes `.strm` files of what a viewer sees into the folder of this instance. */
export const writeStrmJob = defineJob({
  name: 'iptv.write-strm',
  queue: 'import',
  payload: z.object({ viewerUrl: z.string(), deletion: z.string(), isPreview: z.boolean() }),
  timeoutMs: 6 * 3_600_000,
  attemptsMax: ATTEMPTS_MAX,
  dedupeKey: () => 'all',
  secretFields: ['viewerUrl'],
});

/** Looks whether sources play. */
export const checkSourcesJob = defineJob({
  name: 'iptv.check-sources',
  queue: 'default',
  payload: z.object({
    providerId: z.number().int().positive().nullable(),
    limit: z.number().int(),
  }),
  timeoutMs: 6 * 3_600_000,
  attemptsMax: 1,
  dedupeKey: () => 'all',
});
