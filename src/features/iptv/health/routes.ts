/** `/api/v1/iptv/health`: whether sources play, for operators. */
import { z } from 'zod';
import { adminRoute } from '../../../http/admin-route.ts';
import type { Route } from '../../../http/route.ts';
import { QueryFields } from '../../../lib/query-fields.ts';
import type { Platform } from '../../../platform/platform.ts';
import { checkSourcesJob } from '../job-definitions.ts';
import { bodyOf } from '../routes.ts';
import type { HealthStore } from './store.ts';

export interface HealthRouteParts extends Pick<Platform, 'jobs'> {
  readonly store: HealthStore;
}

const BODY_BYTES_MAX = 1024;
const PAGE = { min: 1, max: 1000, fallback: 100 };
const AFTER = { min: 0, max: Number.MAX_SAFE_INTEGER, fallback: 0 };
const ORDER = z.strictObject({
  provider: z.number().int().positive().nullable().default(null),
  limit: z.number().int().min(1).max(100_000).default(10_000),
});

export function healthRoutes({ store, jobs }: HealthRouteParts): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-health',
      pattern: '/api/v1/iptv/health',
      answer: async ({ query, signal }) => {
        const fields = new QueryFields(query, ['after', 'limit']);
        const after = fields.integer('after', AFTER);
        return { items: await store.failing(after, fields.integer('limit', PAGE), signal) };
      },
    }),
    adminRoute({
      name: 'iptv-check-sources',
      pattern: '/api/v1/iptv/health',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const { provider: providerId, limit } = bodyOf(request, ORDER);
        const order = { providerId, limit };
        const { id: job } = await jobs.enqueue(checkSourcesJob, order, request.signal);
        return { status: 'queued', job, poll: `/api/v1/admin/tasks/${job}` };
      },
    }),
  ];
}
