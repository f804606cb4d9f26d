/** The rounds of one case: every contender in turn, forwards and backwards, one under load at a time. */
import { measureRound } from '../harness/measure.ts';
import { generator as installed } from '../load.ts';
import type { RoundResult } from '../result.ts';
import type { ComparedCase } from './cases.ts';
import { baseUrlOf, type Contender } from './contenders.ts';
import { rawAnswer, textOf } from './raw-answer.ts';
import { loadTarget } from './target-load.ts';

export const CONNECTIONS = 64;
/** wrk takes the least of a machine that it shares with the server; targets are asked from this process. */
export const throughputGenerator: 'wrk' | 'sluice' = installed === 'wrk' ? 'wrk' : 'sluice';
/** 64 that ask for what nobody has read yet are refused in part by a server on a slow machine, as they should be. */
const WARM_UP_CONNECTIONS = 16;
const WARM_UP_S = 1;
/** Long enough for the fast ones to have been asked for each of 10,000 addresses. */
const WARM_UP_MANY_S = 4;
const MANY_PATHS = 1000;
const GRACE_S = 5;
/** A generator above this and a server below it: the generator was the bottleneck. */
export const BOUND_SHARE = 0.9;

export interface Measured {
  readonly contender: Contender;
  /** Throughput: every connection asks again when it was answered. */
  readonly rounds: readonly RoundResult[];
  /** One connection: how long an answer takes where nobody waits for others. */
  readonly latency: RoundResult;
  /** Of one answer, as it went over the wire. */
  readonly bodyBytes: number;
  /** In that answer; null when it is no list of streams. */
  readonly streams: number | null;
}

export interface MeasureOptions {
  readonly titleIds: readonly string[];
  readonly rounds: number;
  readonly seconds: number;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

interface Prepared extends Omit<Measured, 'rounds' | 'latency'> {
  readonly paths: readonly string[];
  readonly rounds: RoundResult[];
}

/** @throws Error when a contender does not answer, answers an error, or fails more than one request in a thousand */
export async function measureCase(
  one: ComparedCase,
  contenders: readonly Contender[],
  options: MeasureOptions,
): Promise<readonly Measured[]> {
  const prepared: Prepared[] = [];
  for (const contender of contenders) {
    const paths = one.pathsOf(contender, options.titleIds);
    if (paths === null) continue;
    prepared.push({
      contender,
      paths,
      rounds: [],
      ...(await look(contender, paths[0] ?? '', one.headers)),
    });
  }
  for (const each of prepared) {
    options.progress(`${one.name}: warming ${each.contender.name}`);
    const durationS = each.paths.length > MANY_PATHS ? WARM_UP_MANY_S : WARM_UP_S;
    await runRound(each, one, {
      connections: WARM_UP_CONNECTIONS,
      durationS,
      signal: options.signal,
    });
  }
  const measuring = { durationS: options.seconds, signal: options.signal };
  for (let round = 0; round < options.rounds; round++) {
    // A drift of the machine within a pair of rounds hits all alike.
    for (const each of round % 2 === 0 ? prepared : prepared.toReversed()) {
      options.progress(
        `${one.name}: round ${round + 1} of ${options.rounds}, ${each.contender.name}`,
      );
      each.rounds.push(await runRound(each, one, { connections: CONNECTIONS, ...measuring }));
    }
  }
  const measured: Measured[] = [];
  for (const each of prepared) {
    options.progress(`${one.name}: latency of ${each.contender.name}`);
    measured.push({
      ...each,
      latency: await runRound(each, one, { connections: 1, ...measuring }),
    });
  }
  return measured;
}

interface Load {
  readonly connections: number;
  readonly durationS: number;
  readonly signal: AbortSignal;
}

async function look(contender: Contender, path: string, headers: ComparedCase['headers']) {
  const url = baseUrlOf(contender) + path;
  const answer = await rawAnswer(url, headers);
  if (answer.status !== 200)
    throw new Error(`${contender.name} answered ${answer.status} to ${shortened(url)}`);
  return { bodyBytes: answer.body.byteLength, streams: streamsIn(textOf(answer)) };
}

function streamsIn(text: string): number | null {
  try {
    const { streams } = JSON.parse(text) as { readonly streams?: unknown };
    return Array.isArray(streams) ? streams.length : null;
  } catch {
    return null;
  }
}

async function runRound(
  each: Prepared,
  one: ComparedCase,
  { connections, durationS, signal }: Load,
): Promise<RoundResult> {
  const {
    contender: { name, server },
    paths,
  } = each;
  const load = { paths, headers: one.headers, connections, durationS };
  const result =
    'baseUrl' in server
      ? await loadTarget({ target: server, ...load, signal })
      : (
          await measureRound({
            server,
            counters: null,
            hasRedis: false,
            progress: () => undefined,
            signal,
            // Only ours tells latency.
            closedLoop: connections === 1 ? 'sluice' : throughputGenerator,
            plan: {
              ...load,
              port: server.port,
              loop: 'closed',
              ratePerS: 0,
              connectionsMax: connections,
              newConnectionEach: false,
              order: [],
              // Always the same addresses first: slow contenders have read the settings of all that they are asked for.
              startAt: 0,
              leadInS: 0,
              graceS: GRACE_S,
            },
          })
        ).result;
  if (result.succeeded === 0 || result.failed > result.succeeded / 1000) {
    throw new Error(
      `${name} failed ${result.failed} of ${result.failed + result.succeeded} requests of ${one.name}`,
    );
  }
  return result;
}

/** Addresses with a configuration are thousands of characters long. */
function shortened(url: string): string {
  return url.length <= 120 ? url : `${url.slice(0, 80)}…${url.slice(-39)}`;
}
