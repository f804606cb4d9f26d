/**
 * Protects what `perf:compare` claims: the contenders, started as it starts them, answer the same streams in the same order
 * as Sluice, without settings and with many different ones, in the same number of bytes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { pipelineToken } from '../../../perf/compare/pipeline-settings.ts';
import { rawAnswer, textOf } from '../../../perf/compare/raw-answer.ts';
import { sdkToken } from '../../../perf/compare/sdk-server.ts';
import { openFixtures, type Fixtures } from '../../../perf/compare/fixtures.ts';
import { STREAMS_PER_TITLE, comparedTitles } from '../../../perf/compare/titles.ts';
import { distinctConfigs, installTokens } from '../../../perf/install-tokens.ts';
import { hasRedisServer } from '../../support/redis-server.ts';

interface Answer {
  readonly streams: readonly { readonly infoHash: string }[];
}

const TITLES = 3;
const CONFIGS = 30;
const GZIP = { 'Accept-Encoding': 'gzip' };

describe(
  'the contenders of perf:compare',
  { skip: hasRedisServer() ? false : 'redis-server is not installed' },
  () => {
    let fixtures: Fixtures;

    before(async () => {
      fixtures = await openFixtures(await comparedTitles(TITLES), () => undefined);
    });
    after(async () => {
      await fixtures[Symbol.asyncDispose]();
    });

    const ask = async ({ port }: { readonly port: number }, path: string, headers = {}) => {
      const answer = await rawAnswer(`http://127.0.0.1:${port}${path}`, headers);
      assert.equal(answer.status, 200);
      const answerHeaders = new Map(
        answer.headers.map(([name, value]) => [name.toLowerCase(), value]),
      );
      return { text: textOf(answer), bytes: answer.body.byteLength, headers: answerHeaders };
    };
    const hashesOf = (text: string) =>
      (JSON.parse(text) as Answer).streams.map(({ infoHash }) => infoHash);

    test('every title has 200 streams of its own', () => {
      const documents = fixtures.titles.map(({ document }) => document.streams);
      assert.deepEqual(
        documents.map(({ length }) => length),
        Array.from({ length: TITLES }, () => STREAMS_PER_TITLE),
      );
      assert.equal(
        new Set(documents.flat().map(({ infohash }) => infohash)).size,
        TITLES * STREAMS_PER_TITLE,
      );
    });

    test('without settings all three answer the same streams, and about as many bytes', async () => {
      for (const { imdbId } of fixtures.titles) {
        const path = `/stream/movie/${imdbId}.json`;
        const sluice = await ask(fixtures.sluice, path);
        assert.ok(hashesOf(sluice.text).length >= 20);
        for (const contender of [fixtures.pipeline, fixtures.sdk]) {
          const answer = await ask(contender, path);
          assert.deepEqual(hashesOf(answer.text), hashesOf(sluice.text));
          assert.ok(
            Math.abs(answer.bytes - sluice.bytes) <= 0.2 * sluice.bytes,
            `${answer.bytes} and ${sluice.bytes} bytes`,
          );
        }
      }
    });

    test('with different settings the pipeline answers what Sluice answers; the SDK add-on ignores them', async () => {
      const configs = distinctConfigs(CONFIGS);
      const sealed = installTokens(configs);
      const path = `/stream/movie/${fixtures.titles[1]?.imdbId}.json`;
      const plain = hashesOf((await ask(fixtures.sdk, path)).text);
      const lists = new Set<string>();
      for (const [index, config] of configs.entries()) {
        const expected = hashesOf((await ask(fixtures.sluice, `/${sealed[index]}${path}`)).text);
        assert.deepEqual(
          hashesOf((await ask(fixtures.pipeline, `/${pipelineToken(config)}${path}`)).text),
          expected,
        );
        assert.deepEqual(
          hashesOf((await ask(fixtures.sdk, `/${sdkToken(config)}${path}`)).text),
          plain,
        );
        lists.add(expected.join());
      }
      assert.ok(lists.size > CONFIGS / 2, `${lists.size} different lists of ${CONFIGS}`);
    });

    test('gzip where it is asked for: Sluice and the pipeline, about as small', async () => {
      const path = `/stream/movie/${fixtures.titles[0]?.imdbId}.json`;
      await ask(fixtures.sluice, path, GZIP);
      const sluice = await ask(fixtures.sluice, path, GZIP);
      const pipeline = await ask(fixtures.pipeline, path, GZIP);
      const sdk = await ask(fixtures.sdk, path, GZIP);
      assert.equal(sluice.headers.get('content-encoding'), 'gzip');
      assert.equal(pipeline.headers.get('content-encoding'), 'gzip');
      assert.equal(sdk.headers.get('content-encoding'), undefined);
      assert.equal(pipeline.text, sluice.text);
      assert.ok(
        Math.abs(pipeline.bytes - sluice.bytes) <= 0.2 * sluice.bytes,
        `${pipeline.bytes} and ${sluice.bytes} bytes`,
      );
    });

    test("a bare server repeats Sluice's bytes and headers", async () => {
      const path = `/stream/movie/${fixtures.titles[0]?.imdbId}.json`;
      await using bare = await fixtures.bareCopyOf(path, GZIP);
      const [sluice, copy] = [
        await ask(fixtures.sluice, path, GZIP),
        await ask(bare, '/anything', GZIP),
      ];
      assert.equal(copy.text, sluice.text);
      assert.deepEqual(
        [...copy.headers.keys()].filter((name) => name !== 'uwebsockets').toSorted(),
        [...sluice.headers.keys()].toSorted(),
      );
    });

    test('an unknown title is an empty list for everyone', async () => {
      for (const contender of [fixtures.pipeline, fixtures.sdk]) {
        assert.equal((await ask(contender, '/stream/movie/tt0000001.json')).text, '{"streams":[]}');
      }
    });
  },
);
