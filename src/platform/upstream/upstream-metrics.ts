/** What Prometheus sees of other people's servers. */
import type { MetricFamily, Sample } from '../../lib/metrics/metric-family.ts';
import { CALL_BOUNDS } from './outcomes.ts';
import type { MeasuredUpstreams } from './upstream.ts';

export function upstreamMetrics(upstreams: MeasuredUpstreams): readonly MetricFamily[] {
  return [
    {
      name: 'upstream_request_duration_seconds',
      kind: 'histogram',
      help: 'Time of calls with all their waits and retries; the outcome is ok or an error code.',
      labels: ['upstream', 'outcome'],
      bounds: CALL_BOUNDS,
      collect: () =>
        upstreams
          .stats()
          .flatMap(({ name, durations }) =>
            durations.map(([outcome, numbers]): Sample => [[name, ...outcome], numbers]),
          ),
    },
    {
      name: 'upstream_breakers',
      kind: 'gauge',
      together: 'sum',
      help: 'Breakers in each state: one in each process, and one for each server that users entered.',
      labels: ['upstream', 'state'],
      collect: () =>
        upstreams
          .breakers()
          .flatMap(({ name, states }) =>
            Object.entries(states).map(([state, count]): Sample => [[name, state], [count]]),
          ),
    },
  ];
}
