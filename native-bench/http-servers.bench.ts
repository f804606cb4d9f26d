/**
 * uWebSockets.js, node:http and fastify answering the same 20 KB: the server's CPU time per request, each server a
 * process of its own on one core, the load from another one.
 */
import { fileURLToPath } from 'node:url';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import { cpuMicrosOf } from '../perf/harness/process-use.ts';
import { startServer, type ServerProcess } from '../perf/harness/server-process.ts';
import { generator, runLoad } from '../perf/load.ts';
import { freePort } from '../test/support/free-port.ts';
import type { Contender, ContenderSuite, Sample } from './suite.ts';

const KINDS = ['uWebSockets.js', 'node:http', 'fastify'] as const;
const CONNECTIONS = 64;
const WARM_UP_S = 1;
/** wrk tells rounds below 1 s in milliseconds, which `runLoad` does not read. */
const ROUND_S = 2;
const CLIENT_BOUND_SHARE = 0.9;

export async function openHttpServersBench(): Promise<ContenderSuite> {
  const stack = new DisposeStack();
  try {
    const notes: string[] = [];
    const contenders: Contender[] = [];
    for (const kind of KINDS)
      contenders.push(contenderOf(kind, stack.use(await start(kind)), notes));
    return {
      name: `HTTP servers, 20 KB, ${generator} with ${CONNECTIONS} connections (CPU per request)`,
      contenders,
      notes,
      bars: [{ task: 'uWebSockets.js', metric: 'cpuUs', against: 'node:http', ratioMax: 0.6 }],
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function start(kind: (typeof KINDS)[number]): Promise<ServerProcess> {
  const port = await freePort();
  const program = fileURLToPath(new URL('./fixtures/http-server-main.js', import.meta.url));
  return await startServer([program, kind, String(port)], port, '/', {});
}

function contenderOf(name: string, { pid, port }: ServerProcess, notes: string[]): Contender {
  const load = (durationS: number) =>
    runLoad({ url: `http://127.0.0.1:${port}/`, headers: {}, connections: CONNECTIONS, durationS });
  return {
    name,
    warmUp: async () => {
      await load(WARM_UP_S);
    },
    async measure(): Promise<Sample> {
      const before = cpuMicrosOf(pid);
      const { requests, failures, elapsedS, clientCpuShare } = await load(ROUND_S);
      if (requests === 0) throw new Error(`${name} answered nothing in ${ROUND_S} s`);
      if (failures > 0)
        addOnce(
          notes,
          `${name}: a round with requests that failed or took 2 s: others held its core`,
        );
      const cpuUs = (cpuMicrosOf(pid) - before) / requests;
      const isBound =
        clientCpuShare >= CLIENT_BOUND_SHARE &&
        (cpuUs * requests) / (elapsedS * 1e6) < CLIENT_BOUND_SHARE;
      if (isBound)
        addOnce(notes, `${name}: the generator was the bottleneck, read CPU per request only`);
      return { p50Us: null, p99Us: null, loopUs: null, cpuUs, perS: requests / elapsedS };
    },
  };
}

function addOnce(notes: string[], note: string): void {
  if (!notes.includes(note)) notes.push(note);
}
