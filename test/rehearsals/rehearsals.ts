/** All rehearsals, by the name of their page in docs/runbooks. */
import { rehearseHighP95 } from './high-p95.ts';
import { rehearseMemorySlope } from './memory-slope.ts';
import { rehearsePoolExhaustion } from './pool-exhaustion.ts';
import { rehearseRedisDown } from './redis-down.ts';
import { rehearseReplicaLag } from './replica-lag.ts';
import { rehearseSourceBan } from './source-ban.ts';
import { Stage } from './stage.ts';

export const REHEARSALS: Readonly<Record<string, (stage: Stage) => Promise<void>>> = {
  'pool-exhaustion': rehearsePoolExhaustion,
  'high-p95': rehearseHighP95,
  'memory-slope': rehearseMemorySlope,
  'redis-down': rehearseRedisDown,
  'replica-lag': rehearseReplicaLag,
  'source-ban': rehearseSourceBan,
};

/** @throws when the page's commands do not show the fault, or do not cure it */
export async function rehearse(name: string, say: (line: string) => void): Promise<void> {
  const run = Object.hasOwn(REHEARSALS, name) ? REHEARSALS[name] : undefined;
  if (run === undefined)
    throw new Error(
      `no rehearsal is called ${name}; there are ${Object.keys(REHEARSALS).join(', ')}`,
    );
  await run(new Stage(name, say));
}
