/** What Prometheus sees of the process itself, and of the loop of its main thread. */
import { performance } from 'node:perf_hooks';
import { Histogram } from '../../lib/metrics/histogram.ts';
import { single, type MetricFamily } from '../../lib/metrics/metric-family.ts';
import { version } from '../config/version.ts';

/** Seconds. */
const DELAY_BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];
/** How often the delay is looked at. */
const LOOK_EVERY_MS = 50;

/** How late a timer of the main thread is: what a request waits before it is looked at. */
export class LoopDelay implements Disposable {
  readonly histogram = new Histogram(DELAY_BOUNDS);
  readonly #timer: NodeJS.Timeout;
  #dueAtMs = performance.now() + LOOK_EVERY_MS;

  constructor() {
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS).unref();
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  /** Node starts the next interval when the timer has run: what is late once does not add up. */
  #look(): void {
    const nowMs = performance.now();
    this.histogram.observe(Math.max(0, nowMs - this.#dueAtMs) / 1000);
    this.#dueAtMs = nowMs + LOOK_EVERY_MS;
  }
}

/** Of every process of the instance, the supervisor too. */
export function processMetrics(): readonly MetricFamily[] {
  const startedAtS = Math.round(performance.timeOrigin / 1000);
  const gauge = (name: string, help: string, collect: () => number, together = 'sum' as const) =>
    ({
      name,
      help,
      kind: 'gauge',
      together,
      labels: [],
      collect: () => single(collect()),
    }) satisfies MetricFamily;
  return [
    gauge('process_resident_memory_bytes', 'Memory of all processes, threads included.', () =>
      process.memoryUsage.rss(),
    ),
    gauge(
      'process_heap_bytes',
      'JavaScript heap of the main threads.',
      () => process.memoryUsage().heapUsed,
    ),
    gauge(
      'process_external_bytes',
      'Memory outside of the heap that objects of the main threads hold.',
      () => process.memoryUsage().external,
    ),
    {
      name: 'process_cpu_seconds_total',
      kind: 'counter',
      help: 'CPU time of all processes, threads included.',
      labels: ['mode'],
      collect: () => {
        const { user, system } = process.cpuUsage();
        return [
          [['user'], [user / 1e6]],
          [['system'], [system / 1e6]],
        ];
      },
    },
    {
      name: 'process_last_start_time_seconds',
      kind: 'gauge',
      together: 'max',
      help: 'When the youngest process began.',
      labels: [],
      collect: () => single(startedAtS),
    },
    {
      name: 'sluice_build_info',
      kind: 'gauge',
      together: 'max',
      help: 'Always 1; the labels say what runs.',
      labels: ['version', 'node'],
      collect: () => [[[version, process.version], [1]]],
    },
  ];
}

/** Of the processes that answer HTTP. */
export function loopMetrics(delay: LoopDelay): readonly MetricFamily[] {
  return [
    {
      name: 'event_loop_delay_seconds',
      kind: 'histogram',
      help: 'How late the loop of a main thread comes to what is due.',
      labels: [],
      bounds: DELAY_BOUNDS,
      collect: () => [[[], delay.histogram.numbers()]],
    },
    {
      name: 'event_loop_seconds_total',
      kind: 'counter',
      help: 'Time of the loops of main threads; the utilisation is the share of active.',
      labels: ['state'],
      collect: () => {
        const { active, idle } = performance.eventLoopUtilization();
        return [
          [['active'], [active / 1000]],
          [['idle'], [idle / 1000]],
        ];
      },
    },
  ];
}
