/** The supervisor's side: asks all processes, adds up, and keeps what those have counted that are gone. */
import { settledWithin } from '../../lib/async/wait.ts';
import type { MetricFamily } from '../../lib/metrics/metric-family.ts';
import { addUp, snapshotOf, totalsOf, type Snapshot } from '../../lib/metrics/snapshot.ts';
import type { ChildGroup, ChildPort } from '../processes/supervisor.ts';
import { isMetricsMessage, type MetricsMessage } from './metrics-messages.ts';

export interface SupervisorMetricsOptions {
  /** Processes that there should be. */
  readonly processes: number;
  /** How long a process has to answer, in milliseconds. */
  readonly answerTimeoutMs: number;
  /** Of the supervisor's own process. */
  readonly families: readonly MetricFamily[];
}

const NOTHING: Snapshot = [];

interface Round {
  readonly id: number;
  readonly waitsFor: Set<ChildPort>;
  readonly complete: Promise<void>;
  /** Resolves `complete`. */
  done(): void;
}

export class SupervisorMetrics implements ChildGroup {
  readonly #options: SupervisorMetricsOptions;
  /** What each said last. */
  readonly #last = new Map<ChildPort, Snapshot>();
  /** Counters of processes that have ended. */
  #ended: Snapshot = NOTHING;
  #lastId = 0;
  #round: Round | null = null;
  /** Those that ask while a round is under way share its sum. */
  #sum: Promise<Snapshot> | null = null;

  constructor(options: SupervisorMetricsOptions) {
    this.#options = options;
  }

  joined(child: ChildPort): void {
    this.#last.set(child, NOTHING);
  }

  left(child: ChildPort): void {
    const counted = totalsOf(this.#last.get(child) ?? NOTHING);
    this.#last.delete(child);
    this.#ended = addUp([this.#ended, counted]);
    this.#answered(child);
  }

  heard(child: ChildPort, message: unknown): void {
    if (!isMetricsMessage(message)) return;
    if (message.type === 'sluice.metrics.wanted') {
      const { id } = message;
      this.#sum ??= this.#collect().finally(() => {
        this.#sum = null;
      });
      void this.#sum.then((snapshot) => send(child, { type: 'sluice.metrics.sum', id, snapshot }));
    } else if (message.type === 'sluice.metrics.collected') {
      if (!this.#last.has(child)) return;
      this.#last.set(child, message.snapshot);
      if (message.id === this.#round?.id) this.#answered(child);
    }
  }

  async #collect(): Promise<Snapshot> {
    const round = this.#begin();
    for (const child of this.#last.keys())
      send(child, { type: 'sluice.metrics.collect', id: round.id });
    if (round.waitsFor.size > 0) await settledWithin(round.complete, this.#options.answerTimeoutMs);
    this.#round = null;
    const known = [...this.#last].map(([child, snapshot]) =>
      round.waitsFor.has(child) ? totalsOf(snapshot) : snapshot,
    );
    const answered = this.#last.size - round.waitsFor.size;
    const missing = Math.max(0, this.#options.processes - answered);
    const own = snapshotOf(this.#options.families);
    return addUp([
      this.#ended,
      own,
      ...known,
      [['metrics_processes', 'sum', [['missing', [missing]]]]],
    ]);
  }

  #begin(): Round {
    let done = () => undefined as void;
    const complete = new Promise<void>((resolve) => {
      done = resolve;
    });
    const waitsFor = new Set(this.#last.keys());
    this.#round = { id: ++this.#lastId, waitsFor, complete, done };
    return this.#round;
  }

  #answered(child: ChildPort): void {
    const round = this.#round;
    if (round?.waitsFor.delete(child) === true && round.waitsFor.size === 0) round.done();
  }
}

function send(child: ChildPort, message: MetricsMessage): void {
  child.send(message);
}
