/** What a worker measures, and how its server, which shows it as its own, hears of it. */
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import type { MetricFamily, MetricSpec, Sample } from '../../lib/metrics/metric-family.ts';
import { addUp, snapshotOf, type Snapshot } from '../../lib/metrics/snapshot.ts';
import { MEDIA_SCAN } from '../ffmpeg/media-scan.ts';
import type { ChildGroup, ChildPort } from '../processes/supervisor.ts';

/** Seconds: from jobs of milliseconds to imports of hours. */
const BOUNDS = [0.005, 0.025, 0.1, 0.5, 1, 5, 15, 60, 300, 900, 3600, 14_400];
const RESULTS = ['succeeded', 'failed', 'cancelled', 'queued'] as const;
const REPORT_EVERY_MS = 5000;

const JOB_DURATION: MetricSpec = {
  name: 'job_duration_seconds',
  kind: 'histogram',
  bounds: BOUNDS,
  help: 'Attempts of jobs, by what became of the job: `queued` is repeated.',
  labels: ['job', 'result'],
};
/** Of what features measure in workers: the server shows it, whose features measure nothing of it. */
const SPECS: readonly MetricSpec[] = [JOB_DURATION, MEDIA_SCAN];

/** To the server, over the channel of its supervisor. */
interface DurationReport {
  readonly type: 'sluice.jobs.durations';
  readonly snapshot: Snapshot;
}

function isReport(message: unknown): message is DurationReport {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'sluice.jobs.durations'
  );
}

/** The worker's side. */
export class JobDurations implements Disposable {
  readonly #durations: HistogramSet;
  readonly #others: readonly MetricFamily[];
  readonly #timer: NodeJS.Timeout;

  /**
   * @param names of the jobs that there are; they are shown from the start, at zero
   * @param others what features measure here, each a row of `SPECS`
   */
  constructor(names: readonly string[], others: readonly MetricFamily[] = []) {
    this.#others = others;
    const known = names.flatMap((name) => RESULTS.map((result) => [name, result]));
    this.#durations = new HistogramSet(BOUNDS, known, 2);
    this.#timer = setInterval(() => this.#report(), REPORT_EVERY_MS).unref();
  }

  /** For a worker that no server has. */
  get families(): readonly MetricFamily[] {
    const own = { ...JOB_DURATION, collect: () => this.#durations.samples() };
    return [own, ...this.#others];
  }

  ended(name: string, result: string, seconds: number): void {
    this.#durations.of(name, result).observe(seconds);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
    this.#report();
  }

  #report(): void {
    const snapshot = snapshotOf(this.families);
    const report: DurationReport = { type: 'sluice.jobs.durations', snapshot };
    // A server that has gone shows nothing any more.
    if (process.send !== undefined && process.connected) process.send(report, () => undefined);
  }
}

/** The server's side: what its worker said last, and what those had counted that are gone. */
export class ReportedDurations implements ChildGroup {
  readonly #last = new Map<ChildPort, Snapshot>();
  #ended: Snapshot = [];

  get families(): readonly MetricFamily[] {
    return SPECS.map((spec) => ({ ...spec, collect: () => this.#samples(spec.name) }));
  }

  joined(child: ChildPort): void {
    this.#last.set(child, []);
  }

  heard(child: ChildPort, message: unknown): void {
    if (isReport(message) && this.#last.has(child)) this.#last.set(child, message.snapshot);
  }

  left(child: ChildPort): void {
    this.#ended = addUp([this.#ended, this.#last.get(child) ?? []]);
    this.#last.delete(child);
  }

  #samples(family: string): readonly Sample[] {
    return addUp([this.#ended, ...this.#last.values()]).flatMap(([name, , series]) =>
      name === family
        ? series.map(([labels, numbers]): Sample => [labels.split('\t'), numbers])
        : [],
    );
  }
}
