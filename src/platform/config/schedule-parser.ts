/** Schedules as operators write them: `name=cron`, with a zone behind an @, joined by semicolons. */
import { CronError, CronRule } from '../../lib/cron/cron-rule.ts';
import type { ScheduleChange } from '../jobs/schedule.ts';
import { ValueProblem, type Parser } from './parsers.ts';

const ENTRY = /^([a-z][a-z0-9.-]{0,99})\s*=\s*(off|[^@]+)(?:@\s*(\S+))?$/;

export const scheduleChanges: Parser<ReadonlyMap<string, ScheduleChange>> = {
  expected: 'entries like `feeds.poll=*/15 * * * * @Europe/Berlin; search.missed=off`',
  parse: (raw) =>
    new Map(
      raw
        .split(';')
        .map((entry) => entry.trim())
        .filter((entry) => entry !== '')
        .map(readEntry),
    ),
};

function readEntry(entry: string): readonly [string, ScheduleChange] {
  const [, name, value, zone] = ENTRY.exec(entry) ?? [];
  if (name === undefined || value === undefined) throw new RangeError('not accepted');
  const isOff = value === 'off';
  const cron = isOff ? null : value.trim();
  if (cron !== null) check(cron, zone);
  return [name, { cron, zone: zone ?? null, jitterS: null, isOff }];
}

/** As the variable says it. */
export function shownSchedules(changes: ReadonlyMap<string, ScheduleChange>): string {
  return [...changes]
    .map(([name, { cron, zone }]) => `${name}=${cron ?? 'off'}${zone === null ? '' : ` @${zone}`}`)
    .join('; ');
}

function check(cron: string, zone = 'UTC'): void {
  try {
    void new CronRule(cron, zone);
  } catch (error) {
    if (error instanceof CronError) throw new ValueProblem(error.message);
    throw error;
  }
}
