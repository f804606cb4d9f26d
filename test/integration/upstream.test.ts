/** Protects other people's servers from us, and us from them: budgets, pauses, breakers, retries, over real sockets. */
import assert from 'node:assert/strict';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { test, type TestContext } from 'node:test';
import type { AppError } from '../../src/lib/errors.ts';
import { createFetcher } from '../../src/platform/fetch/fetcher.ts';
import { poll, sleep } from '../../src/lib/async/wait.ts';
import type {
  Upstream,
  UpstreamRequest,
  UpstreamSpec,
} from '../../src/platform/upstream/upstream.ts';
import { createUpstreams } from '../../src/platform/upstream/upstreams.ts';
import { fails, listen, never } from '../support/fetch-parts.ts';
import { createTestLogger, type LoggedLine } from '../support/test-logger.ts';

const SPEC: UpstreamSpec = {
  name: 'indexer',
  credential: 'key-of-the-operator',
  callsPerMinute: 60_000,
  burst: 1000,
  concurrencyMax: 100,
  proxyUrl: null,
  isPersonal: false,
};

type Answer = (request: IncomingMessage, response: ServerResponse, call: number) => void;

/** A server, and what asks it. */
async function openUpstream(t: TestContext, answer: Answer, spec: Partial<UpstreamSpec> = {}) {
  const calls = { count: 0 };
  const { url: origin } = await listen(t, (request, response) =>
    answer(request, response, ++calls.count),
  );
  const fetcher = createFetcher({ allowPrivate: [] });
  t.after(() => fetcher[Symbol.asyncDispose]());
  const logged: LoggedLine[] = [];
  const clock = { skippedMs: 0 };
  const upstreams = createUpstreams({
    fetcher,
    redis: null,
    processes: 1,
    logger: createTestLogger(logged),
    now: () => performance.now() + clock.skippedMs,
  });
  const open = (own: Partial<UpstreamSpec> = {}): Upstream =>
    upstreams.open({ ...SPEC, trustedOrigins: [origin], ...spec, ...own });
  const ask = (own: Partial<UpstreamRequest> = {}, upstream = open()) =>
    upstream.request({
      url: `${origin}/api?apikey=top-secret`,
      signal: never,
      timeoutMs: 10_000,
      bodyBytesMax: 100_000,
      ...own,
    });
  const skip = (ms: number) => {
    clock.skippedMs += ms;
  };
  return { origin, calls, logged, upstreams, open, ask, skip };
}

test('an answer, and the same upstream for the same spec', async (t) => {
  const { ask, open, upstreams } = await openUpstream(t, (request, response) => {
    const body = `${request.method} ${request.headers['x-key']}`;
    response.writeHead(404, { 'x-total': '7' }).end(body);
  });
  const answer = await ask({ method: 'POST', body: 'x', headers: { 'x-key': 'k' } });
  assert.equal(answer.status, 404);
  assert.equal(answer.header('x-total'), '7');
  assert.equal(Buffer.from(answer.bytes).toString(), 'POST k');
  assert.equal(open(), open());
  assert.notEqual(open(), open({ credential: 'another' }));
  assert.notEqual(open(), open({ isPersonal: true }));
  assert.ok((open().latencyMs(50) ?? 0) > 0);
  const [stats] = upstreams.stats();
  assert.deepEqual([stats?.name, stats?.calls, stats?.failures], ['indexer', 1, {}]);
});

test('the breaker of a failing server opens within 20 calls and closes after its recovery', async (t) => {
  let isIll = true;
  const { ask, open, calls, logged, skip } = await openUpstream(t, (_request, response) => {
    response.writeHead(isIll ? 500 : 200).end();
  });
  for (let i = 0; i < 20; i++) await ask().catch(() => undefined);
  assert.equal(open().breaker, 'open');
  assert.ok(calls.count < 20, String(calls.count));
  await fails(ask(), 'upstream.open');
  isIll = false;
  skip(4000);
  assert.equal(open().breaker, 'half-open');
  await ask();
  assert.equal(open().breaker, 'closed');
  assert.deepEqual(
    logged.map(({ level, fields }) => [level, fields['upstream']]),
    [
      ['warn', 'indexer'],
      ['info', 'indexer'],
    ],
  );
});

test('a hanging server opens it, too; refusals of bad credentials and callers that leave never do', async (t) => {
  const { ask, open } = await openUpstream(t, (request, response) => {
    if (request.url === '/hang') return;
    response.writeHead(request.url === '/401' ? 401 : 403).end();
  });
  const at = (path: string) => open().request({ ...REQUEST, url: `${base}${path}` });
  const base = (await ask()).url.replace(/\/api.*/, '');
  const REQUEST = { signal: never, timeoutMs: 50, bodyBytesMax: 100 };
  for (let i = 0; i < 30; i++)
    await open().request({ ...REQUEST, timeoutMs: 10_000, url: `${base}/${401 + 2 * (i % 2)}` });
  for (let i = 0; i < 30; i++) {
    const leaving = new AbortController();
    const left = open().request({
      ...REQUEST,
      timeoutMs: 10_000,
      url: `${base}/hang`,
      signal: leaving.signal,
    });
    setImmediate(() => leaving.abort());
    await fails(left, 'request.cancelled');
  }
  assert.equal(open().breaker, 'closed');
  for (let i = 0; i < 20; i++) await at('/hang').catch(() => undefined);
  assert.equal(open().breaker, 'open');
});

test('breakers of a failing and a hanging server close within 10 s of their recovery, by the calls that come', async (t) => {
  let isIll = true;
  const { open, origin, ask } = await openUpstream(t, (request, response) => {
    if (!isIll) response.end('ok');
    else if (request.url === '/failing') response.destroy();
  });
  const kinds = ['failing', 'hanging'].map((kind) => ({
    url: `${origin}/${kind}`,
    upstream: open({ name: kind }),
  }));
  for (const { url, upstream } of kinds) {
    for (let i = 0; i < 20 && upstream.breaker === 'closed'; i++)
      await ask({ url, timeoutMs: 100 }, upstream).catch(() => undefined);
    assert.notEqual(upstream.breaker, 'closed');
  }
  // Some probes fail or hang, as long as the callers' own time is, before the servers are well again.
  const callers = new AbortController();
  const traffic = setInterval(() => {
    for (const { url, upstream } of kinds)
      ask({ url, timeoutMs: 60_000, signal: callers.signal }, upstream).catch(() => undefined);
  }, 50);
  try {
    await sleep(2500);
    isIll = false;
    const isClosed = () => kinds.every(({ upstream }) => upstream.breaker === 'closed');
    assert.ok(await poll(isClosed, { everyMs: 20, timeoutMs: 10_000 }));
  } finally {
    clearInterval(traffic);
    callers.abort();
  }
});

test('only answers and calls that were given up say how long the server takes', async (t) => {
  const { ask, open } = await openUpstream(t, (_request, response, call) => {
    if (call <= 3) response.writeHead(500).end();
    else setTimeout(() => response.end('x'.repeat(call === 4 ? 200_000 : 1)), 50);
  });
  for (let i = 0; i < 4; i++) await ask().catch(() => undefined);
  assert.equal(open().latencyMs(50), null);
  await ask();
  assert.ok((open().latencyMs(50) ?? 0) >= 45);
});

test('429 with Retry-After holds everybody who shares the credential, and nobody else', async (t) => {
  const { ask, open, calls, skip } = await openUpstream(t, (_request, response, call) => {
    if (call === 1) response.writeHead(429, { 'retry-after': '60' }).end();
    else response.end('ok');
  });
  await fails(ask(), 'upstream.limited');
  await fails(ask(), 'upstream.limited');
  assert.equal(calls.count, 1);
  assert.equal(open().breaker, 'closed');
  assert.equal((await ask({}, open({ credential: 'another' }))).status, 200);
  skip(60_000);
  assert.equal((await ask()).status, 200);
});

test('whoever has the time waits for the end of a pause, with retries', async (t) => {
  const { ask, calls } = await openUpstream(t, (_request, response, call) => {
    if (call === 1) response.writeHead(429, { 'retry-after': '1' }).end();
    else response.end('ok');
  });
  assert.equal((await ask({ retriesMax: 1 })).status, 200);
  assert.equal(calls.count, 2);
});

test('retries: connection failures and 502 to 504, inside the time, and never after onBody had something', async (t) => {
  const { ask, calls, origin } = await openUpstream(t, (request, response, call) => {
    if (request.url === '/500') response.writeHead(500).end();
    else if (request.url === '/cut')
      response.writeHead(200, { 'content-length': '100' }).write('x', () => response.destroy());
    else if (call === 1) response.socket?.destroy();
    else if (call === 2) response.writeHead(503).end();
    else response.end('ok');
  });
  assert.equal((await ask({ retriesMax: 2 })).status, 200);
  assert.equal(calls.count, 3);
  await fails(ask({ url: `${origin}/500`, retriesMax: 2 }), 'upstream.failed');
  assert.equal(calls.count, 4);
  let given = 0;
  const onBody = () => given++;
  await fails(ask({ url: `${origin}/cut`, retriesMax: 2, onBody }), 'fetch.failed');
  assert.deepEqual([calls.count, given], [5, 1]);
});

test('the budget: bursts, then the rate; what would come too late is refused at once', async (t) => {
  const { ask, calls } = await openUpstream(t, (_request, response) => response.end(), {
    callsPerMinute: 60,
    burst: 3,
  });
  const results = await Promise.allSettled(
    Array.from({ length: 10 }, () => ask({ timeoutMs: 900 })),
  );
  const codes = results.map((result) =>
    result.status === 'fulfilled' ? 200 : (result.reason as AppError).code,
  );
  assert.equal(codes.filter((code) => code === 200).length, 3);
  assert.equal(codes.filter((code) => code === 'upstream.busy').length, 7);
  assert.equal(calls.count, 3);
});

test('no more calls at a time than the upstream may have; who waits in vain is told why', async (t) => {
  let [active, most] = [0, 0];
  const { ask, open } = await openUpstream(
    t,
    (request, response) => {
      most = Math.max(most, ++active);
      setTimeout(() => {
        active--;
        response.end();
      }, 10);
      if (request.method === 'PUT') response.destroy();
    },
    { concurrencyMax: 3 },
  );
  await Promise.all(Array.from({ length: 20 }, () => ask()));
  assert.equal(most, 3);
  const alone = open({ concurrencyMax: 1 });
  const slow = ask({}, alone);
  await fails(ask({ timeoutMs: 1 }, alone), 'upstream.busy');
  await slow;
});

test('however many users come, what everybody shares is kept', async (t) => {
  const { open } = await openUpstream(t, (_request, response) => response.end());
  const shared = open();
  const first = open({ isPersonal: true, credential: 'user 0' });
  for (let user = 1; user < 5000; user++) open({ isPersonal: true, credential: `user ${user}` });
  assert.equal(open(), shared);
  assert.notEqual(open({ isPersonal: true, credential: 'user 0' }), first);
  assert.throws(() => open({ callsPerMinute: 0 }), RangeError);
});

test('neither addresses nor keys in messages and logs', async (t) => {
  const { ask, logged } = await openUpstream(t, (_request, response, call) => {
    if (call % 2 === 0) response.socket?.destroy();
    else response.writeHead(500, 'no top-secret here').end('top-secret');
  });
  const told: string[] = [];
  for (let i = 0; i < 20; i++)
    await ask({ headers: { authorization: 'Bearer top-secret' } }).catch((error: unknown) => {
      const { message, cause, stack } = error as Error;
      told.push(`${message} ${String(cause)} ${JSON.stringify(cause)} ${stack ?? ''}`);
    });
  const all = told.join('\n') + JSON.stringify(logged);
  assert.equal(told.length, 20);
  assert.doesNotMatch(all, /secret|key-of-the-operator|apikey/);
});

test('accounts at one server share its breaker, and neither budget nor pauses', async (t) => {
  let status = 500;
  const { ask, open } = await openUpstream(
    t,
    (_request, response) =>
      response.writeHead(status, { 'retry-after': status === 429 ? '60' : '' }).end(),
    { isAccount: true, burst: 3, callsPerMinute: 1 },
  );
  const account = (credential: string) => open({ credential });
  status = 429;
  await fails(ask({}, account('a')), 'upstream.limited');
  status = 200;
  assert.equal((await ask({}, account('b'))).status, 200, 'the pause is that of another account');
  for (let call = 0; call < 3; call++) await ask({}, account('c'));
  await fails(ask({ timeoutMs: 200 }, account('c')), 'upstream.busy');
  status = 500;
  for (const credential of ['b', 'b', 'd', 'd', 'd'])
    await fails(ask({}, account(credential)), 'upstream.failed');
  await fails(ask({}, account('e')), 'upstream.open');
  assert.equal(open({ credential: 'e', isAccount: false }).breaker, 'closed');
});

test('a 5xx that says what is wrong with the account is an answer, and no failure of the server', async (t) => {
  let text = 'too_many_active_downloads';
  const { ask, open } = await openUpstream(t, (_request, response) =>
    response.writeHead(509).end(text),
  );
  const isAnswer = ({ bytes }: { readonly bytes: Uint8Array }) =>
    Buffer.from(bytes).toString().startsWith('too_many');
  for (let call = 0; call < 25; call++) assert.equal((await ask({ isAnswer })).status, 509);
  assert.equal(open().breaker, 'closed');
  text = 'Bad gateway';
  await fails(ask({ isAnswer }), 'upstream.failed');
});
