/** `npm run dashboards:check`: every query of the dashboards is answered by a real Prometheus that has scraped the program. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { rawRequest } from '../../support/http-client.ts';
import { DASHBOARDS } from '../../support/dashboards.ts';
import { freePort } from '../../support/free-port.ts';
import { eventually } from '../../support/processes.ts';
import { skipWithoutPrometheus, startPrometheus } from '../../support/prometheus.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const mode = appModes().includes('external-1') ? 'external-1' : 'embedded';
/** What Grafana puts in: four scrapes at least. */
const INTERVAL = '1m';
const LIMIT_MS = 60_000;

/** A source and a debrid service that are not there: they have their series all the same. */
async function environment(): Promise<Record<string, string>> {
  const nowhere = `http://127.0.0.1:${await freePort()}`;
  return {
    ZILEAN_URL: nowhere,
    REALDEBRID_URL: nowhere,
    CINEMETA_URL: nowhere,
    WORKER_SINGLE_MODE: 'true',
  };
}

/** A little of everything. */
async function use({ baseUrl }: RunningApp): Promise<void> {
  const paths = [
    '/manifest.json',
    '/stream/movie/tt1254207.json',
    '/meta/movie/tt1254207.json',
    '/meta/movie/tt9999999.json',
    '/catalog/movie/latest.json',
    '/poster/movie/tt1254207.jpg',
    '/nothing',
  ];
  for (const path of paths) await rawRequest(baseUrl + path);
  const services = { sps: [{ sv: 'realdebrid', tk: 'any-token-of-this-test' }] };
  const tried = await ask(`${baseUrl}/configure/test-service`, send('POST', services));
  assert.equal(tried.status, 200, tried.text);
}

describe('dashboards', { skip: skipWithoutPrometheus }, () => {
  test('every query of every panel has an answer', async () => {
    await using app = await startApp({ mode, environment: await environment() });
    await use(app);
    await eventually('the worker has told of its jobs', LIMIT_MS, async () =>
      (await rawRequest(`${app.baseUrl}/metrics`)).body
        .toString()
        .includes('job_duration_seconds_count'),
    );
    await using prometheus = await startPrometheus({
      jobs: [{ name: 'sluice', target: `127.0.0.1:${app.port}` }],
    });
    assert.equal(await prometheus.scrapeError(), '');
    // Rates need a second scrape.
    await prometheus.query('count_over_time(up{job="sluice"}[1m]) >= 3');
    await use(app);
    const queries = DASHBOARDS.flatMap(({ title, panels }) =>
      panels.flatMap((panel) =>
        panel.queries.map(({ expr }) => ({ place: `${title}, ${panel.title}`, expr })),
      ),
    );
    const silent: string[] = [];
    for (const { place, expr } of queries) {
      const asked = expr.replaceAll('$__rate_interval', INTERVAL);
      const values = await prometheus.ask(asked);
      if (values.size === 0) silent.push(`${place}: ${asked}`);
    }
    assert.deepEqual(silent, []);
    console.log(`${queries.length} queries are answered`);
  });
});
