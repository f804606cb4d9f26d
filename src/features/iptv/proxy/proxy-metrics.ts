/** What the proxy does, for `/metrics`. */
import { single, type MetricFamily } from '../../../lib/metrics/metric-family.ts';

export interface ProxyCounts {
  connections: number;
  viewers: number;
  failovers: number;
  skips: number;
}

export function proxyFamilies(counts: ProxyCounts): readonly MetricFamily[] {
  return [
    {
      name: 'iptv_proxy_connections',
      kind: 'gauge',
      together: 'sum',
      help: 'Connections to providers that carry a channel now.',
      labels: [],
      collect: () => single(counts.connections),
    },
    {
      name: 'iptv_proxy_viewers',
      kind: 'gauge',
      together: 'sum',
      help: 'Connections of viewers that are sent a channel now.',
      labels: [],
      collect: () => single(counts.viewers),
    },
    {
      name: 'iptv_proxy_failovers_total',
      kind: 'counter',
      help: 'Times that a source ended or failed while its channel was watched, and the next one took over.',
      labels: [],
      collect: () => single(counts.failovers),
    },
    {
      name: 'iptv_proxy_skips_total',
      kind: 'counter',
      help: 'Times that a viewer was too slow and went on where the newest picture began.',
      labels: [],
      collect: () => single(counts.skips),
    },
  ];
}
