/** Sources of users through the whole program: their test, who may reach what, and who sees what they find. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { ask, send } from '../../support/configure-requests.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startTorznab } from '../../support/upstreams/torznab.ts';
import { workByImdb } from '../../support/upstreams/works.ts';

/** Of the demo catalogue. */
const NIGHT = 'tt0063350';
const SECRET = 'CANARYx7Kq9x7Kq9';

describe('sources of users', () => {
  let indexer: FakeUpstream;

  before(async () => {
    indexer = await startTorznab({ title: 'Example', apiKey: SECRET });
  });
  after(async () => {
    await indexer[Symbol.asyncDispose]();
  });

  const tried = async (app: RunningApp, ic: object) => {
    const answer = await ask(`${app.baseUrl}/configure/test-source`, send('POST', { ic }));
    assert.doesNotMatch(answer.text, /CANARY/);
    return answer;
  };
  const torznab = (url: string) => ({ tz: [{ n: 'Films', u: url }] });

  test('the test of one says what works and what does not, in words, where the operator has opened the address', async () => {
    await using app = await startApp({ environment: { FETCH_ALLOW_PRIVATE: '127.0.0.1' } });
    const good = await tried(app, torznab(`${indexer.url}/api?apikey=${SECRET}`));
    assert.equal(good.status, 200, good.text);
    assert.equal(good.json['working'], true, good.text);
    for (const [url, message] of [
      [`${indexer.url}/api?apikey=wrong-${SECRET.slice(0, 3)}`, /key|credentials/i],
      [`${indexer.url}/nothing-here`, /404|no Torznab|not/i],
      ['http://127.0.0.1:9/api', /connect|refused|answer/i],
      ['https://no-such-host.invalid/api', /host|address|found|answer/i],
    ] as const) {
      const { json, text, status } = await tried(app, torznab(url));
      assert.equal(status, 200, text);
      assert.equal(json['working'], false, text);
      assert.match(String(json['message']), message);
    }
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  test('what the operator names is no door for users', async () => {
    await using app = await startApp({
      environment: {
        TORZNAB_SOURCES: JSON.stringify([
          { name: 'Films', url: `${indexer.url}/api`, apiKey: SECRET },
        ]),
        SOURCE_TESTS_PER_MINUTE_MAX: '2',
      },
    });
    const listed = await ask(`${app.baseUrl}/stream/movie/${NIGHT}.json`);
    const found = workByImdb(NIGHT)?.releases.map(({ infohash }) => infohash) ?? [];
    assert.ok(
      found.length > 1 && found.every((infohash) => listed.text.includes(infohash)),
      'at a private address, and searched for everybody',
    );
    const askedBefore = indexer.asked.length;
    const { json, text } = await tried(app, torznab(`${indexer.url}/api?apikey=${SECRET}`));
    assert.equal(json['working'], false, text);
    assert.match(String(json['message']), /not a public address/);
    assert.equal(indexer.asked.length, askedBefore, 'nothing reached it');
    await tried(app, torznab('http://[::ffff:127.0.0.1]/api'));
    const third = await tried(app, torznab(indexer.url));
    assert.equal(third.status, 429);
    assert.match(third.text, /source\.too-many-tests/);
  });

  test("what a user's own source finds is in that user's lists, and in nobody else's", async () => {
    await using app = await startApp({ environment: { FETCH_ALLOW_PRIVATE: '127.0.0.1' } });
    const hashesOf = async (config: object | null) => {
      const sealed =
        config === null
          ? null
          : await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
      const segment = sealed === null ? '' : `/${String(sealed.json['encrypted_str'])}`;
      const { text } = await ask(`${app.baseUrl}${segment}/stream/movie/${NIGHT}.json`);
      assert.doesNotMatch(text, /CANARY/);
      const { streams } = JSON.parse(text) as {
        readonly streams: readonly { readonly infoHash?: string }[];
      };
      return streams.map(({ infoHash }) => infoHash);
    };
    const own = { ic: torznab(`${indexer.url}/api?apikey=${SECRET}`), mspr: 0, mxs: 100 };
    const wrong = { ...own, ic: torznab(`${indexer.url}/api?apikey=another`) };
    const stored = await hashesOf(null);
    const found = workByImdb(NIGHT)?.releases.map(({ infohash }) => infohash) ?? [];
    const hash = found.find((infohash) => !stored.includes(infohash)) ?? '';
    assert.ok((await hashesOf(own)).includes(hash), 'its user has it');
    for (const [who, config] of [
      ['nobody in particular', null],
      ['a user without sources', { mspr: 0, mxs: 100 }],
      ['a user with the same source and another key', wrong],
      ['a user who searches nothing', { ...own, lss: false }],
    ] as const)
      assert.ok(!(await hashesOf(config)).includes(hash), who);
    assert.ok((await hashesOf(own)).includes(hash), 'and still has it');
    assert.doesNotMatch(app.output(), /CANARY/);
  });

  test('an operator asks each source that the variables name, without a server', async () => {
    const good = { name: 'Films', url: `${indexer.url}/api`, apiKey: SECRET };
    const environment = { TORZNAB_SOURCES: JSON.stringify([good]) };
    const works = await runProgram(['test-sources'], environment);
    assert.equal(works.code, 0, works.stderr);
    assert.match(works.stdout, /^works {2}Films: /);
    const bad = { ...good, name: 'Other', apiKey: 'CANARY-wrong' };
    const fails = await runProgram(['test-sources'], {
      TORZNAB_SOURCES: JSON.stringify([good, bad]),
    });
    assert.equal(fails.code, 1);
    assert.match(fails.stdout, /^FAILS {2}Other: .*key/m);
    assert.match(fails.stderr, /1 of 2 sources do not work/);
    const none = await runProgram(['test-sources'], {});
    assert.equal(none.code, 1);
    assert.match(none.stderr, /no source is configured: expected PROWLARR_URL/);
    for (const { stdout, stderr } of [works, fails, none])
      assert.doesNotMatch(stdout + stderr, /CANARY/);
  });

  test('a server whose users have no sources of their own tests none', async () => {
    await using app = await startApp({ environment: { USER_INDEXERS: 'false' } });
    assert.equal((await tried(app, torznab(indexer.url))).status, 404);
  });
});
