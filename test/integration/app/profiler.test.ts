/** The profiler of the running program: off unless it is wanted, one at a time, with the key, and without secrets. */
import assert from 'node:assert/strict';
import { readdir, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { poll } from '../../../src/lib/async/wait.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';

const PASSWORD = 'canary-instance-password';
const KEY = { 'x-api-key': PASSWORD };
const STREAM = '/stream/movie/tt1254207.json';
const PROFILE = '/api/v1/admin/profile';

describe('the profiler', () => {
  let app: RunningApp;
  before(async () => {
    app = await startApp({
      environment: { API_PASSWORD: PASSWORD, IS_PUBLIC_INSTANCE: 'true', ENABLE_PROFILER: 'true' },
    });
  });
  after(() => app[Symbol.asyncDispose]());
  const ask = (path: string, headers: Record<string, string> = KEY, method = 'GET') =>
    rawRequest(`${app.baseUrl}${path}`, { headers, method });

  test('a request is run again and again, and shown as a page that stands for itself', async () => {
    const answer = await ask(`${STREAM}?_profile=1&_seconds=1`);
    assert.equal(answer.status, 200, answer.body.toString().slice(0, 300));
    assert.equal(answer.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(
      String(answer.headers['content-security-policy']),
      /default-src 'none'.*script-src 'sha256-/,
    );
    const page = answer.body.toString();
    const runs = Number(/<dt>runs<\/dt><dd>(\d+)/.exec(page)?.[1]);
    assert.ok(runs > 100, String(runs));
    assert.match(page, /src\/features\/streams\//);
    assert.doesNotMatch(page, /canary|https?:\/\/|tt1254207/);
  });

  test('only with the key, and without it the row is as it always is', async () => {
    assert.equal((await ask(`${STREAM}?_profile=1`, {})).status, 401);
    assert.equal((await ask(`${STREAM}?_profile=1`, { 'x-api-key': 'another' })).status, 401);
    assert.ok(Array.isArray(jsonOf(await ask(STREAM, {}))['streams']));
    assert.ok(Array.isArray(jsonOf(await ask(`${STREAM}?_profile=0`))['streams']));
  });

  test('parameters are bounded, and those of the row reach it', async () => {
    for (const query of [
      '_profile=2',
      '_profile=1&_seconds=11',
      '_profile=1&_seconds=x',
      '_profile=1&_profile=1',
    ])
      assert.equal((await ask(`${STREAM}?${query}`)).status, 400, query);
    const failing = await ask('/api/v1/admin/exceptions?_profile=1&page=0');
    assert.match(failing.body.toString(), /request\.bad-query \(1\)/);
    assert.equal((await ask(`${PROFILE}?seconds=61`)).status, 400);
    assert.equal((await ask(`${PROFILE}?seconds=0.2&thread=99999`)).status, 404);
    assert.equal((await ask(`${PROFILE}?seconds=0.2&thread=../../x`)).status, 404);
  });

  test('the process and each thread of its pools can be asked', async () => {
    await ask('/poster/movie/tt1254207.jpg');
    const { threads } = jsonOf(await ask(`${PROFILE}/threads`)) as unknown as {
      threads: { id: string }[];
    };
    assert.equal(threads[0]?.id, 'main');
    assert.ok(threads.length > 1);
    for (const { id } of threads.slice(0, 2)) {
      const found = jsonOf(await ask(`${PROFILE}?seconds=0.3&format=cpuprofile&thread=${id}`));
      assert.ok((found['nodes'] as unknown[]).length > 0, id);
      assert.ok((found['samples'] as unknown[]).length > 0, id);
    }
  });

  test('one at a time: others are told to come later, and requests are answered meanwhile', async () => {
    const first = ask(`${PROFILE}?seconds=3`);
    const answers = await Promise.all(
      Array.from({ length: 5 }, () => ask(`${STREAM}?_profile=1&_seconds=1`)),
    );
    const statuses = [...answers, await first]
      .map(({ status }) => status)
      .toSorted((one, other) => one - other);
    assert.deepEqual(statuses, [200, 503, 503, 503, 503, 503]);
    const busy = answers.find(({ status }) => status === 503);
    assert.equal(
      (jsonOf(busy ?? (await first))['error'] as { code: string }).code,
      'profiler.busy',
    );
    assert.equal((await ask(STREAM)).status, 200);
  });

  test('heap snapshots are files for the operator alone, three at most', async () => {
    let file = '';
    for (let number = 0; number < 4; number++) {
      // The loop stood still for the one before: the admin API is the first to make way then.
      let answer = await ask(`${PROFILE}/heap-snapshot`, KEY, 'POST');
      const isTaken = async () => {
        if (answer.status === 503) answer = await ask(`${PROFILE}/heap-snapshot`, KEY, 'POST');
        return answer.status !== 503;
      };
      await poll(isTaken, { everyMs: 300, timeoutMs: 60_000 });
      assert.equal(answer.status, 200, answer.body.toString());
      ({ file } = jsonOf(answer) as unknown as { file: string });
    }
    const { mode, size } = await stat(file);
    assert.equal(mode & 0o777, 0o600);
    assert.ok(size > 1_000_000);
    assert.equal((await readdir(dirname(file))).length, 3);
    await rm(dirname(file), { recursive: true });
  });
});

test('while it is off there is no profiler', async () => {
  await using app = await startApp({
    environment: { API_PASSWORD: PASSWORD, IS_PUBLIC_INSTANCE: 'true' },
  });
  const answer = await rawRequest(`${app.baseUrl}${STREAM}?_profile=1`, { headers: KEY });
  assert.ok(Array.isArray(jsonOf(answer)['streams']));
  const profile = await rawRequest(`${app.baseUrl}${PROFILE}`, { headers: KEY });
  assert.equal(profile.status, 404);
});
