/** A source wants to be left alone, and later does not. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startApp } from '../support/start-app.ts';
import { askForLists, ENVIRONMENT, filmIds, metric, scraped, type Stage } from './stage.ts';

const PAUSE_S = 2;
/** There are sixty films, and each is searched for once. */
const SEARCH_EVERY_MS = 2000;
const CALLS = 'upstream_request_duration_seconds_count';

export async function rehearseSourceBan(stage: Stage): Promise<void> {
  let isBanned = true;
  const source = createServer((_request, response) => {
    if (isBanned) response.writeHead(429, { 'Retry-After': String(PAUSE_S) }).end();
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]');
  });
  await new Promise<void>((resolve) => source.listen(0, '127.0.0.1', resolve));
  const { port } = source.address() as AddressInfo;
  try {
    await using app = await startApp({
      environment: { ...ENVIRONMENT, ZILEAN_URL: `http://127.0.0.1:${port}` },
    });
    await using alerts = await stage.alerts(scraped(app));
    const ids = [...(await filmIds(app))];
    const search = () => askForLists(app, ids.splice(0, 1));
    stage.tell('The fault: the source answers 429 to everything');
    const statuses = await search();
    stage.sees('lists are answered without it', [...new Set(statuses)].join(), /^200$/);
    await stage.until('its refusals are counted', async () => {
      return (await metric(app, CALLS, 'outcome="upstream.limited"')) > 0;
    });
    const told = await stage.follow('Signals', app);
    stage.sees(
      'the source and what it said are named',
      told,
      /"name":"zilean".*"upstream\.limited":\d/,
    );
    const searches = { ask: search, everyMs: SEARCH_EVERY_MS };
    await alerts.fires(['SluiceUpstreamDown'], searches);
    stage.tell(`The cure: the source lets us again, after the ${PAUSE_S} s that it asked for`);
    isBanned = false;
    await stage.until('it is asked again, and answers', async () => {
      await search();
      return (await metric(app, CALLS, 'upstream="zilean",outcome="ok"')) > 0;
    });
    await stage.follow('Cure', app);
    await alerts.resolves(searches);
  } finally {
    source.closeAllConnections();
    source.close();
  }
}
