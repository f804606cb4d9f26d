/** What a client sees of its limit, over one process and two, and who it is counted as. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ask, type Answer } from '../../support/configure-requests.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const LIMIT = 100;
const AT_ONCE = 40;

async function burst(
  app: RunningApp,
  count: number,
  headers: (index: number) => Readonly<Record<string, string>>,
  path = '/manifest.json',
): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  let next = 0;
  const client = async () => {
    for (let index = next++; index < count; index = next++)
      answers.push(await ask(app.baseUrl + path, { headers: headers(index) }));
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  return answers;
}

const granted = (answers: readonly Answer[]) =>
  answers.filter(({ status }) => status === 200).length;

for (const mode of appModes()) {
  describe(`limits of an address: ${mode}`, () => {
    const start = (environment: Readonly<Record<string, string>>) =>
      startApp({ mode, environment: { RATE_LIMIT_PER_MINUTE: String(LIMIT), ...environment } });

    test('as many as it may, and then 429 with the time to wait', async () => {
      await using app = await start({ TRUSTED_PROXIES: '127.0.0.1' });
      const from = (address: string) => () => ({ 'X-Forwarded-For': address });
      const startedAtMs = performance.now();
      const answers = await burst(app, 2 * LIMIT, from('203.0.113.9'));
      const refilled = ((performance.now() - startedAtMs) / 60_000) * LIMIT;
      const count = granted(answers);
      assert.ok(count >= LIMIT - 1 && count <= LIMIT + 1 + refilled, `${count} granted`);
      const refused = answers.find(({ status }) => status !== 200);
      assert.equal(refused?.status, 429);
      assert.match(refused.text, /"code":"request.too-many"/);
      assert.equal(refused.headers.get('ratelimit-limit'), '100');
      assert.equal(refused.headers.get('ratelimit-remaining'), '0');
      assert.ok(Number(refused.headers.get('ratelimit-reset')) >= 55);
      assert.ok(Number(refused.headers.get('retry-after')) >= 1);
      const other = await ask(`${app.baseUrl}/manifest.json`, {
        headers: from('203.0.113.10')(),
      });
      assert.deepEqual([other.status, other.headers.get('ratelimit-remaining')], [200, '99']);
      // Posters come a hundred at a time, and health has to be told always.
      const spent = from('203.0.113.9');
      for (const path of ['/poster/movie/tt1254207.webp', '/health', '/ready']) {
        const again = await burst(app, 5, spent, path);
        assert.ok(
          again.every(({ status }) => status !== 429),
          path,
        );
        assert.equal(again[0]?.headers.get('ratelimit-limit'), null);
      }
    });

    test('whoever is no trusted proxy cannot say that he is somebody else', async () => {
      await using app = await start({});
      const answers = await burst(app, 2 * LIMIT, (index) => ({
        'X-Forwarded-For': `203.0.113.${index}`,
        Forwarded: `for=203.0.113.${index}`,
        'X-Real-IP': `203.0.113.${index}`,
      }));
      assert.ok(granted(answers) < LIMIT + 30, `${granted(answers)} granted`);
    });
  });
}
