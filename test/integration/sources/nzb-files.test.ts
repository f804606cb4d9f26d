/** NZBs from indexers: whose key is used where, and what an indexer says in place of an NZB. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import { inspect } from 'node:util';
import { IndexerNzbFiles } from '../../../src/features/sources/nzb-files.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { IndexerSettings } from '../../../src/lib/source-settings/source-settings.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { NEVER, silentLogger } from '../../support/cache-parts.ts';
import {
  FakeUpstream,
  xml,
  type Answer,
  type Asked,
} from '../../support/upstreams/fake-upstream.ts';
import type { Fault } from '../../support/upstreams/fault.ts';

const NZB =
  '<?xml version="1.0"?>\n<!DOCTYPE nzb>\n<nzb xmlns="http://www.newzbin.com/DTD/2003/nzb"/>';
const OWN_KEY = 'canary7f3a9-of-the-user';
const SHARED_KEY = 'canary7f3a9-of-the-instance';
const OWN_HOST = 'localhost';

describe('NZB files', () => {
  let indexer: FakeUpstream;
  let answer: (asked: Asked) => Answer | undefined;
  const fetchers: AsyncDisposable[] = [];

  before(async () => {
    indexer = await FakeUpstream.start({ answer: (asked) => answer(asked) });
  });
  beforeEach(() => {
    answer = () => ({ contentType: 'application/x-nzb', body: NZB });
    indexer.asked.length = 0;
    indexer.script = {};
  });
  after(async () => {
    for (const one of [indexer, ...fetchers]) await one[Symbol.asyncDispose]();
  });

  const files = (sources: readonly IndexerSettings[] = []) => {
    const fetcher = createFetcher({ allowPrivate: [OWN_HOST] });
    fetchers.push(fetcher);
    const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
    return new IndexerNzbFiles({ upstreams, sources, proxyUrl: null });
  };
  const shared = (): IndexerSettings => ({
    kind: 'newznab',
    id: 'newznab:Shared',
    name: 'Shared',
    url: `${indexer.url}/api`,
    apiKey: SHARED_KEY,
    headers: {},
    movieCategories: null,
    seriesCategories: null,
    isPersonal: false,
    proxyUrl: null,
  });
  const ownUrl = () => indexer.url.replace('127.0.0.1', OWN_HOST);
  const mine = (more: object = {}) => [{ url: `${ownUrl()}/api`, apiKey: OWN_KEY, ...more }];
  const keys = () => indexer.asked.map(({ query }) => query.get('apikey'));
  const failureOf = async (work: Promise<unknown>): Promise<string> => {
    const error = await work.then(
      () => assert.fail('it succeeded'),
      (failure: unknown) => failure,
    );
    assert.ok(error instanceof AppError, inspect(error));
    assert.doesNotMatch(inspect(error, { depth: 10 }), /canary/);
    return error.code;
  };

  test('whoever has the indexer is asked with their key, all others with that of the instance', async () => {
    const nzbs = files([shared()]);
    const read = async (locator: string, own = mine()) =>
      Buffer.from(await nzbs.read(locator, own, NEVER)).toString();
    assert.equal(await read(`${ownUrl()}/api?t=get&id=5`), NZB);
    assert.equal(await read(`${indexer.url}/api?t=get&id=5`), NZB);
    assert.equal(await read(`${indexer.url}/api?t=get&id=5`, []), NZB);
    assert.equal(await read(`${ownUrl()}/free.nzb`, []), NZB);
    assert.equal(
      await read(
        `${ownUrl()}/5.nzb`,
        mine({ url: `${ownUrl()}/api?apikey=${OWN_KEY}2`, apiKey: '' }),
      ),
      NZB,
    );
    assert.deepEqual(keys(), [OWN_KEY, SHARED_KEY, SHARED_KEY, null, `${OWN_KEY}2`]);
  });

  test('a private address of nobody in particular is not asked', async () => {
    assert.equal(
      await failureOf(files().read(`${indexer.url}/5.nzb`, [], NEVER)),
      'fetch.blocked-address',
    );
    assert.equal(
      await failureOf(
        files().read(`${indexer.url}/5.nzb`, mine({ url: `${indexer.url}/api` }), NEVER),
      ),
      'fetch.blocked-address',
    );
    assert.equal(indexer.asked.length, 0);
  });

  test('a page for people is got by the API, or as it is where that has no such call', async () => {
    const locator = `${ownUrl()}/getnzb/123.nzb`;
    await files().read(locator, mine(), NEVER);
    assert.deepEqual(
      indexer.asked.map(({ path, query }) => `${path}?${query}`),
      [`/api?t=get&id=123&apikey=${OWN_KEY}`],
    );
    answer = ({ path }) =>
      path === '/api' ? xml('<error code="202" description="No such function"/>') : { body: NZB };
    await files().read(locator, mine(), NEVER);
    assert.equal(indexer.asked.at(-1)?.path, '/getnzb/123.nzb');
  });

  for (const [what, said, code] of [
    [
      'a wrong key',
      xml('<error code="100" description="Incorrect user credentials"/>'),
      'source.refused',
    ],
    ['a wrong key, as a status', { status: 403, body: 'no' }, 'source.refused'],
    [
      'a limit',
      xml('<error code="501" description="Download limit reached"/>'),
      'upstream.limited',
    ],
    [
      'a limit in words',
      xml('<error code="910" description="Grab limit reached"/>'),
      'upstream.limited',
    ],
    ['it is gone', xml('<error code="300" description="No such item"/>'), 'source.not-found'],
    ['it is gone, as a status', { status: 404 }, 'source.not-found'],
    [
      'a page',
      { contentType: 'text/html', body: '<html>please log in</html>' },
      'source.bad-answer',
    ],
    ['nothing', {}, 'source.bad-answer'],
  ] as const satisfies readonly (readonly [string, Answer, string])[])
    test(`${what}: ${code}`, async () => {
      answer = () => said;
      assert.equal(await failureOf(files().read(`${ownUrl()}/5.nzb`, mine(), NEVER)), code);
      assert.equal(indexer.asked.length, 1);
    });

  for (const [fault, code] of [
    [{ kind: 'reset' }, 'fetch.failed'],
    [{ kind: 'status', status: 500 }, 'upstream.failed'],
    [{ kind: 'long-json', bytes: 200 * 2 ** 20 }, 'fetch.too-large'],
    [{ kind: 'redirect', location: 'http://169.254.169.254/latest' }, 'fetch.blocked-address'],
    [{ kind: 'echo', status: 200 }, 'source.bad-answer'],
  ] as const satisfies readonly (readonly [Fault, string])[])
    test(`${inspect(fault)}: ${code}`, async () => {
      indexer.script = { fault };
      assert.equal(await failureOf(files().read(`${ownUrl()}/5.nzb`, mine(), NEVER)), code);
    });
});
