/** NZBGet 21's JSON-RPC and a WebDAV share of what it has fetched. */
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { isOver, stageOf, VIDEO_BYTES, type HeldJob, type NewsWorld } from './news-world.ts';
import { webDavAnswer } from './webdav.ts';

interface NzbGetOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  /** `user:password` */
  readonly login: string;
}

const HISTORY_STATUS = { unpacking: '', done: 'SUCCESS/UNPACK', failed: 'FAILURE/HEALTH' } as const;

export function startNzbGet(world: NewsWorld, options: NzbGetOptions): Promise<FakeUpstream> {
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path === '/jsonrpc'
        ? rpcAnswer(asked, world, options.login)
        : webDavAnswer(asked, world.files('complete'), { root: '/dav', style: 'apache' }),
  });
}

function rpcAnswer({ headers, body }: Asked, world: NewsWorld, login: string): Answer {
  const basic = `Basic ${Buffer.from(login).toString('base64')}`;
  if (headers.authorization !== basic)
    return { status: 401, contentType: 'text/html', body: '<html>401 Unauthorized</html>' };
  const { method, params } = JSON.parse(body || '{}') as {
    method: string;
    params: readonly unknown[];
  };
  const result = (value: unknown) => json({ version: '1.1', id: 1, result: value });
  if (method === 'version') return result('21.0');
  if (method === 'append') {
    const [file, content, category] = params.map(String);
    const nzb = Buffer.from(content ?? '', 'base64').toString();
    // It looks into the file later.
    if (!nzb.includes('<nzb')) world.broken.add(nzb);
    const name = (file ?? '').replace(/\.nzb$/, '');
    return result(world.add(nzb, name, category ?? '').id);
  }
  if (method === 'listgroups')
    return result(world.look().flatMap((job) => (isInHistory(job) ? [] : [group(job)])));
  if (method === 'history')
    return result(
      world.jobs.flatMap((job) => (isInHistory(job) ? [row(job, world.endedAtS)] : [])),
    );
  if (method === 'editqueue') {
    const [, , ids] = params;
    return result(Array.isArray(ids) && world.remove(Number(ids[0])));
  }
  return json({
    version: '1.1',
    id: 1,
    error: { name: 'JSONRPCError', code: 1, message: 'Invalid procedure' },
  });
}

/** It unpacks what is still in the queue. */
function isInHistory(job: HeldJob): boolean {
  return isOver(job) && stageOf(job) !== 'unpacking';
}

function group(job: HeldJob) {
  const stage = stageOf(job);
  const megabytes = Math.round(VIDEO_BYTES / 2 ** 20);
  return {
    NZBID: job.id,
    NZBName: job.name,
    Kind: 'NZB',
    Category: job.category,
    Status: { waiting: 'QUEUED', downloading: 'DOWNLOADING' }[stage as string] ?? 'UNPACKING',
    FileSizeMB: megabytes,
    RemainingSizeMB:
      { waiting: megabytes, downloading: Math.round(megabytes / 2) }[stage as string] ?? 0,
  };
}

function row(job: HeldJob, endedAtS: number) {
  const stage = stageOf(job);
  const isDone = stage === 'done';
  return {
    NZBID: job.id,
    Name: job.name,
    Kind: 'NZB',
    Category: job.category,
    Status: isDone ? HISTORY_STATUS.done : HISTORY_STATUS.failed,
    HistoryTime: endedAtS + job.id,
    FileSizeMB: Math.round(VIDEO_BYTES / 2 ** 20),
    DestDir: `/downloads/complete/${job.category || 'default'}/${job.name}`,
    FinalDir: '',
  };
}
