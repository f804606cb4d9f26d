/** What workers do for providers. */
import type { JsonValue } from '../../lib/json/json-value.ts';
import { AppError } from '../../lib/errors.ts';
import {
  handleJob,
  JobRefused,
  type JobContext,
  type JobHandler,
} from '../../platform/jobs/definition.ts';
import { schedule } from '../../platform/jobs/schedule.ts';
import type { SyncResult } from './contract.ts';
import {
  checkSourcesJob,
  importPlaylistJob,
  linkTitlesJob,
  syncDueJob,
  syncProviderJob,
  writeStrmJob,
} from './job-definitions.ts';
import type { SourceChecker } from './health/checker.ts';
import type { StrmExport, StrmReport } from './strm/contract.ts';
import type { TitleLinker } from './vod/links/linker.ts';
import type { Providers } from './providers.ts';
import type { SyncListener } from './sync/sync.ts';

const PROBLEMS_LOGGED_MAX = 20;
/** No repeat makes a list of what is none, an account of a wrong password, or a folder. */
const LASTING: ReadonlySet<string> = new Set([
  'iptv.bad-folder',
  'iptv.bad-playlist',
  'iptv.bad-provider',
  'iptv.login-refused',
  'iptv.no-provider',
  'fetch.bad-url',
  'fetch.blocked-address',
  'fetch.too-large',
]);

export interface IptvJobParts {
  readonly providers: Providers;
  readonly linker: TitleLinker;
  readonly strm: StrmExport;
  readonly checker: SourceChecker;
  /** Null where none is configured. */
  readonly strmFolder: string | null;
}

export function iptvJobs({
  providers,
  linker,
  strm,
  checker,
  strmFolder,
}: IptvJobParts): readonly JobHandler[] {
  return [
    handleJob(syncProviderJob, ({ providerId }, context) =>
      run(context, (listener) => providers.sync(providerId, listener, context.signal)),
    ),
    handleJob(importPlaylistJob, ({ providerId, playlist }, context) =>
      run(context, (listener) => providers.import(providerId, playlist, listener, context.signal)),
    ),
    handleJob(syncDueJob, async (_, { signal }) => ({
      providers: await providers.enqueueDue(signal),
    })),
    handleJob(linkTitlesJob, async (_, context) => {
      const progress = (done: number) => context.progress({ done, unit: 'titles' });
      return { ...(await linker.linkAll(progress, context.signal)) };
    }),
    handleJob(checkSourcesJob, async (order, context) => {
      const progress = (done: number) => context.progress({ done, unit: 'sources' });
      return { ...(await checker.check(order, progress, context.signal)) };
    }),
    handleJob(writeStrmJob, async (order, context) => {
      if (strmFolder === null) throw new JobRefused('IPTV_STRM_DIR is not set');
      const progress = (done: number) => context.progress({ done, unit: 'files' });
      const wanted = { ...order, folder: strmFolder };
      const report = await strm.write(wanted, progress, context.signal).catch(refuseLasting);
      return strmBody(report);
    }),
  ];
}

export const IPTV_SCHEDULES = [
  schedule(syncDueJob, {}, { name: 'iptv.sync', cron: '7-59/10 * * * *', jitterS: 120 }),
  schedule(linkTitlesJob, {}, { name: 'iptv.link-titles', cron: '41 4 * * *', jitterS: 600 }),
];

async function run(
  context: JobContext,
  work: (listener: SyncListener) => Promise<SyncResult>,
): Promise<JsonValue> {
  try {
    const result = await work({
      progress: (entries) => context.progress({ done: entries, unit: 'entries' }),
    });
    for (const { line, reason } of result.problems.slice(0, PROBLEMS_LOGGED_MAX))
      context.log('warn', `line ${line}: ${reason}`);
    return syncBody(result);
  } catch (error) {
    return refuseLasting(error);
  }
}

function refuseLasting(error: unknown): never {
  if (error instanceof AppError && LASTING.has(error.code)) throw new JobRefused(error.message);
  throw error;
}

/** As the job and the command line show it. */
export function strmBody({ stale, ...report }: StrmReport) {
  return { ...report, stale: { ...stale, first: [...stale.first] } };
}

/** As jobs and the command line show it. */
export function syncBody({ snapshot, entries, counts, refused, reasons }: SyncResult) {
  const why = reasons.map(({ reason, count }) => ({ reason, count }));
  if (snapshot === null) return { entries, ...counts, refused, reasons: why, state: 'unchanged' };
  const { snapshot: number, state, reason, added, removed, renamed, moved, readdressed } = snapshot;
  return {
    entries,
    ...counts,
    refused,
    reasons: why,
    snapshot: number,
    state,
    reason,
    added,
    removed,
    renamed,
    moved,
    readdressed,
  };
}
