/** `/api/v1/admin/tasks`: queued jobs. */
import { adminRoute } from '../../http/admin-route.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import type { EventSource, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { QueryFields } from '../../lib/query-fields.ts';
import { JOB_STATES, type JobState } from '../../platform/jobs/queue.ts';
import { notFound, type TaskChange, type Tasks } from './tasks.ts';

const PATH = '/api/v1/admin/tasks';
const FIELDS = ['state', 'queue', 'name', 'owner', 'before', 'limit'] as const;
const ID = /^[1-9]\d{0,17}$/;
const LIMIT = { min: 1, max: 200, fallback: 50 };
const TEXT_CHARS_MAX = 200;
const IDS_MAX = 1000;
const BODY_BYTES_MAX = 32 * 1024;
const STREAM_TIMEOUT_MS = 5000;
const CHANGES = ['cancel', 'retry'] as const satisfies readonly TaskChange[];

export function taskRoutes(tasks: Tasks, feed: EventSource): readonly Route[] {
  return [
    adminRoute({ name: 'admin-tasks', pattern: PATH, answer: (request) => list(request, tasks) }),
    {
      name: 'admin-tasks-stream',
      pattern: `${PATH}/stream`,
      access: 'admin',
      traffic: 'admin',
      cachePolicy: 'no-store',
      timeoutMs: STREAM_TIMEOUT_MS,
      handler: () => ({ status: 200, representation: null, events: feed }),
    },
    adminRoute({
      name: 'admin-task',
      pattern: `${PATH}/:id`,
      answer: (request) => tasks.find(idOf(request), request.signal),
    }),
    ...CHANGES.flatMap((change) => changeRoutes(change, tasks)),
  ];
}

/** Of one job, and of a list of them. */
function changeRoutes(change: TaskChange, tasks: Tasks): readonly Route[] {
  return [
    adminRoute({
      method: 'POST',
      name: `admin-task-${change}`,
      pattern: `${PATH}/:id/${change}`,
      answer: (request) => tasks.change(change, idOf(request), request.signal),
    }),
    adminRoute({
      method: 'POST',
      name: `admin-tasks-${change}`,
      pattern: `${PATH}/${change}`,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: (request) => tasks.changeAll(change, idsOf(request), request.signal),
    }),
  ];
}

function list({ query, signal }: Request, tasks: Tasks): Promise<object> {
  const fields = new QueryFields(query, FIELDS);
  const text = (name: (typeof FIELDS)[number]) => fields.text(name, TEXT_CHARS_MAX) || null;
  const before = text('before');
  if (before !== null && !ID.test(before)) throw badQuery('before', 'the id of a job');
  const filter = {
    states: statesOf(text('state')),
    queue: text('queue'),
    name: text('name'),
    owner: text('owner'),
    before,
  };
  return tasks.list(filter, fields.integer('limit', LIMIT), signal);
}

function statesOf(text: string | null): readonly JobState[] {
  if (text === null) return JOB_STATES;
  const names = text.split(',');
  const states = JOB_STATES.filter((state) => names.includes(state));
  if (states.length !== new Set(names).size)
    throw badQuery('state', `some of ${JOB_STATES.join(', ')}, joined by commas`);
  return states;
}

/** @throws AppError `job.not-found` for what is no id */
function idOf({ parameters: [id = ''] }: Request): string {
  if (!ID.test(id)) throw notFound();
  return id;
}

function idsOf(request: Request): readonly string[] {
  const { ids } = jsonObjectBody(request);
  const isFitting = Array.isArray(ids) && ids.length > 0 && ids.length <= IDS_MAX;
  const texts = isFitting
    ? ids.filter((id): id is string => typeof id === 'string' && ID.test(id))
    : [];
  if (!isFitting || texts.length !== ids.length)
    throw new AppError(
      'request.bad-body',
      `expected {"ids": […]} with 1 to ${IDS_MAX} ids of jobs, as texts`,
      {
        field: 'ids',
      },
    );
  return [...new Set(texts)];
}

function badQuery(field: string, expected: string): AppError {
  return new AppError('request.bad-query', `the parameter ${field}: expected ${expected}`, {
    field,
  });
}
