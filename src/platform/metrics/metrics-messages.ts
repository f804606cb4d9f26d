/** What processes and their supervisor say to each other about metrics, over the channel of the supervisor. */
import type { Snapshot } from '../../lib/metrics/snapshot.ts';

/** From a child: what all have counted, please. `sum` answers it. */
interface Wanted {
  readonly type: 'sluice.metrics.wanted';
  readonly id: number;
}

/** To all children; `collected` answers it. */
interface Collect {
  readonly type: 'sluice.metrics.collect';
  readonly id: number;
}

interface Collected {
  readonly type: 'sluice.metrics.collected';
  readonly id: number;
  readonly snapshot: Snapshot;
}

interface Sum {
  readonly type: 'sluice.metrics.sum';
  readonly id: number;
  readonly snapshot: Snapshot;
}

export type MetricsMessage = Wanted | Collect | Collected | Sum;

/** Both ends are the same program: the type says the rest. */
export function isMetricsMessage(message: unknown): message is MetricsMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    typeof message.type === 'string' &&
    message.type.startsWith('sluice.metrics.')
  );
}
