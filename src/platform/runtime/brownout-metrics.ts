/** What Prometheus sees of brownouts. */
import type { Brownout } from '../../lib/admission/brownout.ts';
import { single, type MetricFamily, type Sample } from '../../lib/metrics/metric-family.ts';

export function brownoutMetrics(brownout: Brownout): readonly MetricFamily[] {
  return [
    {
      name: 'brownout_level',
      kind: 'gauge',
      together: 'max',
      help: '0: everything is done; to 1: only what is at hand; above: classes are refused, least important first (6: most).',
      labels: [],
      collect: () => single(brownout.level),
    },
    {
      name: 'brownout_pressure',
      kind: 'gauge',
      together: 'max',
      help: 'What the signals of a brownout say: 1 and more is too much.',
      labels: ['signal'],
      collect: () => brownout.pressures.map(([name, pressure]): Sample => [[name], [pressure]]),
    },
  ];
}
