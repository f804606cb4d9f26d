/** What Prometheus sees of WebSockets, by row of the socket table. */
import type { MetricFamily, Sample } from '../lib/metrics/metric-family.ts';
import type { SocketRow } from './socket-row.ts';

export function socketFamilies(rows: () => readonly SocketRow[]): readonly MetricFamily[] {
  const one = (value: (row: SocketRow) => number) => () =>
    rows().map((row): Sample => [[row.route.name], [value(row)]]);
  const counted = (counts: (row: SocketRow) => ReadonlyMap<string, number>) => () =>
    rows().flatMap((row) =>
      [...counts(row)].map(([key, count]): Sample => [[row.route.name, key], [count]]),
    );
  return [
    {
      name: 'websocket_connections',
      kind: 'gauge',
      together: 'sum',
      help: 'WebSockets that are open.',
      labels: ['route'],
      collect: one(({ open }) => open),
    },
    {
      name: 'websocket_messages_received_total',
      kind: 'counter',
      help: 'Messages and pings that clients sent.',
      labels: ['route'],
      collect: one(({ received }) => received),
    },
    {
      name: 'websocket_closed_total',
      kind: 'counter',
      help: 'WebSockets that were closed, by close code; 4008: too slow, 1006: cut off.',
      labels: ['route', 'code'],
      collect: counted(({ closed }) => closed),
    },
    {
      name: 'websocket_refused_total',
      kind: 'counter',
      help: 'Upgrades refused as too many were open: of all, of the address or of the group.',
      labels: ['route', 'cap'],
      collect: counted(({ refused }) => refused),
    },
  ];
}
