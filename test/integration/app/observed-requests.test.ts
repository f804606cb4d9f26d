/** What operators see of requests and failures, in each mode: over all processes, bounded, and without secrets. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { jsonOf, rawRequest, type RawAnswer } from '../../support/http-client.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const PASSWORD = 'canary-instance-password';
const KEY = { 'x-api-key': PASSWORD };
const METRICS = '/api/v1/admin/metrics/request-metrics';

interface Recent {
  readonly request_id: string;
}

interface Endpoint {
  readonly route: string;
  readonly method: string;
  readonly total_requests: number;
  readonly status_2xx: number;
  readonly status_4xx: number;
  readonly p50: number | null;
  readonly p99: number | null;
  readonly unique_visitors: number;
}

for (const mode of appModes()) {
  describe(`observed requests, ${mode}`, () => {
    let app: RunningApp;
    before(async () => {
      app = await startApp({
        mode,
        environment: {
          API_PASSWORD: PASSWORD,
          IS_PUBLIC_INSTANCE: 'true',
        },
      });
    });
    after(() => app[Symbol.asyncDispose]());

    const admin = (path: string, method = 'GET') =>
      rawRequest(`${app.baseUrl}${path}`, { method, headers: KEY });
    const items = async (path: string) => jsonOf(await admin(path))['items'] as unknown[];

    test('nothing of it is told without the key', async () => {
      for (const path of [
        `${METRICS}/status`,
        '/api/v1/admin/requests/x',
        '/api/v1/admin/exceptions',
      ])
        assert.equal((await rawRequest(app.baseUrl + path)).status, 401, path);
    });

    test('requests are counted by row and class, with percentiles and visitors', async () => {
      await admin(METRICS, 'DELETE');
      for (let number = 0; number < 20; number++)
        await rawRequest(`${app.baseUrl}/stream/movie/tt1254207.json`);
      for (let number = 0; number < 3; number++)
        await rawRequest(`${app.baseUrl}/stream/nonsense/tt1254207.json`);
      let found: Endpoint | undefined;
      const done = await poll(
        async () => {
          const all = (await items(`${METRICS}/endpoint-stats?per_page=100`)) as Endpoint[];
          found = all.find(({ route, method }) => route === 'stream' && method === 'GET');
          return found?.total_requests === 23;
        },
        { everyMs: 250, timeoutMs: 20_000 },
      );
      assert.ok(done, JSON.stringify(found));
      assert.deepEqual([found?.status_2xx, found?.status_4xx], [20, 3]);
      assert.ok((found?.p50 ?? 0) > 0 && (found?.p99 ?? 0) >= (found?.p50 ?? 0));
      assert.equal(found?.unique_visitors, 1);
      const one = jsonOf(await admin(`${METRICS}/endpoint-stats/GET/stream`));
      assert.equal(one['total_requests'], 23);
      assert.equal((await admin(`${METRICS}/endpoint-stats/GET/nothing`)).status, 404);
      const status = jsonOf(await admin(`${METRICS}/status`));
      assert.equal(status['all_processes'], true);
      assert.equal(status['unique_visitors'], 1);
      const { points } = jsonOf(await admin(`${METRICS}/timeseries?window=300`)) as unknown as {
        points: { count: number; status_4xx: number }[];
      };
      assert.equal(points.length, 5);
      assert.ok(points.reduce((sum, { count }) => sum + count, 0) >= 23);
    });

    test('a request is found by its X-Request-Id, with what it did, whichever process is asked', async () => {
      const id = `canary.${mode}-1`;
      const answer = await rawRequest(`${app.baseUrl}/meta/movie/tt0063350.json`, {
        headers: { 'x-request-id': id },
      });
      assert.equal(answer.headers['x-request-id'], id);
      // Each connection may come to another process, which knows it a flush later at the latest.
      const path = `/api/v1/admin/requests/${id}`;
      let answers: RawAnswer[] = [];
      const known = await poll(
        async () => {
          answers = await Promise.all(Array.from({ length: 6 }, () => admin(path)));
          return answers.every(({ status }) => status === 200);
        },
        { everyMs: 250, timeoutMs: 20_000 },
      );
      assert.ok(known, String(answers[0]?.status));
      const told = jsonOf(answers[0] ?? answer) as unknown as {
        route: string;
        status_code: number;
        tiers: string[];
        steps: { kind: string; name: string; outcome: string; duration: number }[];
      };
      assert.equal(told.route, 'meta');
      assert.equal(told.status_code, 200);
      assert.deepEqual(told.tiers, ['db']);
      const kinds = told.steps.map(({ kind, outcome }) => `${kind} ${outcome}`);
      assert.ok(kinds.includes('cache origin'), kinds.join());
      assert.ok(kinds.includes('query primary'), kinds.join());
      assert.equal(kinds.includes('redis ok'), mode !== 'embedded', kinds.join());
      const isRecent = async () =>
        ((await items(`${METRICS}/recent?route=meta&status_code=200`)) as Recent[]).some(
          ({ request_id }) => request_id === id,
        );
      assert.ok(await poll(isRecent, { everyMs: 250, timeoutMs: 20_000 }));
      assert.equal((await admin('/api/v1/admin/requests/unknown')).status, 404);
      assert.equal((await admin('/api/v1/admin/requests/%00%22')).status, 404);
    });

    test('hostile parameters are refused by name', async () => {
      for (const [path, field] of [
        [`${METRICS}/endpoint-stats?sort_by=total_requests;--`, 'sort_by'],
        [`${METRICS}/endpoint-stats?page=-1`, 'page'],
        [`${METRICS}/recent?per_page=1e9`, 'per_page'],
        [`${METRICS}/recent?method=TRACE`, 'method'],
        [`${METRICS}/timeseries?window=99999999999999999999`, 'window'],
        ['/api/v1/admin/exceptions?page=1&page=2', 'page'],
      ] as const) {
        const answer = await admin(path);
        assert.equal(answer.status, 400, path);
        assert.equal((jsonOf(answer)['error'] as { field: string }).field, field);
      }
    });

    test('failures are listed by kind and cleared', async () => {
      assert.equal((await admin('/api/v1/admin/exceptions/0123456789abcdef')).status, 404);
      assert.equal((await admin('/api/v1/admin/exceptions/..%2f')).status, 404);
      // Another process may yet hand on what it has counted.
      const isEmpty = await poll(
        async () => {
          await admin('/api/v1/admin/exceptions', 'DELETE');
          return (await items('/api/v1/admin/exceptions')).length === 0;
        },
        { everyMs: 250, timeoutMs: 20_000 },
      );
      assert.ok(isEmpty);
      assert.ok(Number(jsonOf(await admin('/api/v1/admin/exceptions/status'))['total']) <= 1);
    });

    test('the state of the instance is told in one answer, and that of Redis', async () => {
      const overview = jsonOf(await admin('/api/v1/admin/metrics')) as unknown as {
        processes: { answered: number };
        requests: { total: number };
        caches: { cache: string; tier: string; hits: number; hit_rate: number | null }[];
        pool: { engine: string; size: number; checkouts: number }[];
        redis: { usable: boolean };
        debrid: unknown[];
        upstreams: unknown[];
      };
      assert.equal(overview.processes.answered, mode === 'external-2' ? 2 : 1);
      assert.ok(overview.requests.total > 20);
      const sets = overview.caches.filter(({ cache }) => cache === 'stream-set');
      assert.deepEqual(
        sets.map(({ tier }) => tier),
        ['l1', 'l2'],
      );
      assert.ok((overview.pool[0]?.checkouts ?? 0) > 0 && overview.pool[0]?.engine === 'primary');
      assert.equal(overview.redis.usable, mode !== 'embedded');
      const redis = jsonOf(await admin('/api/v1/admin/metrics/redis')) as unknown as {
        connected: boolean;
        memory?: { used_bytes: number };
        cache?: { keys: number };
      };
      assert.equal(redis.connected, mode !== 'embedded');
      if (mode !== 'embedded') {
        assert.ok((redis.memory?.used_bytes ?? 0) > 100_000);
        assert.ok((redis.cache?.keys ?? 0) > 0);
      }
    });

    test('no answer has the key, an address or a path that was asked', async () => {
      await rawRequest(`${app.baseUrl}/S-canarytoken0123456789/manifest.json?apikey=canarykey`);
      for (const path of [
        `${METRICS}/recent?per_page=100`,
        `${METRICS}/endpoint-stats?per_page=100`,
        '/api/v1/admin/exceptions',
      ]) {
        const text = (await admin(path)).body.toString();
        assert.doesNotMatch(text, /canary-instance|canarytoken|canarykey|127\.0\.0\.1/, path);
      }
    });
  });
}

describe('without request metrics', () => {
  test('the rows are not there', async () => {
    await using app = await startApp({
      environment: { API_PASSWORD: PASSWORD, ENABLE_REQUEST_METRICS: 'false' },
    });
    const answer = await rawRequest(`${app.baseUrl}${METRICS}/status`, { headers: KEY });
    assert.equal(answer.status, 404);
  });
});
