/** The way to the database becomes slow, the database does not. */
import { startApp, type RunningApp } from '../support/start-app.ts';
import { hostOf, uriThrough } from '../support/open-database.ts';
import { createTcpFaultProxy } from '../support/tcp-fault-proxy.ts';
import { createTestDatabase } from '../support/template-db.ts';
import {
  admin,
  askForLists,
  ColdPages,
  ENVIRONMENT,
  filmIds,
  scraped,
  type Stage,
} from './stage.ts';

const DELAY_MS = 200;
/** So that one statement takes longer than alerts take. */
const WORSE_MS = 600;
const STREAM = '/metrics/request-metrics/endpoint-stats/GET/stream';

async function p95S(app: RunningApp): Promise<number> {
  return Number((await admin(app, STREAM))['p95'] ?? 0);
}

export async function rehearseHighP95(stage: Stage): Promise<void> {
  await using database = await createTestDatabase();
  const host = hostOf(database.uri);
  await using proxy = await createTcpFaultProxy({ ...host, delayMs: DELAY_MS });
  await using app = await startApp({
    mode: 'external-1',
    environment: {
      ...ENVIRONMENT,
      POSTGRES_URI: uriThrough(database.uri, proxy),
      POSTGRES_MIGRATE_URI: database.uri,
      POSTGRES_USE_PGBOUNCER: 'false',
      // A new connection needs several ways.
      DB_ACQUIRE_TIMEOUT_MS: '10000',
      DB_HOT_STATEMENT_TIMEOUT_MS: '10000',
    },
  });
  await using alerts = await stage.alerts(scraped(app));
  const pages = new ColdPages(app);
  const ids = await filmIds(app);
  stage.tell(`The fault: ${DELAY_MS} ms each way to the database`);
  await proxy.setMode('delay');
  await askForLists(app, ids.slice(0, 10));
  await stage.until('the percentile rises', async () => (await p95S(app)) > (2 * DELAY_MS) / 1000);
  const slowS = await p95S(app);
  const told = await stage.follow('Signals', app);
  stage.sees(
    'a slow request has spent its time in a statement',
    told,
    /"kind":"query","name":"[\w.-]+","start":[\d.]+,"duration":(?:0\.[4-9]|[1-9])/,
  );
  stage.sees('PostgreSQL itself was quick', told, /"mean_exec_time_ms":\d+/);
  stage.tell(`It gets worse: ${WORSE_MS} ms each way`);
  proxy.delayMs = WORSE_MS;
  await alerts.fires(['SluiceSlow', 'SluiceSlowScan'], { ask: () => pages.ask(5), everyMs: 500 });
  stage.tell('The cure: the way is as it was');
  await proxy.setMode('pass');
  await stage.follow('Cure', app);
  await askForLists(app, ids.slice(10, 30));
  await stage.until('the percentile has fallen', async () => {
    const now = await p95S(app);
    return now > 0 && now < slowS / 2;
  });
  await alerts.resolves({ ask: () => pages.ask(5), everyMs: 500 });
}
