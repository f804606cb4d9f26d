/** `/metrics` of the whole program: sums over processes, who may read it, and what a real Prometheus makes of it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { rawRequest, type RawAnswer } from '../../support/http-client.ts';
import { childrenOf } from '../../support/processes.ts';
import {
  promtoolFindings,
  skipWithoutPrometheus,
  startPrometheus,
} from '../../support/prometheus.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const OPENMETRICS = { accept: 'application/openmetrics-text;version=1.0.0,text/plain;q=0.5' };

async function scrape(app: RunningApp, headers: Record<string, string> = {}): Promise<RawAnswer> {
  return rawRequest(`${app.baseUrl}/metrics`, { headers });
}

/** Lines that begin with the name and hold every given label. */
function valuesOf(text: string, name: string, ...labels: readonly string[]): readonly number[] {
  return text
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `))
    .filter((line) => labels.every((label) => line.includes(label)))
    .map((line) => Number(line.slice(line.lastIndexOf(' ') + 1)));
}

const sumOf = (text: string, name: string, ...labels: readonly string[]) =>
  valuesOf(text, name, ...labels).reduce((sum, value) => sum + value, 0);

async function textOf(app: RunningApp): Promise<string> {
  const answer = await scrape(app);
  assert.equal(answer.status, 200, answer.body.toString());
  return answer.body.toString();
}

describe('/metrics', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp();
  });
  after(() => app[Symbol.asyncDispose]());

  test('both formats are what they say, without and with content', async () => {
    const text = await scrape(app);
    assert.equal(text.headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
    assert.match(
      text.body.toString(),
      /^http_requests_total\{method="GET",route="stream",status_code="200"\} 0$/m,
    );
    const open = await scrape(app, OPENMETRICS);
    assert.equal(
      open.headers['content-type'],
      'application/openmetrics-text; version=1.0.0; charset=utf-8',
    );
    const lines = open.body.toString().split('\n');
    assert.deepEqual(lines.slice(-2), ['# EOF', '']);
    // One of them loses the whole scrape.
    assert.ok(
      lines.slice(0, -1).every((line) => line !== ''),
      'no empty line',
    );
    assert.ok(lines.includes('# TYPE http_requests counter'));
    assert.doesNotMatch(open.body.toString(), /_total_total/);
    // promtool refuses exemplars.
    assert.ok(
      lines.every((line) => line.startsWith('#') || !line.includes(' # ')),
      'no exemplar',
    );
  });

  test('what happens is counted, by route, status and tier', async () => {
    const before = await textOf(app);
    for (let index = 0; index < 5; index++)
      await rawRequest(`${app.baseUrl}/stream/movie/tt1254207.json`);
    await rawRequest(`${app.baseUrl}/stream/movie/tt1254207.json`, { method: 'HEAD' });
    await rawRequest(`${app.baseUrl}/stream/movie/tt1254207.json`, { method: 'PUT' });
    await rawRequest(`${app.baseUrl}/stream/nonsense/tt1254207.json`);
    const text = await textOf(app);
    const grew = (name: string, ...labels: readonly string[]) =>
      sumOf(text, name, ...labels) - sumOf(before, name, ...labels);
    const route = 'route="stream"';
    assert.equal(grew('http_requests_total', route, 'method="GET"', '"200"'), 5);
    assert.equal(grew('http_requests_total', route, 'method="HEAD"', '"200"'), 1);
    assert.equal(grew('http_requests_total', route, 'method="any"', '"405"'), 1);
    assert.equal(grew('http_requests_total', route, 'method="GET"', '"400"'), 1);
    assert.equal(grew('http_request_duration_seconds_count', route, '"200"', '"GET"'), 5);
    assert.equal(grew('http_response_bytes_count', route, 'method="GET"'), 6);
    assert.equal(grew('cache_misses_total', 'cache="stream-set"', 'tier="l1"'), 1);
    assert.equal(grew('db_query_duration_seconds_count', 'query="streams.by-media"'), 1);
    assert.ok(grew('db_pool_checkouts_total', 'engine="primary"') > 0);
    assert.equal(valuesOf(text, 'sluice_build_info')[0], 1);
    for (const name of ['process_resident_memory_bytes', 'db_pool_size', 'worker_threads'])
      assert.ok(sumOf(text, name) > 0, name);
  });

  test('pool threads tell what they hold', async () => {
    await rawRequest(`${app.baseUrl}/poster/movie/tt1254207.jpg`);
    const done = await poll(
      async () =>
        sumOf(await textOf(app), 'worker_task_duration_seconds_count', 'task="poster.render"') > 0,
      { everyMs: 50, timeoutMs: 20_000 },
    );
    assert.ok(done, 'a poster was rendered');
    const text = await textOf(app);
    assert.ok(sumOf(text, 'worker_heap_bytes', 'pool="main"') > 1_000_000);
    assert.ok(sumOf(text, 'worker_loop_seconds_total', 'pool="main"', 'active') > 0);
  });

  test('10,000 hostile paths make no series of their own, and are nowhere in the text', async () => {
    const countSeries = (text: string) =>
      text.split('\n').filter((line) => line !== '' && !line.startsWith('#')).length;
    // Whatever answers to nonsense is there now.
    for (const path of HOSTILE_SHAPES) await hostile(app, path('first'));
    const before = countSeries(await textOf(app));
    for (let index = 0; index < 10_000; index += 50) {
      await Promise.all(
        Array.from({ length: 50 }, (_, offset) => {
          const shape = HOSTILE_SHAPES[(index + offset) % HOSTILE_SHAPES.length] ?? String;
          return hostile(app, shape(`canary${index + offset}`));
        }),
      );
    }
    const text = await textOf(app);
    assert.equal(countSeries(text), before);
    assert.doesNotMatch(text, /canary|%22|evil/i);
    assert.ok(sumOf(text, 'http_requests_total') >= 10_000);
  });

  test('scrapes at the same time are all answered', async () => {
    const answers = await Promise.all(
      Array.from({ length: 100 }, (_, index) => scrape(app, index % 2 === 0 ? OPENMETRICS : {})),
    );
    assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
  });

  test('who was forwarded by a proxy that is not trusted is refused', async () => {
    const answer = await scrape(app, { 'x-forwarded-for': '203.0.113.7' });
    assert.equal(answer.status, 403);
  });

  describe('as Prometheus reads it', { skip: skipWithoutPrometheus }, () => {
    test('promtool finds nothing against it', async () => {
      assert.equal(promtoolFindings((await scrape(app)).body), '');
    });

    test('a real Prometheus scrapes it, and knows the requests', async () => {
      await rawRequest(`${app.baseUrl}/health`);
      const expected = sumOf(await textOf(app), 'http_requests_total', 'route="health"', '"GET"');
      await using prometheus = await startPrometheus({
        jobs: [{ name: 'sluice', target: `127.0.0.1:${app.port}` }],
      });
      assert.equal(await prometheus.scrapeError(), '');
      const up = await prometheus.query('up');
      assert.deepEqual([...up.values()], [1]);
      const health = await prometheus.query(
        'sum(http_requests_total{route="health",method="GET"})',
      );
      assert.deepEqual([...health.values()], [expected]);
      const buckets = await prometheus.query(
        'http_request_duration_seconds_bucket{route="health",method="GET",status_code="200",le="+Inf"}',
      );
      assert.deepEqual([...buckets.values()], [expected]);
    });
  });
});

type Shape = (canary: string) => string;

const HOSTILE_SHAPES: readonly Shape[] = [
  (canary) => `/${canary}`,
  (canary) => `/stream/movie/tt${canary}.json`,
  (canary) => `/stream/${canary}/tt1254207.json`,
  (canary) => `/catalog/movie/${canary}.json`,
  (canary) => `/S-${canary}/manifest.json`,
  (canary) => `/meta/movie/%22%7D%0A${canary}.json`,
  (canary) => `/a/b/c/d/e/${canary}?route=${canary}`,
  (canary) => `/metrics/${canary}%00evil{le="1"}`,
  (canary) => `/poster/movie/${canary}.jpg`,
];

async function hostile(app: RunningApp, path: string): Promise<void> {
  const headers = { 'user-agent': 'canary evil', 'x-request-id': 'canary-evil' };
  const { status } = await rawRequest(`${app.baseUrl}${path.replaceAll('"', '%22')}`, { headers });
  assert.ok(status < 500, `${path}: ${status}`);
}

test('with a token: without it 401 and what is asked for; no secret is ever shown', async () => {
  const token = 'canary-t0ken-of-metrics';
  await using app = await startApp({
    environment: {
      METRICS_BEARER_TOKEN: token,
      SECRET_KEY: 'canary-secret-key-of-the-instance',
      TORZNAB_SOURCES:
        '[{"name":"Films","url":"http://127.0.0.1:9/api","apiKey":"canary-api-key"}]',
      FETCH_ALLOW_PRIVATE: 'true',
    },
  });
  for (const headers of [{}, { authorization: `Bearer ${token}x` }, { authorization: token }]) {
    const refused = await scrape(app, headers as Record<string, string>);
    assert.equal(refused.status, 401);
    assert.equal(refused.headers['www-authenticate'], 'Bearer realm="metrics"');
  }
  await rawRequest(`${app.baseUrl}/stream/movie/tt0111161.json?apikey=canary-query`, {
    headers: { cookie: 'canary-cookie', 'x-api-key': 'canary-key' },
  });
  const answer = await scrape(app, { authorization: `Bearer ${token}` });
  assert.equal(answer.status, 200);
  assert.doesNotMatch(answer.body.toString(), /canary-/);
});

test('turned off, the route is not there', async () => {
  await using app = await startApp({ environment: { ENABLE_METRICS_ENDPOINT: 'false' } });
  assert.equal((await scrape(app)).status, 404);
});

describe(
  'several processes',
  { skip: appModes().includes('external-2') ? false : 'needs redis-server and pgbouncer' },
  () => {
    test('are summed exactly, whoever answers, and what one has counted stays when it dies', async () => {
      await using app = await startApp({ mode: 'external-2' });
      const asked = 200;
      const health = ['route="health"', 'method="GET"', 'status_code="200"'] as const;
      for (let index = 0; index < asked; index++) await rawRequest(`${app.baseUrl}/health`);
      // Each scrape has a connection of its own: both processes answer some of them.
      for (let index = 0; index < 10; index++) {
        const text = await textOf(app);
        assert.equal(sumOf(text, 'http_requests_total', ...health), asked);
        assert.equal(sumOf(text, 'http_request_duration_seconds_count', ...health), asked);
        assert.equal(sumOf(text, 'metrics_processes', 'answered'), 2);
        assert.equal(sumOf(text, 'metrics_processes', 'missing'), 0);
        // Two children and the supervisor, but one build.
        assert.equal(sumOf(text, 'sluice_build_info'), 1);
      }
      const [child] = await childrenOf(app.pid);
      assert.ok(child !== undefined);
      process.kill(child.pid, 'SIGKILL');
      const isBack = await poll(
        async () => {
          const answer = await scrape(app).catch(() => null);
          // On a busy machine a process may refuse while the other one starts.
          if (answer?.status !== 200) return false;
          const text = answer.body.toString();
          assert.ok(sumOf(text, 'http_requests_total', ...health) >= asked, 'no sum falls');
          return sumOf(text, 'metrics_processes', 'answered') === 2;
        },
        { everyMs: 50, timeoutMs: 60_000 },
      );
      assert.ok(isBack, 'the process is started again');
    });

    test('one that hangs is marked and holds nobody up for long', async () => {
      await using app = await startApp({ mode: 'external-2' });
      const [child] = await childrenOf(app.pid);
      for (let index = 0; index < 20; index++) await rawRequest(`${app.baseUrl}/health`);
      const before = sumOf(await textOf(app), 'http_requests_total', 'route="health"');
      assert.ok(child !== undefined);
      process.kill(child.pid, 'SIGSTOP');
      try {
        const text = await answered(app);
        assert.equal(sumOf(text, 'metrics_processes', 'missing'), 1);
        assert.equal(sumOf(text, 'http_requests_total', 'route="health"'), before);
      } finally {
        process.kill(child.pid, 'SIGCONT');
      }
    });
  },
);

/** The kernel gives some connections to the process that hangs: the first of many that is answered. */
async function answered(app: RunningApp): Promise<string> {
  const scrapes = Array.from({ length: 20 }, () =>
    rawRequest(`${app.baseUrl}/metrics`, { signal: AbortSignal.timeout(8000) }),
  );
  return (await Promise.any(scrapes)).body.toString();
}
