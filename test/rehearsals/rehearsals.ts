/** All rehearsals: of the pages in docs/runbooks, and of alerts that have no page. */
import type { AlertSeen } from './alert-watch.ts';
import { rehearseDatabaseDown } from './database-down.ts';
import { rehearseHighP95 } from './high-p95.ts';
import { rehearseJobBacklog } from './job-backlog.ts';
import { rehearseLoopDelay } from './loop-delay.ts';
import { rehearseMachine } from './machine.ts';
import { rehearseMemorySlope } from './memory-slope.ts';
import { rehearsePoolExhaustion } from './pool-exhaustion.ts';
import { rehearseProcessMissing } from './process-missing.ts';
import { rehearseRedisDown } from './redis-down.ts';
import { rehearseReplicaLag } from './replica-lag.ts';
import { rehearseServerDown } from './server-down.ts';
import { rehearseSourceBan } from './source-ban.ts';
import { Stage } from './stage.ts';
import { rehearseThreadBacklog } from './thread-backlog.ts';
import { rehearseTranscodes } from './transcodes.ts';

type Run = (stage: Stage) => Promise<void>;

/** By the name of their page. */
export const PAGES: Readonly<Record<string, Run>> = {
  'pool-exhaustion': rehearsePoolExhaustion,
  'high-p95': rehearseHighP95,
  'memory-slope': rehearseMemorySlope,
  'redis-down': rehearseRedisDown,
  'replica-lag': rehearseReplicaLag,
  'source-ban': rehearseSourceBan,
};

/** Faults that show in nothing but an alert: worth nothing where no Prometheus looks on. */
const ALERTS_ALONE: Readonly<Record<string, Run>> = {
  'server-down': rehearseServerDown,
  'process-missing': rehearseProcessMissing,
  'database-down': rehearseDatabaseDown,
  'loop-delay': rehearseLoopDelay,
  'thread-backlog': rehearseThreadBacklog,
  'job-backlog': rehearseJobBacklog,
  transcodes: rehearseTranscodes,
  machine: rehearseMachine,
};

export const REHEARSALS: Readonly<Record<string, Run>> = { ...PAGES, ...ALERTS_ALONE };

export interface RehearseOptions {
  readonly say: (line: string) => void;
  /** A Prometheus looks on, and its alerts have to fire. */
  readonly isWatched: boolean;
}

/**
 * Returns the alerts that fired.
 * @throws when the page's commands do not show the fault, do not cure it, or an alert does not fire or stays
 */
export async function rehearse(
  name: string,
  options: RehearseOptions,
): Promise<readonly AlertSeen[]> {
  const run = Object.hasOwn(REHEARSALS, name) ? REHEARSALS[name] : undefined;
  if (run === undefined)
    throw new Error(
      `no rehearsal is called ${name}; there are ${Object.keys(REHEARSALS).join(', ')}`,
    );
  const stage = new Stage({ name, ...options });
  await run(stage);
  return stage.seen;
}
