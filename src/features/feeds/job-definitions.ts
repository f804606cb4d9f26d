/** Jobs of feeds. */
import { z } from 'zod';
import { defineJob } from '../../platform/jobs/definition.ts';

const POLL_TIMEOUT_MS = 10 * 60_000;
const LATEST_TIMEOUT_MS = 30 * 60_000;
const DUE_TIMEOUT_MS = 60_000;

/** What a feed does wrong is in its row, and its next poll comes later: no attempt is repeated. */
export const pollFeedJob = defineJob({
  name: 'feeds.poll',
  queue: 'scrapy',
  payload: z.object({ feedId: z.number().int().positive(), isForced: z.boolean().default(false) }),
  timeoutMs: POLL_TIMEOUT_MS,
  attemptsMax: 2,
  dedupeKey: ({ feedId }) => String(feedId),
});

/** Enqueues a poll of each feed whose time has come. */
export const pollDueFeedsJob = defineJob({
  name: 'feeds.poll-due',
  queue: 'default',
  payload: z.object({}),
  timeoutMs: DUE_TIMEOUT_MS,
  dedupeKey: () => 'all',
});

/** Asks every source of live search for what is new. */
export const latestItemsJob = defineJob({
  name: 'sources.latest',
  queue: 'scrapy',
  payload: z.object({}),
  timeoutMs: LATEST_TIMEOUT_MS,
  attemptsMax: 2,
  dedupeKey: () => 'all',
});
