/** SABnzbd's API as 5.0 answers it, and NzbDAV's, which reads the address alone; each with a WebDAV share. */
import {
  FakeUpstream,
  json,
  type Answer,
  type Asked,
  type UpstreamOptions,
} from './fake-upstream.ts';
import { readMultipart, type MultipartForm } from './multipart.ts';
import { isOver, stageOf, VIDEO_BYTES, type HeldJob, type NewsWorld } from './news-world.ts';
import { webDavAnswer } from './webdav.ts';

export type SabnzbdKind = 'sabnzbd' | 'nzbdav';

const QUEUE_STATUS = { waiting: 'Queued', downloading: 'Downloading' } as const;
const HISTORY_STATUS = { unpacking: 'Extracting', done: 'Completed', failed: 'Failed' } as const;

interface SabnzbdOptions extends Partial<Omit<UpstreamOptions, 'answer'>> {
  readonly kind: SabnzbdKind;
  readonly apiKey: string;
}

export function startSabnzbd(world: NewsWorld, options: SabnzbdOptions): Promise<FakeUpstream> {
  const { kind, apiKey } = options;
  const root = kind === 'nzbdav' ? 'content' : 'complete';
  return FakeUpstream.start({
    ...options,
    answer: (asked) =>
      asked.path === '/api'
        ? apiAnswer(asked, world, kind, apiKey)
        : webDavAnswer(asked, world.files(root), { root: kind === 'nzbdav' ? '' : '/dav' }),
  });
}

function apiAnswer(
  { query, headers, body }: Asked,
  world: NewsWorld,
  kind: SabnzbdKind,
  apiKey: string,
): Answer {
  const isNzbDav = kind === 'nzbdav';
  const form = readMultipart(body, headers['content-type']);
  const fields = new URLSearchParams([...query, ...(isNzbDav ? [] : form.fields)]);
  const mode = fields.get('mode');
  if (mode === 'version' && !isNzbDav) return json({ version: '5.0.0RC3' });
  const header = headers['x-api-key'];
  const key = (isNzbDav && typeof header === 'string' ? header : null) ?? fields.get('apikey');
  if (key !== apiKey) return refused(isNzbDav, key === null);
  if (mode === 'version') return json({ status: true, version: '4.5.1' });
  if (mode === 'addfile') return addFile(fields, form.file, world, isNzbDav);
  if (fields.get('name') === 'delete') {
    const isThere = world.remove(Number(/\d+$/.exec(fields.get('value') ?? '')?.[0]));
    return json({ status: isThere, nzo_ids: isThere ? [fields.get('value')] : [] });
  }
  if (mode === 'queue') {
    const slots = world.look().filter((job) => !isOver(job));
    return json({ queue: { status: 'Idle', slots: slots.map(queueSlot) } });
  }
  if (mode === 'history') {
    const slots = world.jobs.filter((job) => isOver(job));
    return json({
      history: { slots: slots.map((job) => historySlot(job, isNzbDav, world.endedAtS)) },
    });
  }
  return json({ status: false, error: 'not implemented' });
}

/** SABnzbd: a page, whatever form was asked for. */
function refused(isNzbDav: boolean, isMissing: boolean): Answer {
  const error = isMissing ? 'API Key Required' : 'API Key Incorrect';
  return isNzbDav
    ? json({ status: false, error }, 401)
    : { status: 403, contentType: 'text/html;charset=utf-8', body: error };
}

/** Twice the same are two jobs. NzbDAV calls it as the file is called. */
function addFile(
  fields: URLSearchParams,
  file: MultipartForm['file'],
  world: NewsWorld,
  isNzbDav: boolean,
): Answer {
  if (file?.field !== 'name') return json({ status: false, error: 'expects one parameter' });
  if (!file.content.includes('<nzb')) return json({ status: false, nzo_ids: [] });
  const category = fields.get('cat') ?? (isNzbDav ? 'uncategorized' : '');
  const own = file.name.replace(/\.nzb$/, '');
  const name = isNzbDav ? own : (fields.get('nzbname') ?? own);
  return json({ status: true, nzo_ids: [idOf(world.add(file.content, name, category))] });
}

function idOf({ id }: HeldJob): string {
  return `SABnzbd_nzo_${id}`;
}

/** Sizes and percentages are texts. */
function queueSlot(job: HeldJob) {
  const stage = stageOf(job);
  return {
    nzo_id: idOf(job),
    filename: job.name,
    cat: job.category || '*',
    status: stage === 'waiting' || stage === 'downloading' ? QUEUE_STATUS[stage] : 'Queued',
    mb: (VIDEO_BYTES / 2 ** 20).toFixed(2),
    mbleft: (VIDEO_BYTES / 2 ** 21).toFixed(2),
    percentage: stage === 'waiting' ? '0' : '50',
    time_added: 1_700_000_000 + job.id,
  };
}

function historySlot(job: HeldJob, isNzbDav: boolean, endedAtS: number) {
  const stage = stageOf(job);
  const place = isNzbDav ? '/mnt/nzbdav/completed-symlinks' : '/config/Downloads/complete';
  const isDone = stage === 'done';
  return {
    nzo_id: idOf(job),
    name: job.name,
    nzb_name: `${job.name}.nzb`,
    category: job.category || '*',
    status: stage === 'unpacking' || isDone || stage === 'failed' ? HISTORY_STATUS[stage] : '',
    bytes: VIDEO_BYTES,
    storage: isDone ? `${place}/${job.category || 'default'}/${job.name}` : '',
    fail_message: stage === 'failed' ? 'Aborted, cannot be completed' : '',
    completed: endedAtS + job.id,
  };
}
