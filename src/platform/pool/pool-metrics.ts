/** What Prometheus sees of the pool threads. */
import type { MetricFamily, Sample } from '../../lib/metrics/metric-family.ts';
import { TASK_BOUNDS } from './piscina-pool.ts';
import type { MeasuredTaskPool, TaskPoolStats } from './task-pool.ts';

/** Pools by the value of their label. */
export type Pools = Readonly<Record<string, MeasuredTaskPool>>;

export function poolMetrics(pools: Pools): readonly MetricFamily[] {
  const collect = (samples: (stats: TaskPoolStats) => readonly Sample[]) => () =>
    Object.entries(pools).flatMap(([name, pool]) =>
      samples(pool.stats()).map(([labels, numbers]): Sample => [[name, ...labels], numbers]),
    );
  const gauge = (name: string, help: string, value: (stats: TaskPoolStats) => number) =>
    ({
      name,
      help,
      kind: 'gauge',
      together: 'sum',
      labels: ['pool'],
      collect: collect((stats) => [[[], [value(stats)]]]),
    }) satisfies MetricFamily;
  return [
    {
      name: 'worker_task_duration_seconds',
      kind: 'histogram',
      help: 'Time of tasks on pool threads, moving their bytes included.',
      labels: ['pool', 'task'],
      bounds: TASK_BOUNDS,
      collect: collect(({ durations }) => durations),
    },
    {
      name: 'worker_task_failures_total',
      kind: 'counter',
      help: 'Tasks that failed, were stopped or found the queue full, by error code.',
      labels: ['pool', 'error_type'],
      collect: collect(({ failures }) =>
        [...failures].map(([code, count]): Sample => [[code], [count]]),
      ),
    },
    {
      name: 'worker_queue_depth',
      kind: 'gauge',
      together: 'sum',
      help: 'Tasks that wait for a thread; slow ones wait behind quick ones.',
      labels: ['pool', 'lane'],
      collect: collect(({ waiting }) =>
        Object.entries(waiting).map(([lane, count]): Sample => [[lane], [count]]),
      ),
    },
    gauge('worker_tasks_running', 'Tasks that run.', ({ running }) => running),
    gauge('worker_threads', 'Threads that are there.', ({ threads }) => threads),
    gauge(
      'worker_heap_bytes',
      'JavaScript heap of the threads, as their last tasks left it.',
      ({ memory }) => memory.heapBytes,
    ),
    gauge(
      'worker_external_bytes',
      'Memory outside of the heap that objects of the threads hold.',
      ({ memory }) => memory.externalBytes,
    ),
    {
      name: 'worker_loop_seconds_total',
      kind: 'counter',
      help: 'Time of the threads that are there; their utilisation is the share of active.',
      labels: ['pool', 'state'],
      collect: collect(({ loops: { activeMs, idleMs } }) => [
        [['active'], [activeMs / 1000]],
        [['idle'], [idleMs / 1000]],
      ]),
    },
  ];
}
