/** What Prometheus sees of chats. */
import { single, type MetricFamily } from '../../lib/metrics/metric-family.ts';
import type { Rooms } from './rooms.ts';
import { BATCH_BOUNDS, type MessageWriter } from './writer.ts';

export function chatMetrics(parts: {
  readonly writer: MessageWriter;
  readonly rooms: Rooms;
}): readonly MetricFamily[] {
  return [
    {
      name: 'chat_batch_messages',
      kind: 'histogram',
      help: 'Chat messages that were stored by one statement.',
      labels: [],
      bounds: BATCH_BOUNDS,
      collect: () => [[[], parts.writer.batchSizes.numbers()]],
    },
    {
      name: 'chat_rooms',
      kind: 'gauge',
      together: 'sum',
      help: 'Chats that somebody is connected to; those of two processes count twice.',
      labels: [],
      collect: () => single(parts.rooms.count),
    },
  ];
}
