/** `/api/v1/iptv/strm`: the tree of `.strm` files as a job, for operators. */
import { z } from 'zod';
import { adminRoute } from '../../../http/admin-route.ts';
import type { Route } from '../../../http/route.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Platform } from '../../../platform/platform.ts';
import { writeStrmJob } from '../job-definitions.ts';
import { bodyOf } from '../routes.ts';
import type { Viewers } from '../viewers/viewers.ts';

export interface StrmRouteParts extends Pick<Platform, 'jobs'> {
  readonly viewers: Viewers;
  /** Null where none is configured. */
  readonly folder: string | null;
}

const BODY_BYTES_MAX = 16 * 1024;
const ORDER = z.strictObject({
  viewer: z.string().regex(/^https?:\/\/\S+\/iptv\/[\w-]+\/?$/, 'expected http…/iptv/TOKEN'),
  preview: z.boolean().default(false),
  deletion: z.string().max(64).default(''),
});

export function strmRoutes({ jobs, viewers, folder }: StrmRouteParts): readonly Route[] {
  return [
    adminRoute({
      name: 'iptv-strm',
      pattern: '/api/v1/iptv/strm',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const { viewer, preview, deletion } = bodyOf(request, ORDER);
        if (folder === null)
          throw new AppError('iptv.bad-folder', 'IPTV_STRM_DIR is not set: expected a folder');
        const viewerUrl = viewer.replace(/\/$/, '');
        await viewers.ofToken(viewerUrl.slice(viewerUrl.lastIndexOf('/') + 1), request.signal);
        const order = { viewerUrl, deletion, isPreview: preview };
        const { id: job } = await jobs.enqueue(writeStrmJob, order, request.signal);
        return { status: 'queued', job, poll: `/api/v1/admin/tasks/${job}` };
      },
    }),
  ];
}
