/** Nobody answers where the database was. */
import { hostOf, uriThrough } from '../support/open-database.ts';
import { startApp } from '../support/start-app.ts';
import { createTcpFaultProxy } from '../support/tcp-fault-proxy.ts';
import { createTestDatabase } from '../support/template-db.ts';
import { ColdPages, ENVIRONMENT, scraped, type Stage } from './stage.ts';

export async function rehearseDatabaseDown(stage: Stage): Promise<void> {
  await using database = await createTestDatabase();
  await using proxy = await createTcpFaultProxy(hostOf(database.uri));
  await using app = await startApp({
    mode: 'external-1',
    environment: {
      ...ENVIRONMENT,
      POSTGRES_URI: uriThrough(database.uri, proxy),
      POSTGRES_MIGRATE_URI: database.uri,
      POSTGRES_USE_PGBOUNCER: 'false',
    },
  });
  await using alerts = await stage.alerts(scraped(app));
  const pages = new ColdPages(app);
  stage.tell('The fault: connections to PostgreSQL are refused');
  await proxy.setMode('refuse');
  proxy.resetConnections();
  await alerts.fires(['SluiceDatabaseUnavailable'], { ask: () => pages.ask(3), everyMs: 500 });
  stage.tell('The cure: PostgreSQL is there again');
  await proxy.setMode('pass');
  await stage.until('requests are answered', async () =>
    (await pages.ask(3)).every((status) => status === 200),
  );
  await alerts.resolves({ ask: () => pages.ask(3), everyMs: 500 });
}
