/** A gentle, steady load in the background of a fault test, counting what came back. */
import { Agent, request } from 'node:http';

export interface LoadReport {
  readonly ok: number;
  readonly byStatus: ReadonlyMap<number, number>;
  /** Requests whose connection broke before an answer. */
  readonly broken: number;
  /** Slowest answer in milliseconds. */
  readonly slowestMs: number;
  /** When the last good answer came, on the clock of `performance.now()`. */
  readonly lastOkAtMs: number;
}

export interface SteadyLoad {
  /** A copy of the counts so far. */
  report(): LoadReport;
  stop(): Promise<LoadReport>;
}

/** `clients` keep-alive clients, each sending one request after another with a pause. */
export function startSteadyLoad(
  baseUrl: string,
  paths: readonly string[],
  clients: number,
  pauseMs = 5,
): SteadyLoad {
  const counts = { ok: 0, broken: 0, slowestMs: 0, lastOkAtMs: 0 };
  const byStatus = new Map<number, number>();
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  let running = true;

  const once = (path: string) =>
    new Promise<void>((resolve) => {
      const startedAt = performance.now();
      const outgoing = request(`${baseUrl}${path}`, { agent, timeout: 60_000 }, (incoming) => {
        incoming.resume();
        incoming.on('error', () => resolve());
        incoming.on('end', () => {
          const status = incoming.statusCode ?? 0;
          byStatus.set(status, (byStatus.get(status) ?? 0) + 1);
          counts.slowestMs = Math.max(counts.slowestMs, performance.now() - startedAt);
          if (status === 200) {
            counts.ok += 1;
            counts.lastOkAtMs = performance.now();
          }
          resolve();
        });
      });
      outgoing.on('timeout', () => outgoing.destroy());
      outgoing.on('error', () => {
        counts.broken += 1;
        resolve();
      });
      outgoing.end();
    });

  const client = async (offset: number) => {
    for (let turn = offset; running; turn += 1) {
      await once(paths[turn % paths.length] ?? '/health');
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  };
  const all = Promise.all(Array.from({ length: clients }, (_, index) => client(index)));
  const report = (): LoadReport => ({ ...counts, byStatus: new Map(byStatus) });
  return {
    report,
    async stop() {
      running = false;
      await all;
      agent.destroy();
      return report();
    },
  };
}
