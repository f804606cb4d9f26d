/** Half of a round: load of one kind on one server, and how much of the machine others took meanwhile. */
import { othersShare, readBusy } from '../../native-bench/busy.ts';
import { measureRound } from '../harness/measure.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { generator } from '../load.ts';
import type { RoundResult } from '../result.ts';
import { CONNECTIONS, CONNECTIONS_MAX } from '../scenarios/phases.ts';
import type { Requests } from '../scenarios/scenario.ts';

/** A server and what it is asked for. */
export interface Served {
  readonly server: ServerProcess;
  readonly requests: Requests;
  /** Where in the requests the last part stopped. */
  position: number;
}

export interface PartOptions {
  /** Null: closed, every connection asks again when it was answered. */
  readonly ratePerS: number | null;
  readonly durationS: number;
  readonly signal: AbortSignal;
}

export interface Part {
  readonly result: RoundResult;
  /** Of the machine, that was used neither by the server nor by the generator, while it was measured; 0 to 1. */
  readonly othersShare: number;
}

/** Long enough for the generator's own code to be compiled. */
const LEAD_IN_S = 0.5;
/** What a request counts that was never answered or answered wrongly: the generator waits no longer. */
const GRACE_S = 5;
const LOST_MICROS = GRACE_S * 1e6;

export async function runPart(
  served: Served,
  { ratePerS, durationS, signal }: PartOptions,
): Promise<Part> {
  const {
    server,
    requests: { paths, order = [], headers = {}, newConnectionEach = false },
  } = served;
  const before = readBusy();
  const { result, report } = await measureRound({
    server,
    plan: {
      port: server.port,
      loop: ratePerS === null ? 'closed' : 'open',
      ratePerS: ratePerS ?? 0,
      durationS,
      leadInS: LEAD_IN_S,
      graceS: GRACE_S,
      connections: CONNECTIONS,
      connectionsMax: CONNECTIONS_MAX,
      newConnectionEach,
      paths,
      order,
      headers,
      startAt: served.position,
    },
    // wrk leaves a fast server no rest, but is told all paths anew each time: where there are many, our own goes on.
    closedLoop: generator === 'wrk' && paths.length === 1 ? 'wrk' : 'sluice',
    counters: null,
    hasRedis: false,
    progress: () => undefined,
    signal,
  });
  served.position = report.endAt;
  const after = readBusy();
  const ownUs = ((result.server.cpuShare ?? 0) + result.clientCpuShare) * result.elapsedS * 1e6;
  return {
    result,
    othersShare: Math.max(
      0,
      othersShare(before, after) - ownUs / (after.possibleUs - before.possibleUs),
    ),
  };
}

/** Share of the requests that were not served. */
export function lostShare({ succeeded, failed, shed }: RoundResult): number {
  return (failed + shed) / Math.max(1, succeeded + failed + shed);
}

/** Of all requests, lost ones included; null when nothing was asked. */
export function percentileOf(
  round: RoundResult,
  share: number,
  ofServed: number | undefined,
): number | null {
  return lostShare(round) >= 1 - share ? LOST_MICROS : (ofServed ?? null);
}
