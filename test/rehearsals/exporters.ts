/** What exporters tell, of Debian's names and labels, for rehearsals: the machine is not really filled. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { totalmem } from 'node:os';
import type postgres from 'postgres';
import { rawRequest } from '../support/http-client.ts';

export interface Exporter extends AsyncDisposable {
  /** Host and port. */
  readonly target: string;
}

/** @param lines called at each scrape: lines of Prometheus' text format */
async function startExporter(lines: () => Promise<readonly string[]>): Promise<Exporter> {
  const server = createServer((_request, response) => {
    lines().then(
      (told) => {
        response.writeHead(200, { 'Content-Type': 'text/plain; version=0.0.4' });
        response.end(`${told.join('\n')}\n`);
      },
      (error: unknown) => response.writeHead(500).end(String(error)),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    target: `127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** How much of a machine is in use; shares, 0 to 1. */
export interface MachineUse {
  memory: number;
  disk: number;
  cpu: number;
}

const DISK_BYTES = 500e9;

/** Of the node exporter what alerts read. @param use may change while it runs */
export function startMachineExporter(use: MachineUse): Promise<Exporter> {
  let idleS = 0;
  let askedAtMs = performance.now();
  return startExporter(() => {
    const nowMs = performance.now();
    idleS += ((nowMs - askedAtMs) / 1000) * (1 - use.cpu);
    askedAtMs = nowMs;
    const disk = 'device="/dev/rehearsal",fstype="ext4",mountpoint="/"';
    return Promise.resolve([
      '# TYPE node_memory_MemTotal_bytes gauge',
      `node_memory_MemTotal_bytes ${totalmem()}`,
      '# TYPE node_memory_MemAvailable_bytes gauge',
      `node_memory_MemAvailable_bytes ${totalmem() * (1 - use.memory)}`,
      '# TYPE node_filesystem_size_bytes gauge',
      `node_filesystem_size_bytes{${disk}} ${DISK_BYTES}`,
      '# TYPE node_filesystem_avail_bytes gauge',
      `node_filesystem_avail_bytes{${disk}} ${DISK_BYTES * (1 - use.disk)}`,
      '# TYPE node_cpu_seconds_total counter',
      `node_cpu_seconds_total{cpu="0",mode="idle"} ${idleS}`,
    ]);
  });
}

/** Of PostgreSQL's exporter what alerts read: the lag of the replicas of this server. */
export function startReplicationExporter(sql: postgres.Sql): Promise<Exporter> {
  return startExporter(async () => {
    const rows = await sql<{ name: string; state: string; lag: number }[]>`
      SELECT application_name AS name, state, pg_wal_lsn_diff(pg_current_wal_lsn(), replay_lsn)::float AS lag
      FROM pg_stat_replication WHERE replay_lsn IS NOT NULL`;
    return [
      '# TYPE pg_stat_replication_pg_wal_lsn_diff gauge',
      ...rows.map(
        ({ name, state, lag }) =>
          `pg_stat_replication_pg_wal_lsn_diff{application_name="${name}",state="${state}"} ${lag}`,
      ),
    ];
  });
}

/** Of the blackbox exporter what alerts read: whether the address answers. */
export function startProbe(url: string, timeoutMs: number): Promise<Exporter> {
  return startExporter(async () => {
    const isAnswered = await rawRequest(url, { signal: AbortSignal.timeout(timeoutMs) }).then(
      ({ status }) => status < 400,
      () => false,
    );
    return ['# TYPE probe_success gauge', `probe_success ${isAnswered ? 1 : 0}`];
  });
}
