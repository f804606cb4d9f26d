/** Redis goes away, and comes back empty. */
import { rawRequest } from '../support/http-client.ts';
import { startRedisServer } from '../support/redis-server.ts';
import { startApp } from '../support/start-app.ts';
import { askForLists, ENVIRONMENT, filmIds, metric, scraped, type Stage } from './stage.ts';

export async function rehearseRedisDown(stage: Stage): Promise<void> {
  await using redis = await startRedisServer();
  await using app = await startApp({
    mode: 'external-1',
    environment: { ...ENVIRONMENT, REDIS_URL: redis.url },
  });
  await using alerts = await stage.alerts(scraped(app));
  const ids = await filmIds(app);
  const variables = { REDIS_URL: redis.url };
  stage.tell('The fault: Redis is stopped');
  await redis.stop();
  const statuses = await askForLists(app, ids.slice(0, 10));
  stage.sees('requests are answered all the same', [...new Set(statuses)].join(), /^200$/);
  await stage.until('no process uses it', async () => (await metric(app, 'redis_usable')) === 0);
  await stage.until('the instance is not ready', async () => {
    return (await rawRequest(`${app.baseUrl}/ready`)).status === 503;
  });
  const told = await stage.follow('Signals', app, variables);
  stage.sees('it is not connected', told, /"connected":false/);
  stage.sees('nobody answers there', told, /no answer/);
  await alerts.fires(['SluiceRedisDown']);
  stage.tell('The cure: it is started again');
  await redis.start();
  await stage.until('it is used again', async () => (await metric(app, 'redis_usable')) > 0);
  await stage.until('the instance is ready', async () => {
    return (await rawRequest(`${app.baseUrl}/ready`)).status === 200;
  });
  const cured = await stage.follow('Cure', app, variables);
  stage.sees('it is connected', cured, /"connected":true/);
  await alerts.resolves();
}
