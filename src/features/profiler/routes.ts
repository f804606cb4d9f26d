/** `/api/v1/admin/profile`: what the process, or a thread of a pool, spends its time on; and its heap. */
import { adminRoute } from '../../http/admin-route.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { jsonReply } from '../../http/json-reply.ts';
import { sleep } from '../../lib/async/wait.ts';
import { flamePage } from '../../lib/flame-graph/flame-page.ts';
import { flameTree } from '../../lib/flame-graph/flame-tree.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import { MAIN_THREAD } from '../../platform/profiler/inspector-thread.ts';
import type { Profiler } from '../../platform/profiler/profiler.ts';
import { flameReply } from './profiled-routes.ts';

const PATH = '/api/v1/admin/profile';
const SECONDS = { min: 0.1, max: 60, fallback: 5 };
const TIMEOUT_MS = 90_000;
const THREAD_CHARS_MAX = 10;

export function profilerRoutes(profiler: Profiler): readonly Route[] {
  return [
    {
      name: 'admin-profile',
      pattern: PATH,
      access: 'admin',
      traffic: 'admin',
      cachePolicy: 'no-store',
      timeoutMs: TIMEOUT_MS,
      handler: (request) => profile(request, profiler),
    },
    adminRoute({
      name: 'admin-profile-threads',
      pattern: `${PATH}/threads`,
      answer: async () => ({ pid: process.pid, threads: await profiler.threads() }),
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-profile-heap-snapshot',
      pattern: `${PATH}/heap-snapshot`,
      timeoutMs: TIMEOUT_MS,
      answer: async () => {
        const { file, bytes, tookMs } = await profiler.heapSnapshot();
        return { pid: process.pid, file, bytes, duration: tookMs / 1000 };
      },
    }),
  ];
}

async function profile(request: Request, profiler: Profiler): Promise<Reply> {
  const fields = new QueryFields(request.query, ['seconds', 'thread', 'format']);
  const seconds = fields.number('seconds', SECONDS);
  const thread = fields.text('thread', THREAD_CHARS_MAX) || MAIN_THREAD;
  const format = fields.oneOf('format', ['html', 'cpuprofile'], 'html');
  const { signal } = request;
  const found = await profiler.cpu(thread, () => sleep(seconds * 1000, signal), signal);
  if (format === 'cpuprofile')
    return jsonReply(Buffer.from(JSON.stringify(found)), 'no-store', { isForFew: true });
  const facts = [
    ['thread', thread],
    ['seconds', String(seconds)],
    ['process', String(process.pid)],
    ['samples', String(found.samples?.length ?? 0)],
  ] as const;
  return flameReply(flamePage({ title: 'Profile of the process', facts, tree: flameTree(found) }));
}
