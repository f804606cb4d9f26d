/**
 * Closed-loop load by the generators that others know, so that a throughput can be confirmed without
 * trusting ours: wrk, the lightest, and autocannon. Neither tells latency in a way that can be compared
 * with the open loop, so none is reported for these rounds.
 */
import type { LoadListener } from './generator.ts';
import { runLoadPlan } from './generator.ts';
import type { LoadPlan, LoadReport } from './load-plan.ts';
import { runLoad, type Generator } from '../load.ts';

/** Runs the plan, whose loop is `closed`, with one of the generators. */
export async function runClosedLoad(
  generator: Generator | 'sluice',
  plan: LoadPlan,
  listener: LoadListener,
  signal: AbortSignal,
): Promise<LoadReport> {
  if (generator === 'sluice' || plan.newConnectionEach)
    return await runLoadPlan(plan, listener, signal);
  await listener.connected();
  await listener.counting();
  const paths = pathsFrom(plan);
  const load = await runLoad({
    generator,
    url: `http://127.0.0.1:${plan.port}${paths[0] ?? '/'}`,
    ...(paths.length > 1 ? { paths } : {}),
    connections: plan.connections,
    durationS: plan.durationS,
    headers: plan.headers,
    signal,
  });
  return {
    elapsedS: load.elapsedS,
    due: load.requests,
    succeeded: load.requests - load.failures,
    shed: 0,
    // These generators tell how many, not which.
    failures: load.failures === 0 ? {} : { 0: load.failures },
    latency: null,
    shedLatency: null,
    sendLatenessP99: 0,
    connectionsOpened: plan.connections,
    receivedBytes: 0,
    cpuShare: load.clientCpuShare,
    endAt: plan.startAt + load.requests,
  };
}

/** These generators begin at the first one, always: asked for the same ones in every round, a server has them all in its memory. */
function pathsFrom({ paths, order, startAt }: LoadPlan): readonly string[] {
  const inOrder = order.length === 0 ? paths : order.map((index) => paths[index] ?? '/');
  const first = startAt % inOrder.length;
  return [...inOrder.slice(first), ...inOrder.slice(0, first)];
}
