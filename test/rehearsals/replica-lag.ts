/** A real replica stops replaying while the primary writes. */
import postgres from 'postgres';
import { startTestPostgres, startTestStandby } from '../support/postgres-server.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { startReplicationExporter } from './exporters.ts';
import { admin, askForLists, ENVIRONMENT, filmIds, scraped, type Stage } from './stage.ts';

/** Beyond the threshold of the alert. */
const LAG_BYTES = 17_000_000;

async function lagBytes(app: RunningApp): Promise<number> {
  const { replicas } = (await admin(app, '/db/stats')) as {
    replicas?: readonly { readonly lag_bytes: number }[];
  };
  return replicas?.[0]?.lag_bytes ?? -1;
}

async function sqlOf(uri: string, statement: string): Promise<void> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  await sql.unsafe(statement);
  await sql.end({ timeout: 2 });
}

export async function rehearseReplicaLag(stage: Stage): Promise<void> {
  await using primary = await startTestPostgres();
  await using replica = await startTestStandby(primary);
  await using app = await startApp({
    environment: {
      ...ENVIRONMENT,
      POSTGRES_URI: primary.uri,
      POSTGRES_READ_URI: replica.uri,
      SECRET_KEY: 'secret-key-of-the-rehearsal',
    },
  });
  const variables = { REPLICA_URI: replica.uri };
  const statistics = postgres(primary.uri, { max: 1, onnotice: () => undefined });
  await using exporter = await startReplicationExporter(statistics);
  await using alerts = await stage.alerts({ ...scraped(app), postgres: exporter });
  await stage.until('the replica follows', async () => (await lagBytes(app)) >= 0);
  stage.tell('The fault: the replica stops replaying, and the primary writes');
  await sqlOf(replica.uri, 'select pg_wal_replay_pause()');
  await sqlOf(primary.uri, 'create table rehearsed as select generate_series(1, 500000) as number');
  await stage.until('the lag is seen', async () => (await lagBytes(app)) > LAG_BYTES);
  const told = await stage.follow('Signals', app, variables);
  stage.sees('the primary tells the lag', told, /"lag_bytes":\d{7,}/);
  stage.sees('replay is paused', told, /^t\|/m);
  await alerts.fires(['SluiceReplicaLag']);
  await stage.follow('Cure', app, variables);
  await stage.until('the replica has caught up', async () => (await lagBytes(app)) < LAG_BYTES);
  const statuses = await askForLists(app, (await filmIds(app)).slice(0, 5));
  stage.sees('requests are answered', [...new Set(statuses)].join(), /^200$/);
  await alerts.resolves();
  await statistics.end({ timeout: 2 });
}
