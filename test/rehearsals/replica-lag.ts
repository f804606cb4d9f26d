/** A real replica stops replaying while the primary writes. */
import postgres from 'postgres';
import { startTestPostgres, startTestStandby } from '../support/postgres-server.ts';
import { startApp, type RunningApp } from '../support/start-app.ts';
import { admin, askForLists, ENVIRONMENT, filmIds, type Stage } from './stage.ts';

const LAG_BYTES = 1_000_000;

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
  await stage.until('the replica follows', async () => (await lagBytes(app)) >= 0);
  stage.tell('The fault: the replica stops replaying, and the primary writes');
  await sqlOf(replica.uri, 'select pg_wal_replay_pause()');
  await sqlOf(primary.uri, 'create table rehearsed as select generate_series(1, 100000) as number');
  await stage.until('the lag is seen', async () => (await lagBytes(app)) > LAG_BYTES);
  const told = await stage.follow('Signals', app, variables);
  stage.sees('the primary tells the lag', told, /"lag_bytes":\d{7,}/);
  stage.sees('replay is paused', told, /^t\|/m);
  await stage.follow('Cure', app, variables);
  await stage.until('the replica has caught up', async () => (await lagBytes(app)) < LAG_BYTES);
  const statuses = await askForLists(app, (await filmIds(app)).slice(0, 5));
  stage.sees('requests are answered', [...new Set(statuses)].join(), /^200$/);
}
