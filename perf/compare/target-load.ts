/**
 * Closed-loop load on a target, from this process: a target may be far away, speak HTTPS and answer in chunks,
 * which the harness's generator does not do.
 */
import { Pool } from 'undici';
import { LatencyHistogram } from '../harness/latency-histogram.ts';
import { cpuMicrosOf, isRunning, rssBytesOf } from '../harness/process-use.ts';
import type { RoundResult } from '../result.ts';
import type { TargetServer } from './contenders.ts';

export interface TargetLoad {
  readonly target: TargetServer;
  /** After the target's base URL. */
  readonly paths: readonly string[];
  readonly headers: Readonly<Record<string, string>>;
  readonly connections: number;
  readonly durationS: number;
  readonly signal: AbortSignal;
}

const ANSWER_TIMEOUT_MS = 30_000;

/** @throws Error when `signal` is aborted */
export async function loadTarget({
  target,
  paths,
  headers,
  connections,
  durationS,
  signal,
}: TargetLoad): Promise<RoundResult> {
  const { origin, pathname } = new URL(target.baseUrl);
  const all = paths.map((path) => pathname.replace(/\/$/, '') + path);
  const latency = new LatencyHistogram();
  const pool = new Pool(origin, {
    connections,
    pipelining: 1,
    headersTimeout: ANSWER_TIMEOUT_MS,
    bodyTimeout: ANSWER_TIMEOUT_MS,
  });
  let [asked, succeeded, failed] = [0, 0, 0];
  const before = { ms: performance.now(), cpu: process.cpuUsage(), serverMicros: cpuOf(target) };
  const endsAtMs = before.ms + durationS * 1000;
  const client = async () => {
    while (performance.now() < endsAtMs && !signal.aborted) {
      const askedAtMs = performance.now();
      const path = all[asked++ % all.length] ?? '';
      const isAnswered = await pool.request({ method: 'GET', path, headers }).then(
        async ({ statusCode, body }) => {
          await body.dump({ limit: Infinity });
          return statusCode >= 200 && statusCode < 400;
        },
        () => false,
      );
      if (isAnswered) {
        succeeded++;
        latency.record(performance.now() - askedAtMs);
      } else {
        failed++;
        // A target that refuses at once would be asked a hundred thousand times a second.
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
    }
  };
  const stop = () => void pool.destroy();
  signal.addEventListener('abort', stop, { once: true });
  try {
    await Promise.all(Array.from({ length: connections }, client));
  } finally {
    signal.removeEventListener('abort', stop);
    await pool.destroy();
  }
  signal.throwIfAborted();
  const elapsedS = (performance.now() - before.ms) / 1000;
  const cpu = process.cpuUsage(before.cpu);
  const serverMicros = cpuOf(target) - before.serverMicros;
  return {
    elapsedS,
    succeeded,
    shed: 0,
    failed,
    requestsPerS: succeeded / elapsedS,
    latency: latency.summary(),
    shedLatency: null,
    server: useOf(target, serverMicros, succeeded, elapsedS),
    clientCpuShare: (cpu.user + cpu.system) / 1e6 / elapsedS,
    timeline: [],
  };
}

/** NaN, which JSON writes as null, where the process is not known. */
function cpuOf({ pid }: TargetServer): number {
  return pid === null || !isRunning(pid) ? Number.NaN : cpuMicrosOf(pid);
}

function useOf(
  { pid }: TargetServer,
  micros: number,
  succeeded: number,
  elapsedS: number,
): RoundResult['server'] {
  const rssBytes = pid === null || !isRunning(pid) ? Number.NaN : rssBytesOf(pid);
  return {
    cpuMicrosPerRequest: micros / Math.max(1, succeeded),
    cpuShare: micros / 1e6 / elapsedS,
    rssBytes,
    rssPeakBytes: rssBytes,
    loopDelayP99: null,
    loopDelayMax: null,
    handles: null,
    redisCommandsPerRequest: null,
    sqlStatementsPerRequest: null,
  };
}
