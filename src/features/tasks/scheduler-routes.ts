/** `/api/v1/admin/schedulers`: schedules of jobs. */
import { adminRoute } from '../../http/admin-route.ts';
import { jsonObjectBody } from '../../http/json-body.ts';
import type { Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { ScheduleChange } from '../../platform/jobs/schedule.ts';
import type { Schedulers } from './schedulers.ts';

const PATH = '/api/v1/admin/schedulers';
const ONE = `${PATH}/:name`;
const BODY_BYTES_MAX = 4096;
const TEXT_CHARS_MAX = 100;
const JITTER_S_MAX = 86_400;

/** @param isRunning false: no schedule makes a job (`DISABLE_ALL_SCHEDULER`) */
export function schedulerRoutes(schedulers: Schedulers, isRunning: boolean): readonly Route[] {
  return [
    adminRoute({
      name: 'admin-schedulers',
      pattern: PATH,
      answer: async ({ signal }) => ({
        running: isRunning,
        items: await schedulers.list(signal),
      }),
    }),
    adminRoute({
      name: 'admin-scheduler',
      pattern: ONE,
      answer: (request) => schedulers.find(nameOf(request), request.signal),
    }),
    adminRoute({
      method: 'PUT',
      name: 'admin-scheduler-change',
      pattern: ONE,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: (request) => schedulers.change(nameOf(request), changeOf(request), request.signal),
    }),
    adminRoute({
      method: 'DELETE',
      name: 'admin-scheduler-reset',
      pattern: ONE,
      answer: (request) => schedulers.reset(nameOf(request), request.signal),
    }),
    adminRoute({
      method: 'POST',
      name: 'admin-scheduler-run',
      pattern: `${ONE}/run`,
      answer: (request) => schedulers.run(nameOf(request), request.signal),
    }),
  ];
}

function nameOf({ parameters: [name = ''] }: Request): string {
  return decodeURIComponent(name);
}

/** Null puts a field back to its default. @throws AppError `request.bad-body` naming the field */
function changeOf(request: Request): Partial<ScheduleChange> {
  const body = jsonObjectBody(request);
  const change: { -readonly [K in keyof ScheduleChange]?: ScheduleChange[K] } = {};
  for (const [name, value] of Object.entries(body)) {
    if (name === 'cron') change.cron = textOf(name, value);
    else if (name === 'zone') change.zone = textOf(name, value);
    else if (name === 'jitter_seconds') change.jitterS = secondsOf(name, value);
    else if (name === 'enabled') change.isOff = !truthOf(name, value);
    else throw bad(name, 'is not known; accepted are cron, zone, jitter_seconds, enabled');
  }
  return change;
}

function textOf(name: string, value: JsonValue): string | null {
  if (value === null) return null;
  if (typeof value === 'string' && value.length <= TEXT_CHARS_MAX) return value.trim();
  throw bad(name, `expected a text of at most ${TEXT_CHARS_MAX} characters, or null`);
}

function secondsOf(name: string, value: JsonValue): number | null {
  if (value === null) return null;
  const isFitting = typeof value === 'number' && Number.isInteger(value);
  if (isFitting && value >= 0 && value <= JITTER_S_MAX) return value;
  throw bad(name, `expected whole seconds from 0 to ${JITTER_S_MAX}, or null`);
}

function truthOf(name: string, value: JsonValue): boolean {
  if (typeof value === 'boolean') return value;
  throw bad(name, 'expected true or false');
}

function bad(field: string, problem: string): AppError {
  return new AppError('request.bad-body', `the field ${field}: ${problem}`, { field });
}
