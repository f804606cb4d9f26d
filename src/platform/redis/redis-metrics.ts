/** What Prometheus sees of Redis. */
import { single, type MetricFamily } from '../../lib/metrics/metric-family.ts';
import { COMMAND_BOUNDS, type RedisClient, type RedisStats } from './client.ts';

/** @param redis null: the families are there, without values */
export function redisMetrics(redis: RedisClient | null): readonly MetricFamily[] {
  const one = (value: (stats: RedisStats) => number) => () =>
    redis === null ? [] : single(value(redis.stats()));
  return [
    {
      name: 'redis_command_duration_seconds',
      kind: 'histogram',
      help: 'Time from sending a command to its reply, or to its failure.',
      labels: ['command'],
      bounds: COMMAND_BOUNDS,
      collect: () => redis?.stats().durations ?? [],
    },
    {
      name: 'redis_command_failures_total',
      kind: 'counter',
      help: 'Commands that failed or were refused.',
      labels: [],
      collect: one(({ failures }) => failures),
    },
    {
      name: 'redis_breaker_opened_total',
      kind: 'counter',
      help: 'How often Redis was left alone for a moment, because it failed again and again.',
      labels: [],
      collect: one(({ breakerOpened }) => breakerOpened),
    },
    {
      name: 'redis_usable',
      kind: 'gauge',
      together: 'sum',
      help: 'Processes that would send a command now.',
      labels: [],
      collect: one(({ usable }) => (usable ? 1 : 0)),
    },
  ];
}
