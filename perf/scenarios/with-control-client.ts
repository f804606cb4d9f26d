/** A phase in an open loop whose latencies are told by a second client as well. */
import type { LoadPlan } from '../harness/load-plan.ts';
import { clientSide } from '../harness/measure.ts';
import { ControlClient } from '../harness/control-client.ts';
import type { PhaseResult, RoundResult, ServerUse } from '../result.ts';
import {
  CONNECTIONS,
  CONNECTIONS_MAX,
  planOf,
  runPhase,
  type PhaseOptions,
  type Target,
} from './phases.ts';
import type { Bench, Phase, Requests } from './scenario.ts';

/** 2,500 answers in nine seconds, at a fiftieth of the smallest load. */
export const STEADY_RATE_PER_S = 300;
const PRIORITY = 2;
/** It shares a core with the generator: 0.14 of it with the usual grain, 0.08 with this one, and answers are late by up to 2 ms for it. */
const TICK_MS = 2;
const LEAD_IN_S = 0.5;
/** It is over before the load is. */
const MARGIN_S = 0.5;
/** Elsewhere among the requests than the load is. */
const AHEAD = 500_000;
/** What the server used is in the load's round. */
const TOLD_BY_THE_LOAD: ServerUse = {
  cpuMicrosPerRequest: null,
  cpuShare: null,
  rssBytes: null,
  rssPeakBytes: null,
  loopDelayP99: null,
  loopDelayMax: null,
  handles: null,
  redisCommandsPerRequest: null,
  sqlStatementsPerRequest: null,
};

export interface ControlledOptions extends PhaseOptions {
  readonly roundS: number;
  /** What the second client asks for; the same when absent. */
  readonly controlRequests?: Requests;
}

export interface BothPhases {
  readonly load: Phase;
  readonly control: Phase;
}

/** One round of `options`, and beside it what a client of 300 requests a second sees. */
export async function runWithControlClient(
  bench: Bench,
  target: Target,
  options: ControlledOptions,
): Promise<BothPhases> {
  const plan: LoadPlan = {
    ...planOf(
      bench,
      target,
      {
        ...options,
        connections: CONNECTIONS,
        connectionsMax: CONNECTIONS_MAX,
        ratePerS: STEADY_RATE_PER_S,
      },
      options.controlRequests ?? target.requests,
    ),
    durationS: options.roundS - LEAD_IN_S - MARGIN_S,
    leadInS: LEAD_IN_S,
    startAt: target.position + AHEAD,
    priority: PRIORITY,
    tickMs: TICK_MS,
  };
  await using control = await ControlClient.start(plan, bench.signal);
  const load = await runPhase(bench, target, {
    ...options,
    rounds: 1,
    onCounting: () => control.begin(),
  });
  const report = await control.report();
  const round: RoundResult = { ...clientSide(report), server: TOLD_BY_THE_LOAD, timeline: [] };
  const result: PhaseResult = {
    name: `${options.name}, control client`,
    loop: 'open',
    generator: 'sluice',
    connections: CONNECTIONS,
    ratePerS: STEADY_RATE_PER_S,
    rounds: [round],
  };
  return {
    load,
    control: { result, rounds: [{ result: round, executed: null, report }], grainMs: TICK_MS },
  };
}
