/** Jobs that come again and again: what features say of them, and what is in force of it. */
import { CronRule } from '../../lib/cron/cron-rule.ts';
import type { JsonValue } from '../../lib/json/json-value.ts';
import type { JobDefinition } from './definition.ts';

/** As `Feature.schedules` lists it. */
export interface JobSchedule {
  /** `feeds.poll`: by this name operators change it. */
  readonly name: string;
  readonly definition: JobDefinition<unknown>;
  readonly payload: JsonValue;
  /** Five fields. */
  readonly cron: string;
  /** UTC without it. */
  readonly zone?: string;
  /** Up to so many seconds later, at random: instances of many people do not ask a source in one second. */
  readonly jitterS?: number;
  /** Another one begins though the last one has not ended. */
  readonly mayOverlap?: boolean;
}

export function schedule<P>(
  definition: JobDefinition<P>,
  payload: NoInfer<P>,
  rest: Omit<JobSchedule, 'definition' | 'payload'>,
): JobSchedule {
  return {
    ...rest,
    definition: definition as JobDefinition<unknown>,
    payload: payload as JsonValue,
  };
}

/** Of the variable SCHEDULES, or of an operator: what is null is as it was. */
export interface ScheduleChange {
  readonly cron: string | null;
  readonly zone: string | null;
  readonly jitterS: number | null;
  readonly isOff: boolean;
}

export interface ScheduleInForce {
  readonly rule: CronRule;
  readonly jitterS: number;
  readonly isOff: boolean;
}

/** The later change counts. @throws CronError */
export function inForce(
  { cron, zone = 'UTC', jitterS = 0 }: JobSchedule,
  changes: readonly (ScheduleChange | undefined)[],
): ScheduleInForce {
  let result = { cron, zone, jitterS, isOff: false };
  for (const change of changes) {
    if (change === undefined) continue;
    result = {
      cron: change.cron ?? result.cron,
      zone: change.zone ?? result.zone,
      jitterS: change.jitterS ?? result.jitterS,
      isOff: change.isOff,
    };
  }
  return {
    rule: new CronRule(result.cron, result.zone),
    jitterS: result.jitterS,
    isOff: result.isOff,
  };
}
