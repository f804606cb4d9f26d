/** Statistics of all processes, in Redis: one command for each flush and each answer. */
import { z } from 'zod';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { JournalDelta, JournalEntry } from '../../lib/request-journal/request-journal.ts';
import type { RedisClient } from '../../platform/redis/client.ts';
import * as scripts from './shared-scripts.ts';
import {
  dayOf,
  minuteOf,
  RECENT_MAX,
  RECENT_TTL_S,
  STATISTICS_TTL_S,
  totalsOf,
  TRACE_TTL_S,
  type EndpointTotals,
  type MinuteTotals,
  type Statistics,
} from './statistics.ts';

const KEY = 'requests';
/** Of each flush, those that took longest. */
const TRACES_MAX = 100;

const entrySchema = z.object({
  requestId: z.string(),
  method: z.string(),
  route: z.string(),
  status: z.number(),
  tookMs: z.number(),
  atMs: z.number(),
  tiers: z.number(),
  steps: z.array(
    z.object({
      kind: z.enum(['cache', 'query', 'redis', 'task', 'upstream']),
      name: z.string(),
      startMs: z.number(),
      tookMs: z.number(),
      outcome: z.string(),
    }),
  ),
  stepsDropped: z.number(),
});
const fieldsSchema = z.array(z.string());
const endpointsSchema = z.array(z.tuple([z.string(), z.number(), fieldsSchema]));
const minutesSchema = z.array(z.tuple([z.string(), fieldsSchema]));
const textsSchema = z.array(z.string());

export class SharedStatistics implements Statistics {
  readonly isShared = true;
  readonly #redis: RedisClient;

  constructor(redis: RedisClient) {
    this.#redis = redis;
  }

  async add(delta: JournalDelta, signal: CancelSignal): Promise<void> {
    const traced = delta.entries
      .filter(({ steps }) => steps.length > 0)
      .toSorted((one, other) => other.tookMs - one.tookMs)
      .slice(0, TRACES_MAX);
    const payload = JSON.stringify({
      routes: delta.routes,
      totals: totalsOf(delta),
      day: dayOf(delta.sinceMs),
      entries: delta.entries.map((entry) => JSON.stringify({ ...entry, steps: [] })),
      traces: traced.map((entry) => [entry.requestId, JSON.stringify(entry)]),
    });
    const limits = [STATISTICS_TTL_S, RECENT_TTL_S, TRACE_TTL_S, RECENT_MAX];
    await this.#run(scripts.ADD, [payload, ...limits], signal);
  }

  async endpoints(signal: CancelSignal): Promise<readonly EndpointTotals[]> {
    const answer = await this.#run(scripts.ENDPOINTS, [today()], signal);
    return endpointsSchema.parse(answer).map(([name, visitors, fields]) => {
      const [method = '', route = ''] = name.split(' ');
      const numbers = numbersOf(fields);
      return {
        method,
        route,
        ...countsOf(numbers),
        minMs: numbers.get('minMs') ?? 0,
        maxMs: numbers.get('maxMs') ?? 0,
        lastSeenAtMs: numbers.get('lastSeenAtMs') ?? 0,
        visitors,
      };
    });
  }

  async visitors(signal: CancelSignal): Promise<number> {
    return Number(await this.#run(scripts.VISITORS, [today()], signal));
  }

  async samplesMs(method: string, route: string, signal: CancelSignal): Promise<readonly number[]> {
    const answer = await this.#run(scripts.SAMPLES, [`${method} ${route}`], signal);
    return textsSchema.parse(answer).map(Number);
  }

  async recent(signal: CancelSignal): Promise<readonly JournalEntry[]> {
    const answer = await this.#run(scripts.RECENT, [], signal);
    return textsSchema.parse(answer).flatMap(entriesOf);
  }

  async find(requestId: string, signal: CancelSignal): Promise<JournalEntry | undefined> {
    const trace = await this.#run(scripts.TRACE, [requestId], signal);
    if (typeof trace === 'string') return entriesOf(trace)[0];
    return (await this.recent(signal)).find((entry) => entry.requestId === requestId);
  }

  async minutes(from: number, to: number, signal: CancelSignal): Promise<readonly MinuteTotals[]> {
    const answer = await this.#run(scripts.MINUTES, [from, to], signal);
    return minutesSchema
      .parse(answer)
      .map(([minute, fields]) => ({ minute: Number(minute), ...countsOf(numbersOf(fields)) }));
  }

  async clear(signal: CancelSignal): Promise<number> {
    const nowMs = Date.now();
    const minutes = [minuteOf(nowMs - STATISTICS_TTL_S * 1000), minuteOf(nowMs)];
    return Number(await this.#run(scripts.CLEAR, [today(), ...minutes], signal));
  }

  #run(
    script: string,
    parameters: readonly (string | number)[],
    signal: CancelSignal,
  ): Promise<unknown> {
    return this.#redis.evaluate(script, [KEY], parameters, signal);
  }
}

function today(): string {
  return dayOf(Date.now());
}

/** None for what another version has written. */
function entriesOf(text: string): readonly JournalEntry[] {
  const { data } = entrySchema.safeParse(JSON.parse(text));
  return data === undefined ? [] : [data];
}

/** Names and values of a hash, alternating. */
function numbersOf(fields: readonly string[]): ReadonlyMap<string, number> {
  const numbers = new Map<string, number>();
  for (let index = 0; index + 1 < fields.length; index += 2)
    numbers.set(fields[index] ?? '', Number(fields[index + 1]));
  return numbers;
}

function countsOf(
  numbers: ReadonlyMap<string, number>,
): Pick<MinuteTotals, 'count' | 'totalMs' | 'byClass'> {
  return {
    count: numbers.get('count') ?? 0,
    totalMs: numbers.get('totalMs') ?? 0,
    byClass: [1, 2, 3, 4, 5].map((number) => numbers.get(`class${number}`) ?? 0),
  };
}
