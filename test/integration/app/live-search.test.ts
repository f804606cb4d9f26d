/** Live search of the whole program over two processes, with servers that speak the protocols of real ones. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { rawRequest } from '../../support/http-client.ts';
import { until } from '../../support/open-database.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { startAddon } from '../../support/upstreams/addon.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startTorznab } from '../../support/upstreams/torznab.ts';
import { releasesOf, workByImdb } from '../../support/upstreams/works.ts';
import { startZilean } from '../../support/upstreams/zilean.ts';

const HERD = 1000;
const SECRET = 'canary7f3a9';
const DEADLINE_MS = 1500;

interface Row {
  readonly infoHash?: string;
  /** Of rows that say something. */
  readonly externalUrl?: string;
  readonly description?: string;
}

describe(
  'live search of the program',
  { skip: appModes().includes('external-2') ? false : 'needs redis-server and pgbouncer' },
  () => {
    let indexer: FakeUpstream;
    let addon: FakeUpstream;
    let slow: FakeUpstream;
    let app: RunningApp;
    before(async () => {
      [indexer, addon, slow] = await Promise.all([
        startTorznab({ apiKey: SECRET, script: { latency: 100 } }),
        startAddon({ style: 'torrentio', settings: SECRET }),
        startZilean({ script: { latency: 2 * DEADLINE_MS } }),
      ]);
      app = await startApp({
        mode: 'external-2',
        environment: {
          TORZNAB_SOURCES: JSON.stringify([
            { name: 'indexer', url: `${indexer.url}/api`, apiKey: SECRET },
          ]),
          ADDON_SOURCES: `${addon.url}/${SECRET}/manifest.json`,
          ZILEAN_URL: slow.url,
          LIVE_SEARCH_DEADLINE_MS: String(DEADLINE_MS),
          HTTP_IN_FLIGHT_MAX: '2000',
          FETCH_ALLOW_PRIVATE: '127.0.0.0/8',
          LOG_LEVEL: 'debug',
        },
      });
    });
    after(async () => {
      await app[Symbol.asyncDispose]();
      await Promise.all([indexer, addon, slow].map((one) => one[Symbol.asyncDispose]()));
    });

    async function streams(path: string, headers: Record<string, string> = {}) {
      const answer = await rawRequest(`${app.baseUrl}${path}`, { headers });
      assert.equal(answer.status, 200);
      const { streams: rows }: { readonly streams: readonly Row[] } = JSON.parse(
        answer.body.toString(),
      );
      return {
        answer,
        hashes: rows.flatMap(({ infoHash }) => (infoHash === undefined ? [] : [infoHash])),
        notices: rows.flatMap((row) =>
          row.externalUrl === undefined ? [] : [row.description ?? ''],
        ),
      };
    }

    test('a cold title has what the fast sources know at the deadline, and the rest with the next request', async () => {
      const path = '/stream/series/tt1748166:1:1.json';
      const work = workByImdb('tt1748166');
      assert.ok(work);
      const first = await streams(path, { 'x-request-id': 'cold-title-1' });
      for (const { headers } of [indexer, addon, slow].flatMap(({ asked }) => asked))
        assert.equal(headers['x-request-id'], 'cold-title-1');
      for (const { infohash } of releasesOf(work, 1, 1)) assert.ok(first.hashes.includes(infohash));
      assert.match(
        first.notices.join(),
        /Still searching: 1 of 3 sources\nNot heard from yet: Zilean/,
      );
      const timing = String(first.answer.headers['server-timing']);
      assert.match(timing, /source-torznab-indexer;dur=[1-9]\d\d+\./);
      assert.match(timing, /source-zilean;desc="still asked"/);
      await until(async () => (await streams(path)).notices.length === 0);
      const last = await streams(path);
      assert.ok(first.hashes.every((hash) => last.hashes.includes(hash)));
    });

    test(`${HERD} concurrent requests over two processes ask each source once per query form`, async () => {
      const before = [indexer, addon, slow].map(({ asked }) => asked.length);
      const path = '/stream/movie/tt1254207.json';
      const answers = await Promise.all(Array.from({ length: HERD }, () => streams(path)));
      const work = workByImdb('tt1254207');
      assert.ok(work);
      for (const { infohash } of work.releases)
        assert.ok(answers.every(({ hashes }) => hashes.includes(infohash)));
      await until(async () => (await streams(path)).notices.length === 0);
      for (const [at, { asked }] of [indexer, addon, slow].entries()) {
        const forms = asked
          .slice(before[at])
          .map(({ method, path: to, query, body }) => `${method} ${to} ${String(query)} ${body}`);
        assert.ok(forms.length > 0);
        assert.deepEqual(forms.toSorted(), [...new Set(forms)].toSorted());
      }
    });

    test('no credential of a source is in the log or in an answer', async () => {
      const { answer } = await streams('/stream/movie/tt1254207.json');
      assert.ok(!answer.body.toString().includes(SECRET));
      assert.ok(!JSON.stringify(answer.headers).includes(SECRET));
      assert.ok(!app.output().includes(SECRET));
    });
  },
);
