/**
 * Protects lists with links: users share one list but for their tokens, nobody gets another one's, and what services say of
 * torrents is part of what is shared.
 */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test, type TestContext } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { NO_ACCOUNTS, plainContexts } from '../../../../native-bench/fixtures/contexts.ts';
import { plainRequest } from '../../../../native-bench/fixtures/plain-request.ts';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { NO_WATCHLISTS } from '../../../../src/features/watchlists/contract.ts';
import { userContext } from '../../../../src/features/configure/context.ts';
import type { UserContext } from '../../../../src/features/configure/contract.ts';
import { BARE_INSTANCE } from '../../../../src/features/configure/instance-offer.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../../../../src/features/streams/codecs.ts';
import { NameMatchCache } from '../../../../src/features/streams/name-matches.ts';
import { streamRoutes } from '../../../../src/features/streams/routes.ts';
import { StreamService } from '../../../../src/features/streams/service.ts';
import type { Handler, Reply } from '../../../../src/http/route.ts';
import { recycle } from '../../../../src/lib/json/lent-bytes.ts';
import type { JsonObject } from '../../../../src/lib/json/json-value.ts';
import type { ServiceMarks } from '../../../../src/lib/ranking/service-marks.ts';
import type { CacheSpec } from '../../../../src/platform/cache/cache.ts';
import { createTieredCache } from '../../../../src/platform/cache/tiered-cache.ts';
import type { TaskPool } from '../../../../src/platform/pool/task-pool.ts';
import { localParts, silentLogger } from '../../../support/cache-parts.ts';

const NO_POOL: TaskPool = {
  run: () => Promise.reject(new Error('nothing here is large enough for the pool')),
  [Symbol.asyncDispose]: () => Promise.resolve(),
};
const INSTANCE = {
  ...BARE_INSTANCE,
  ownSources: {
    ...BARE_INSTANCE.ownSources,
    digest: (text: string) => createHash('sha256').update(text).digest('base64url').slice(0, 22),
  },
};
/** With three services all of them are shown. */
const ROWS = 30;
const SERVICES = ['torbox', 'premiumize', 'realdebrid'];

function userOf(name: string, more: JsonObject = {}): UserContext {
  const sps = SERVICES.map((sv) => ({ sv, tk: `CANARY-${name}-${sv}` }));
  return userContext({ sps, mspr: 0, mxs: 100, ...more }, INSTANCE);
}

interface Lists {
  readonly handle: Handler;
  /** What services say of all rows from now on. */
  say(marks: ServiceMarks): void;
}

function start(
  context: TestContext,
  users: ReadonlyMap<string, UserContext>,
  { sharedBytesMax = 4_000_000, replyBytesMax = 4_000_000 } = {},
): Lists {
  const parts = localParts(false);
  const open = <T>(spec: CacheSpec<T>) =>
    createTieredCache<T>(
      {
        ...parts,
        ...spec,
        freshMs: 60_000,
        staleMs: 0,
        negativeMs: { first: 1000, max: 1000, growth: 1 },
      },
      silentLogger,
    );
  const mediaCache = open(RESOLVED_MEDIA_CACHE);
  const setCache = open(streamSetCache(NO_POOL));
  context.after(async () => {
    await mediaCache[Symbol.asyncDispose]();
    await setCache[Symbol.asyncDispose]();
    await parts[Symbol.asyncDispose]();
  });
  const media = { ...FIXTURE_MEDIA, idSeason: -1, idEpisodeOffset: 0, idSeasons: [] };
  const said = { marks: [null, null, null] as ServiceMarks, revision: 0 };
  const service = new StreamService({
    source: {
      resolveMedia: () => Promise.resolve(media),
      loadStreams: () => Promise.resolve(fixtureRows(ROWS)),
    },
    mediaCache,
    setCache,
    liveSearch: null,
    titles: null,
    privateStreams: null,
    cachedMarks: {
      of: () => said.marks,
      get revision() {
        return said.revision;
      },
    },
    nameMatches: new NameMatchCache(NO_POOL),
    presenter: { addonName: 'Sluice', rowBytesMax: 1_000_000 },
    sharedBytesMax,
    titlesMax: 1000,
    brownout: { isSparing: false },
  });
  const route = streamRoutes(service, plainContexts(users), {
    watchlists: NO_WATCHLISTS,
    replyBytesMax,
    reuse: true,
    timeoutMs: 1000,
    bodyVersion: 'test',
    accounts: NO_ACCOUNTS,
  }).find(({ name }) => name === 'configured-stream');
  assert.ok(route);
  return {
    handle: route.handler,
    say(marks) {
      said.marks = marks;
      said.revision++;
    },
  };
}

interface Got {
  readonly text: string;
  readonly etag: string;
  readonly reply: Reply;
}

/** What a client gets, in this coding; bytes that are lent go back at once, as after a socket was written to. */
async function ask({ handle }: Lists, segment: string, coding: 'plain' | 'gzip'): Promise<Got> {
  const reply = await handle(
    plainRequest(`/${segment}/stream/movie/tt9000200.json`, {
      parameters: [segment, 'movie', 'tt9000200.json'],
      signal: new AbortController().signal,
    }),
  );
  const { representation } = reply;
  assert.ok(representation);
  const { bytes, etag } = representation.identity;
  const packed = coding === 'gzip' ? (representation.ownGzip?.() ?? null) : null;
  const text = (packed === null ? bytes : gunzipSync(packed)).toString();
  recycle(bytes);
  return { text, etag, reply };
}

function tokensIn(text: string): Set<string> {
  return new Set([...text.matchAll(/\/playback\/([^/"]*)\//g)].map(([, token = '']) => token));
}

test('each user has their own tokens, whoever asked before, plain and compressed', async (context) => {
  const names = Array.from({ length: 12 }, (_, at) => `user${at}`);
  const users = new Map(names.map((name) => [name, userOf(name)]));
  const lists = start(context, users);
  const etags = new Map<string, string>();
  for (let round = 0; round < 8; round++) {
    await Promise.all(
      names.map(async (name, at) => {
        const coding = (round + at) % 2 === 0 ? 'plain' : 'gzip';
        const { text, etag } = await ask(lists, name, coding);
        assert.doesNotThrow(() => JSON.parse(text));
        const own = users.get(name)?.services.all.map(({ token }) => token) ?? [];
        assert.deepEqual([...tokensIn(text)].toSorted(), own.toSorted(), `${name}, ${coding}`);
        assert.equal(etags.get(name) ?? etag, etag, 'the same answer has the same ETag');
        etags.set(name, etag);
        for (const token of own) assert.ok(!etag.includes(token));
      }),
    );
  }
  assert.equal(new Set(etags.values()).size, names.length, 'the answers of two users differ');
});

test('all ways to a list lead to the same bytes: written, shared, kept, compressed', async (context) => {
  const users = new Map(['ada', 'bob'].map((name) => [name, userOf(name)]));
  const alone = start(context, users, { sharedBytesMax: 0, replyBytesMax: 0 });
  const sharing = start(context, users);
  for (const name of ['ada', 'bob', 'ada', 'bob', 'ada'])
    for (const coding of ['plain', 'gzip'] as const)
      assert.equal((await ask(sharing, name, coding)).text, (await ask(alone, name, 'plain')).text);
});

test('a user who asks again gets the very reply of before, with nothing to be waited for', async (context) => {
  const lists = start(context, new Map([['ada', userOf('ada')]]));
  await ask(lists, 'ada', 'plain');
  const second = await ask(lists, 'ada', 'gzip');
  assert.equal((await ask(lists, 'ada', 'gzip')).reply, second.reply);
  const signal = () => assert.fail('there is nothing to wait for');
  const request = plainRequest('/ada/stream/movie/tt9000200.json', {
    parameters: ['ada', 'movie', 'tt9000200.json'],
  });
  Object.defineProperty(request, 'signal', { get: signal });
  assert.equal(lists.handle(request), second.reply);
});

test('what services say is part of the list: none is given out with marks that are not its user’s', async (context) => {
  const users = new Map(['ada', 'bob', 'eve'].map((name) => [name, userOf(name)]));
  const lists = start(context, users);
  const [first, none] = [new Uint8Array(ROWS), new Uint8Array(ROWS).fill(2)];
  const seen: string[] = [];
  for (const marks of [
    [null, null, null],
    [first, null, none],
    [none, null, first],
  ]) {
    lists.say(marks);
    for (const name of ['ada', 'bob', 'eve', 'ada']) {
      const { text, etag } = await ask(lists, name, 'gzip');
      assert.equal(text.includes('TRB ⚡'), marks[0] === first, name);
      assert.equal(text.includes('TRB ⏳'), marks[0] === none, name);
      assert.equal(text.includes('RD ⚡'), marks[2] === first, name);
      if (name === 'ada') seen.push(etag);
    }
  }
  assert.equal(new Set(seen).size, 3);
  lists.say([first.slice(), null, none.slice()]);
  assert.equal((await ask(lists, 'ada', 'plain')).etag, seen[2], 'equal marks are equal');
});

test('services that a user calls otherwise are not shared', async (context) => {
  const named = (name: string): UserContext =>
    userOf(name, {
      sps: [{ sv: 'torbox', tk: name, n: name }],
      st: { t: '{service.name}', d: '' },
    });
  const users = new Map(['ada', 'bob'].map((name) => [name, named(name)]));
  const lists = start(context, users);
  for (const name of ['ada', 'bob', 'ada', 'bob']) {
    const { text } = await ask(lists, name, 'plain');
    assert.ok(text.includes(`"name":"${name}"`), text.slice(0, 200));
  }
});
