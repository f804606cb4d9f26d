/** `/api/v1/admin/feeds`, for operators. */
import { z, type ZodType } from 'zod';
import { adminRoute } from '../../http/admin-route.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import type { Feeds, FeedSettings } from './feeds.ts';
import { pollFeedJob } from './job-definitions.ts';

export interface FeedRouteParts {
  readonly feeds: Feeds;
  readonly jobs: Pick<JobQueue, 'enqueue'>;
}

const PATH = '/api/v1/admin/feeds';
const BODY_BYTES_MAX = 16 * 1024;
const EVERY_MINUTES = 30;

const NAME = z.string().trim().min(1).max(60);
const URL_TEXT = z.string().max(4000);
const TYPE = z.enum(['movie', 'series']).nullable();
const MINUTES = z.number().int().min(5).max(43_200);
const FEED = z.strictObject({
  name: NAME,
  url: URL_TEXT,
  type: TYPE.default(null),
  every_minutes: MINUTES.default(EVERY_MINUTES),
  on: z.boolean().default(true),
});
const CHANGE = z.strictObject({
  name: NAME.optional(),
  url: URL_TEXT.optional(),
  type: TYPE.optional(),
  every_minutes: MINUTES.optional(),
  on: z.boolean().optional(),
});

export function feedRoutes({ feeds, jobs }: FeedRouteParts): readonly Route[] {
  const poll = async (feedId: number, { signal }: Request): Promise<object> => {
    const { id } = await jobs.enqueue(pollFeedJob, { feedId, isForced: true }, signal);
    return { status: 'queued', job: id, poll: `/api/v1/admin/tasks/${id}` };
  };
  return [
    adminRoute({
      name: 'admin-feeds',
      pattern: PATH,
      answer: ({ signal }) => feeds.list(signal),
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-feed-add',
      pattern: PATH,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const { every_minutes: intervalMinutes, on: isOn, ...said } = bodyOf(request, FEED);
        const id = await feeds.add({ ...said, intervalMinutes, isOn }, request.signal);
        const { job } = { job: null, ...(isOn && (await poll(id, request))) };
        return { ...(await feeds.report(id, request.signal)), job };
      },
    }),
    adminRoute({
      name: 'admin-feed',
      pattern: `${PATH}/:id`,
      answer: (request) => feeds.report(idOf(request), request.signal),
    }),
    adminRoute({
      method: 'PUT',
      name: 'admin-feed-change',
      pattern: `${PATH}/:id`,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        await feeds.change(idOf(request), changeOf(request), request.signal);
        return feeds.report(idOf(request), request.signal);
      },
    }),
    adminRoute({
      method: 'DELETE',
      name: 'admin-feed-delete',
      pattern: `${PATH}/:id`,
      answer: async (request) => {
        await feeds.delete(idOf(request), request.signal);
        return { status: 'deleted' };
      },
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-feed-poll',
      pattern: `${PATH}/:id/poll`,
      answer: async (request) => {
        const id = idOf(request);
        await feeds.report(id, request.signal);
        return poll(id, request);
      },
    }),
  ];
}

function changeOf(request: Request): Partial<FeedSettings> {
  const { every_minutes: intervalMinutes, on: isOn, name, url, type } = bodyOf(request, CHANGE);
  return {
    ...(name !== undefined && { name }),
    ...(url !== undefined && { url }),
    ...(type !== undefined && { type }),
    ...(intervalMinutes !== undefined && { intervalMinutes }),
    ...(isOn !== undefined && { isOn }),
  };
}

/** @throws AppError `request.bad-body` naming the first field that is wrong */
function bodyOf<T>(request: Request, schema: ZodType<T>): T {
  const read = schema.safeParse(jsonObjectBody(request));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  const field = issue?.path.join('.') ?? '';
  throw new AppError('request.bad-body', `${field}: ${issue?.message ?? 'not accepted'}`, {
    field,
  });
}

function idOf({ parameters: [text = ''] }: Request): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError('feed.not-found', 'there is no feed with this id', { field: 'id' });
}
