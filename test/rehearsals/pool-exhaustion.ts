/** Somebody locks a table and goes to lunch: connections wait for it until there is none left. */
import postgres from 'postgres';
import { startApp } from '../support/start-app.ts';
import { admin, askForLists, ENVIRONMENT, filmIds, metric, scraped, type Stage } from './stage.ts';

export async function rehearsePoolExhaustion(stage: Stage): Promise<void> {
  await using app = await startApp({
    mode: 'external-1',
    directDatabase: true,
    environment: {
      ...ENVIRONMENT,
      DB_MAX_CONNECTIONS: '4',
      DB_ACQUIRE_TIMEOUT_MS: '200',
      DB_HOT_STATEMENT_TIMEOUT_MS: '5000',
    },
  });
  await using alerts = await stage.alerts(scraped(app));
  const ids = await filmIds(app);
  const uri = app.databaseUri ?? '';
  const holder = postgres(uri, { max: 1, onnotice: () => undefined });
  stage.tell('The fault: a session locks the tables of streams and stays idle');
  await holder.unsafe('begin; lock table stream, stream_link, media');
  const first = Promise.allSettled([askForLists(app, ids.slice(0, 10))]);
  await stage.until('statements wait for a lock', async () => {
    const { blocked } = await admin(app, '/db/locks');
    return Array.isArray(blocked) && blocked.length > 0;
  });
  const statuses = await askForLists(app, ids.slice(10, 30));
  stage.sees('requests are answered 503', statuses.join(' '), /503/);
  await stage.until(
    'the pool counts those that got no connection',
    async () => (await metric(app, 'db_pool_errors_total', 'database.exhausted')) > 0,
  );
  const told = await stage.follow('Signals', app);
  stage.sees('the session that holds the lock is named', told, /"blocked_by":\[\d+\]/);
  stage.sees('it is idle in a transaction', told, /"idle_in_transaction":\[\{/);
  await alerts.fires(['SluiceDatabasePoolExhausted', 'SluiceErrors'], {
    ask: () => askForLists(app, ids.slice(10, 20)),
    everyMs: 500,
  });
  await stage.follow('Cure', app, { POSTGRES_URI: uri });
  await stage.until('requests are answered again', async () =>
    (await askForLists(app, ids.slice(0, 10))).every((status) => status === 200),
  );
  await alerts.resolves({ ask: () => askForLists(app, ids.slice(0, 3)), everyMs: 500 });
  await first;
  await holder.end({ timeout: 2 });
}
