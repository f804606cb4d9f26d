/** Phases of a scenario: rounds of one kind of load, with the warnings that a reader needs. */
import type { LoadPlan } from '../harness/load-plan.ts';
import { measureRound, type Round } from '../harness/measure.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { median, spreadOf } from '../harness/statistics.ts';
import type { PhaseResult } from '../result.ts';
import type { Bench, Needs, Phase, Requests } from './scenario.ts';

export const CONNECTIONS = 64;
/** A browser of the generator: more are opened only while all are busy. */
export const CONNECTIONS_MAX = 1024;
/** Beyond it our generator, which shares the machine, is late itself: measured with a bare server on two threads of one core. */
export const RATE_MAX = 15_000;
const GRACE_S = 5;
const LEAD_IN_S = 1;
const CLIENT_BOUND_SHARE = 0.9;
const SEND_LATENESS_MICROS_MAX = 1000;
const SPREAD_MAX = 0.15;

export interface PhaseOptions {
  readonly name: string;
  readonly loop: LoadPlan['loop'];
  readonly ratePerS?: number;
  readonly connections?: number;
  readonly connectionsMax?: number;
  readonly rounds?: number;
  readonly roundS?: number;
  /** Load before the open loop's round, not counted; a second when absent. */
  readonly leadInS?: number;
  /** Before every round: a cold id, for example. */
  readonly requestsOf?: (round: number) => Requests;
  /** Of the generator (`LoadPlan.priority`); 1 when absent. */
  readonly priority?: number;
  /** The lead-in is over. */
  readonly onCounting?: () => void;
}

/** A server, what it is asked for, and what it needs; phases run on it. */
export interface Target {
  readonly server: ServerProcess;
  readonly requests: Requests;
  readonly needs: Needs;
  /** Where in the requests the last round stopped. */
  position: number;
}

export async function runPhase(
  bench: Bench,
  target: Target,
  options: PhaseOptions,
): Promise<Phase> {
  const rounds: Round[] = [];
  const count = options.rounds ?? bench.settings.rounds;
  for (let round = 0; round < count; round++) {
    bench.progress(`${options.name}, round ${round + 1} of ${count}`);
    rounds.push(await runRound(bench, target, options, round));
  }
  return { result: phaseResult(bench, options, rounds), rounds };
}

/** Load that is not measured, until caches are filled. */
export async function warmUp(bench: Bench, target: Target, durationS: number): Promise<void> {
  bench.progress(`warm-up, ${durationS} s`);
  await runRound(bench, target, { name: 'warm-up', loop: 'closed', roundS: durationS }, 0);
}

async function runRound(
  bench: Bench,
  target: Target,
  options: PhaseOptions,
  round: number,
): Promise<Round> {
  const measured = await measureRound({
    server: target.server,
    plan: planOf(bench, target, options, options.requestsOf?.(round) ?? target.requests),
    closedLoop: bench.settings.closedLoop,
    counters: () => bench.data.counters(),
    hasRedis: target.needs.redis,
    counting: () => options.onCounting?.(),
    progress: (tick) => bench.tick(options.name, tick),
    signal: bench.signal,
  });
  target.position = measured.report.endAt;
  return measured;
}

/** What the generator is told in one round. */
export function planOf(
  bench: Bench,
  target: Target,
  options: PhaseOptions,
  { paths, order = [], headers = {}, newConnectionEach = false }: Requests,
): LoadPlan {
  return {
    port: target.server.port,
    loop: options.loop,
    ratePerS: options.ratePerS ?? 0,
    durationS: options.roundS ?? bench.settings.roundS,
    connections: options.connections ?? CONNECTIONS,
    connectionsMax: options.connectionsMax ?? CONNECTIONS_MAX,
    newConnectionEach,
    paths,
    order,
    headers,
    startAt: target.position,
    leadInS: options.leadInS ?? LEAD_IN_S,
    graceS: GRACE_S,
    priority: options.priority ?? 1,
  };
}

function phaseResult(bench: Bench, options: PhaseOptions, rounds: readonly Round[]): PhaseResult {
  const isClosed = options.loop === 'closed';
  return {
    name: options.name,
    loop: isClosed ? 'closed' : 'open',
    generator: isClosed ? bench.settings.closedLoop : 'sluice',
    connections: options.connections ?? CONNECTIONS,
    ratePerS: options.loop === 'open' ? (options.ratePerS ?? 0) : null,
    rounds: rounds.map(({ result }) => result),
  };
}

/** What must be said beside a phase's figures; nothing in the good case. */
export function warningsOf({ result, rounds, grainMs = 0 }: Phase): readonly string[] {
  const all = rounds.map((round) => round.result);
  const warnings: string[] = [];
  const clientBound = all.filter(
    (one) =>
      one.clientCpuShare >= CLIENT_BOUND_SHARE && (one.server.cpuShare ?? 1) < CLIENT_BOUND_SHARE,
  );
  if (clientBound.length * 2 > all.length) {
    warnings.push(
      `${result.name}: the generator was the bottleneck; read CPU per request, not req/s`,
    );
  }
  const lateness = median(rounds.map(({ report }) => report.sendLatenessP99));
  if (
    result.loop === 'open' &&
    result.ratePerS !== null &&
    lateness > SEND_LATENESS_MICROS_MAX + grainMs * 1000
  ) {
    warnings.push(
      `${result.name}: the generator itself was late by ${(lateness / 1000).toFixed(1)} ms at p99, which is in the latencies`,
    );
  }
  const failed = all.reduce((sum, one) => sum + one.failed, 0);
  if (failed > 0) {
    const kinds = [...new Set(rounds.flatMap(({ report }) => Object.keys(report.failures)))];
    const shown = kinds.map((status) => (status === '0' ? 'no answer' : status)).join(', ');
    warnings.push(`${result.name}: ${failed} requests failed (${shown})`);
  }
  const spread = spreadOf(all.map((one) => one.requestsPerS));
  if (spread > SPREAD_MAX)
    warnings.push(
      `${result.name}: rounds differ by ± ${Math.round(spread * 100)} %: the machine was not quiet`,
    );
  return warnings;
}
