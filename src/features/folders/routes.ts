/** `/api/v1/admin/folders`, for operators. */
import { z } from 'zod';
import { adminRoute } from '../../http/admin-route.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { JobQueue } from '../../platform/jobs/queue.ts';
import type { MediaFolders } from './folders.ts';
import { scanFolderJob } from './jobs.ts';

export interface FolderRouteParts {
  readonly folders: MediaFolders;
  readonly jobs: Pick<JobQueue, 'enqueue'>;
}

const PATH = '/api/v1/admin/folders';
const BODY_BYTES_MAX = 16 * 1024;
const FOLDER = z.strictObject({
  root: z.string().trim().min(1).max(4000),
  type: z.enum(['movie', 'series']).nullable().default(null),
});

export function folderRoutes({ folders, jobs }: FolderRouteParts): readonly Route[] {
  const scan = async (folderId: number, { signal }: Request): Promise<object> => {
    const { id } = await jobs.enqueue(scanFolderJob, { folderId }, signal);
    return { status: 'queued', folder: folderId, job: id, poll: `/api/v1/admin/tasks/${id}` };
  };
  return [
    adminRoute({
      name: 'admin-folders',
      pattern: PATH,
      answer: async ({ signal }) => ({ items: await folders.list(signal) }),
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-folder-add',
      pattern: PATH,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: async (request) => {
        const read = FOLDER.safeParse(jsonObjectBody(request));
        if (read.success)
          return scan(await folders.add(read.data.root, read.data.type, request.signal), request);
        const [issue] = read.error.issues;
        const field = issue?.path.join('.') ?? '';
        throw new AppError('request.bad-body', `${field}: ${issue?.message ?? ''}`, { field });
      },
    }),
    adminRoute({
      name: 'admin-folder',
      pattern: `${PATH}/:id`,
      answer: (request) => folders.report(idOf(request), request.signal),
    }),
    adminRoute({
      method: 'DELETE',
      name: 'admin-folder-delete',
      pattern: `${PATH}/:id`,
      answer: async (request) => {
        await folders.delete(idOf(request), request.signal);
        return { status: 'deleted' };
      },
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-folder-scan',
      pattern: `${PATH}/:id/scan`,
      answer: async (request) => {
        await folders.report(idOf(request), request.signal);
        return scan(idOf(request), request);
      },
    }),
  ];
}

function idOf({ parameters: [text = ''] }: Request): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new AppError('folder.not-found', 'there is no folder with this id', { field: 'id' });
}
