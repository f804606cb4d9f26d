/** What all processes of the instance have counted, as one of them gets it. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { cancellable } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import type { MetricFamily } from '../../lib/metrics/metric-family.ts';
import type { Snapshot } from '../../lib/metrics/snapshot.ts';
import { isMetricsMessage, type MetricsMessage } from './metrics-messages.ts';
import type { MetricsRegistry } from './metrics-registry.ts';

export interface InstanceMetrics extends Disposable {
  /** @throws AppError `metrics.unavailable` when the signal aborts before the supervisor has answered */
  collect(signal: CancelSignal): Promise<Snapshot>;
}

/** Processes whose values are in the answer, and those that did not answer in time: of these only counters are. */
export function processCount(missing: number): MetricFamily {
  return {
    name: 'metrics_processes',
    kind: 'gauge',
    together: 'sum',
    help: 'Processes that answered HTTP and this scrape, and those that did not; their counters are the last known.',
    labels: ['state'],
    collect: () => [
      [['answered'], [1]],
      [['missing'], [missing]],
    ],
  };
}

/**
 * @param processes of the instance. Several have a supervisor, who adds up; one of several without (the role `api`, started by
 *   somebody else) speaks for itself, and says that the others are missing.
 */
export function openInstanceMetrics(registry: MetricsRegistry, processes: number): InstanceMetrics {
  const isSupervised = processes > 1 && process.send !== undefined;
  registry.add([processCount(isSupervised ? 0 : processes - 1)]);
  return isSupervised ? new SupervisedMetrics(registry) : new OwnMetrics(registry);
}

class OwnMetrics implements InstanceMetrics {
  readonly #registry: MetricsRegistry;

  constructor(registry: MetricsRegistry) {
    this.#registry = registry;
  }

  collect(): Promise<Snapshot> {
    return Promise.resolve(this.#registry.snapshot());
  }

  [Symbol.dispose](): void {
    // Nothing is open.
  }
}

/** One of several processes: asks the supervisor, and is asked by it. */
class SupervisedMetrics implements InstanceMetrics {
  readonly #registry: MetricsRegistry;
  readonly #asked = new Map<number, (snapshot: Snapshot) => void>();
  #lastId = 0;

  constructor(registry: MetricsRegistry) {
    this.#registry = registry;
    process.on('message', this.#onMessage);
    // Listening would hold the process, see `onSupervisorGone`.
    process.channel?.unref();
  }

  collect(signal: CancelSignal): Promise<Snapshot> {
    return cancellable(
      signal,
      (resolve) => {
        const id = ++this.#lastId;
        this.#asked.set(id, resolve);
        send({ type: 'sluice.metrics.wanted', id });
        return () => this.#asked.delete(id);
      },
      () =>
        new AppError('metrics.unavailable', 'the metrics of all processes did not come in time'),
    );
  }

  [Symbol.dispose](): void {
    process.off('message', this.#onMessage);
  }

  readonly #onMessage = (message: unknown): void => {
    if (!isMetricsMessage(message)) return;
    const { type, id } = message;
    if (type === 'sluice.metrics.collect')
      send({ type: 'sluice.metrics.collected', id, snapshot: this.#registry.snapshot() });
    else if (type === 'sluice.metrics.sum') {
      this.#asked.get(id)?.(message.snapshot);
      this.#asked.delete(id);
    }
  };
}

function send(message: MetricsMessage): void {
  // The supervisor may have gone in this moment: whoever waits for it has a deadline.
  process.send?.(message, () => undefined);
}
