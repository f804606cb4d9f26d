/**
 * Protects the stream path: what is asked of the library and how often, what is refused, how long answers
 * may be kept, and that a repeated warm request is answered synchronously by the very Reply of the one before.
 */
import assert from 'node:assert/strict';
import { test, type TestContext } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../../native-bench/fixtures/stream-rows.ts';
import { NO_WATCHLISTS } from '../../../../src/features/watchlists/contract.ts';
import { RESOLVED_MEDIA_CACHE, streamSetCache } from '../../../../src/features/streams/codecs.ts';
import type { ResolvedMedia, StreamSource } from '../../../../src/features/streams/contract.ts';
import { streamRoutes } from '../../../../src/features/streams/routes.ts';
import { StreamService } from '../../../../src/features/streams/service.ts';
import {
  TIER_DATABASE,
  TIER_L1,
  TIER_L2,
  TIER_REUSE,
  type Reply,
  type Request,
} from '../../../../src/http/route.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { NameMatchCache } from '../../../../src/features/streams/name-matches.ts';
import { FORMAT_VERSION } from '../../../../src/lib/stream-set/format.ts';
import type { StreamRow } from '../../../../src/lib/stream/fields.ts';
import type { TitleId } from '../../../../src/lib/stremio/media-id.ts';
import type { Stream } from '../../../../src/lib/stremio/types.ts';
import type { CacheSpec } from '../../../../src/platform/cache/cache.ts';
import { createTieredCache } from '../../../../src/platform/cache/tiered-cache.ts';
import type { TaskPool } from '../../../../src/platform/pool/task-pool.ts';
import { decodeCache } from '../../../../workers/tasks/decode-cache.ts';
import {
  eventually,
  localParts,
  pause,
  silentLogger,
  type CacheParts,
} from '../../../support/cache-parts.ts';
import { ANONYMOUS, NO_ACCOUNTS } from '../../../../native-bench/fixtures/contexts.ts';
import { plainRequest } from '../../../../native-bench/fixtures/plain-request.ts';

const { season: _season, episode: _episode, ...TITLE } = FIXTURE_MEDIA;
const MOVIE: ResolvedMedia = { ...TITLE, idSeason: -1, idEpisodeOffset: 0, idSeasons: [] };

/** A library in memory that counts what is asked of it. */
class CountingSource implements StreamSource {
  media: ResolvedMedia = MOVIE;
  rows: readonly StreamRow[] = fixtureRows(200);
  failing = false;
  readonly resolved: string[] = [];
  readonly loaded: string[] = [];

  resolveMedia(ref: TitleId): Promise<ResolvedMedia | null> {
    this.resolved.push(`${ref.type} ${ref.id}`);
    if (this.failing)
      return Promise.reject(new AppError('database.unavailable', 'the database does not answer'));
    const ids = ['tt9000200', 'tmdb:900200', 'kitsu:900200', 'sl:lantern-harbour'];
    const known = ids.includes(ref.id);
    return Promise.resolve(known ? this.media : null);
  }

  loadStreams(mediaId: number, season: number, episode: number): Promise<readonly StreamRow[]> {
    this.loaded.push(`${mediaId}:${season}:${episode}`);
    return Promise.resolve(this.rows);
  }
}

/** The task itself on this thread: what the pool does apart from the thread has its own tests. */
const inlinePool = (tasks: string[]): TaskPool => ({
  run(task, input) {
    tasks.push(task);
    assert.ok('blob' in input && input.blob !== null);
    return Promise.resolve(decodeCache({ blob: input.blob })) as never;
  },
  [Symbol.asyncDispose]: () => Promise.resolve(),
});

interface StartOptions {
  /** Titles that may be looked for at a time. */
  readonly titlesMax?: number;
  readonly freshMs?: number;
  readonly reuse?: boolean;
  readonly parts?: CacheParts;
  readonly source?: CountingSource;
}

/** The stream route over real caches without a server; closed when the test ends. */
function start(context: TestContext, options: StartOptions = {}) {
  const source = options.source ?? new CountingSource();
  const parts = options.parts ?? localParts(false);
  const tasks: string[] = [];
  const open = <T>(spec: CacheSpec<T>) =>
    createTieredCache<T>(
      {
        ...parts,
        ...spec,
        freshMs: options.freshMs ?? 60_000,
        staleMs: 60_000,
        negativeMs: { first: 1000, max: 1000, growth: 1 },
      },
      silentLogger,
    );
  const mediaCache = open(RESOLVED_MEDIA_CACHE);
  const setCache = open(streamSetCache(inlinePool(tasks)));
  context.after(async () => {
    await mediaCache[Symbol.asyncDispose]();
    await setCache[Symbol.asyncDispose]();
    await parts[Symbol.asyncDispose]();
  });
  const service = new StreamService({
    source,
    mediaCache,
    setCache,
    liveSearch: null,
    titles: null,
    privateStreams: null,
    cachedMarks: null,
    nameMatches: new NameMatchCache(inlinePool(tasks)),
    presenter: { addonName: 'Sluice', rowBytesMax: 1_000_000 },
    sharedBytesMax: 1_000_000,
    titlesMax: options.titlesMax ?? 1000,
    brownout: { isSparing: false },
  });
  const [route] = streamRoutes(service, ANONYMOUS, {
    watchlists: NO_WATCHLISTS,
    replyBytesMax: 1_000_000,
    reuse: options.reuse ?? true,
    timeoutMs: 1000,
    bodyVersion: 'test',
    accounts: NO_ACCOUNTS,
  });
  assert.ok(route);
  return { source, mediaCache, setCache, tasks, handle: route.handler };
}

function request(type: string, id: string, baseUrl = 'http://127.0.0.1:8000'): Request {
  return plainRequest(`/stream/${type}/${id}`, { parameters: [type, id], baseUrl });
}

function streamsOf(reply: Reply): readonly Stream[] {
  const body = reply.representation?.identity.bytes.toString() ?? '';
  const parsed: { readonly streams: readonly Stream[] } = JSON.parse(body);
  return parsed.streams;
}

test('cold: one resolve and one stream query; then the same Reply, synchronously, for nothing', async (context) => {
  const { source, handle } = start(context);
  const cold = request('movie', 'tt9000200.json');
  const first = handle(cold);
  assert.ok(first instanceof Promise);
  const reply = await first;
  const streams = streamsOf(reply);
  assert.equal(
    streams.filter(({ infoHash }) => infoHash !== undefined).length,
    25,
    'the cap counts for each kind',
  );
  assert.equal(streams.length, 36);
  assert.equal(reply.status, 200);
  assert.equal(reply.representation?.cacheControl, 'public, max-age=60');
  assert.equal(cold.tiers, TIER_DATABASE);
  const warm = request('movie', 'tt9000200.json');
  assert.equal(handle(warm), reply);
  assert.equal(warm.tiers, TIER_L1 | TIER_REUSE);
  assert.deepEqual([source.resolved, source.loaded], [['movie tt9000200'], ['4711:0:0']]);
});

test('the base URL is part of what is reused', async (context) => {
  const { handle, source } = start(context);
  const first = await handle(request('movie', 'tt9000200.json'));
  const other = handle(request('movie', 'tt9000200.json', 'https://sluice.example'));
  assert.notEqual(other, first);
  assert.ok(!(other instanceof Promise));
  assert.equal(source.loaded.length, 1);
});

test('all spellings of one id are one query; every kind of id leads to the one set', async (context) => {
  const { handle, source } = start(context);
  const first = await handle(request('movie', 'tt9000200.json'));
  assert.equal(await handle(request('movie', '%74t9000200.json')), first);
  await handle(request('movie', 'tmdb:900200.json'));
  await handle(request('movie', 'tmdb%3A900200.json'));
  await handle(request('movie', 'sl:lantern-harbour.json'));
  assert.deepEqual(source.resolved, [
    'movie tt9000200',
    'movie tmdb:900200',
    'movie sl:lantern-harbour',
  ]);
  assert.equal(source.loaded.length, 1);
});

test('series: season and episode from the right, one resolve for all episodes', async (context) => {
  const { handle, source } = start(context);
  source.media = { ...MOVIE, type: 'series' };
  await handle(request('series', 'tmdb%3A900200%3A1%3A2.json'));
  await handle(request('series', 'tmdb:900200:1:3.json'));
  assert.deepEqual(source.resolved, ['series tmdb:900200']);
  assert.deepEqual(source.loaded, ['4711:1:2', '4711:1:3']);
});

test('anime: the title knows which season an id is and with which episode it begins', async (context) => {
  const { handle, source, mediaCache } = start(context);
  source.media = { ...MOVIE, type: 'series', idSeason: 3, idEpisodeOffset: 12 };
  await handle(request('series', 'kitsu%3A900200%3A5.json'));
  await handle(request('series', 'kitsu:900200:1:5.json'));
  await handle(request('series', 'kitsu:900200.json'));
  assert.deepEqual(source.resolved, ['series kitsu:900200']);
  assert.deepEqual(source.loaded, ['4711:3:17', '4711:3:13']);
  source.media = { ...source.media, idSeason: -1, idEpisodeOffset: 0 };
  await mediaCache.invalidate('series:kitsu:900200');
  await handle(request('series', 'kitsu:900200:5.json'));
  assert.equal(
    source.loaded.at(-1),
    '4711:1:5',
    'an id of which nothing is known is a first season',
  );
});

test('anime that is counted over all seasons goes on in the next one', async (context) => {
  const { handle, source } = start(context);
  const idSeasons = [
    [2, 1, 13],
    [3, 14, 25],
    [5, 1, 3],
  ] as const;
  source.media = { ...MOVIE, type: 'series', idSeason: 2, idEpisodeOffset: 0, idSeasons };
  for (const episode of [13, 14, 25, 26, 28, 99])
    await handle(request('series', `kitsu:900200:${episode}.json`));
  assert.deepEqual(source.loaded, [
    '4711:2:13',
    '4711:3:14',
    '4711:3:25',
    '4711:5:1',
    '4711:5:3',
    '4711:2:99',
  ]);
});

test('an unknown id is an empty list, briefly, and is remembered', async (context) => {
  const { handle, source } = start(context);
  const reply = await handle(request('movie', 'tt0000001.json'));
  assert.deepEqual([reply.status, streamsOf(reply)], [200, []]);
  assert.equal(reply.representation?.cacheControl, 'public, max-age=10');
  assert.equal(handle(request('movie', 'tt0000001.json')), reply);
  assert.equal(source.resolved.length, 1);
});

test('a title without streams is a row that says so and is remembered; broken rows do not count', async (context) => {
  const { handle, source } = start(context);
  source.rows = fixtureRows(3).map((row) => ({ ...row, infohash: null, locator: '' }));
  const reply = await handle(request('movie', 'tt9000200.json'));
  const [notice, ...others] = streamsOf(reply);
  assert.deepEqual([notice?.externalUrl, others], ['http://127.0.0.1:8000/configure', []]);
  assert.equal(reply.representation?.cacheControl, 'public, max-age=10');
  assert.equal(handle(request('movie', 'tt9000200.json')), reply);
  assert.equal(source.loaded.length, 1);
  const elsewhere = await handle(request('movie', 'tt9000200.json', 'https://public.example'));
  assert.equal(streamsOf(elsewhere)[0]?.externalUrl, 'https://public.example/configure');
});

test('streams that Stremio cannot play alone give an empty list, briefly', async (context) => {
  const { handle, source } = start(context);
  source.rows = fixtureRows(3).map((row) => ({
    ...row,
    kind: 3,
    locator: 'https://news.example/x.nzb',
  }));
  const reply = await handle(request('movie', 'tt9000200.json'));
  assert.deepEqual(
    [streamsOf(reply), reply.representation?.cacheControl],
    [[], 'public, max-age=10'],
  );
});

test('a restricted title is an empty list, and its streams are not even looked up', async (context) => {
  const { handle, source } = start(context);
  for (const restrictions of [1, 2]) {
    source.media = { ...MOVIE, restrictions };
    const id = restrictions === 1 ? 'tt9000200.json' : 'tmdb:900200.json';
    assert.deepEqual(streamsOf(await handle(request('movie', id))), []);
    assert.deepEqual(streamsOf(await handle(request('movie', id))), []);
  }
  assert.equal(source.loaded.length, 0);
});

test('malformed types, ids and paths are refused with the name of the field', (context) => {
  const { handle, source } = start(context);
  const refused = (type: string, id: string, code: string) =>
    assert.throws(
      () => handle(request(type, id)),
      (error) => error instanceof AppError && error.code === code,
    );
  refused('tv', 'tt1.json', 'request.bad-type');
  refused('movie', 'nonsense.json', 'request.bad-id');
  refused('series', 'tt9000200.json', 'request.bad-id');
  refused('movie', 'tt9000200', 'request.not-found');
  refused('movie', '%zz.json', 'request.bad-path');
  assert.equal(source.resolved.length, 0);
});

test('an invalidated set is asked for again and answered anew; so is an invalidated id', async (context) => {
  const { handle, source, setCache, mediaCache } = start(context);
  const first = await handle(request('movie', 'tt9000200.json'));
  source.rows = fixtureRows(1);
  assert.equal(handle(request('movie', 'tt9000200.json')), first);
  await setCache.invalidate('4711:0:0');
  assert.equal(streamsOf(await handle(request('movie', 'tt9000200.json'))).length, 1);
  source.media = { ...MOVIE, restrictions: 1 };
  await mediaCache.invalidate('movie:tt9000200');
  assert.deepEqual(streamsOf(await handle(request('movie', 'tt9000200.json'))), []);
});

test('an id that leads elsewhere by now: the streams of the new title, with its name; or none', async (context) => {
  const { handle, source, setCache, mediaCache } = start(context);
  const descriptions = async () =>
    streamsOf(await handle(request('movie', 'tt9000200.json'))).map(
      ({ description }) => description,
    );
  const forget = () =>
    Promise.all([mediaCache.invalidate('movie:tt9000200'), setCache.invalidate('4711:0:0')]);
  source.rows = fixtureRows(1);
  await descriptions();
  await forget();
  source.media = { ...MOVIE, mediaId: 4712, title: 'Elsewhere' };
  assert.equal((await descriptions()).length, 1);
  assert.deepEqual(source.loaded, ['4711:0:0', '4712:0:0']);
  const known = await setCache.get(
    '4711:0:0',
    () => Promise.resolve(null),
    new AbortController().signal,
  );
  assert.equal(known.value, null, 'nothing was kept for the former title');
  await mediaCache.invalidate('movie:tt9000200');
  source.media = { ...MOVIE, restrictions: 1 };
  assert.deepEqual(await descriptions(), []);
});

test('a title that was renamed is packed with its new name', async (context) => {
  const { handle, source, setCache, mediaCache } = start(context);
  await handle(request('movie', 'tt9000200.json'));
  await Promise.all([mediaCache.invalidate('movie:tt9000200'), setCache.invalidate('4711:0:0')]);
  source.media = { ...MOVIE, title: 'Renamed' };
  await handle(request('movie', 'tt9000200.json'));
  assert.equal(setCache.peek('4711:0:0')?.value?.media.title, 'Renamed');
});

test('when all loads are taken a further title is refused at the door; clients of those under way are not', async (context) => {
  const { handle, source } = start(context, { titlesMax: 1 });
  let load: (rows: readonly StreamRow[]) => void = () => undefined;
  source.loadStreams = () =>
    new Promise((resolve) => {
      load = resolve;
    });
  const first = handle(request('movie', 'tt9000200.json'));
  await eventually('the set is being loaded', () =>
    Promise.resolve(load.length === 1 && source.resolved.length === 1),
  );
  await pause(5);
  assert.throws(() => handle(request('movie', 'tmdb:900200.json')), { code: 'server.overloaded' });
  assert.equal(source.resolved.length, 1, 'its title was not even asked for');
  const second = handle(request('movie', 'tt9000200.json'));
  load(fixtureRows(1));
  assert.deepEqual([streamsOf(await first).length, streamsOf(await second).length], [1, 1]);
  assert.equal(
    streamsOf(await handle(request('movie', 'tmdb:900200.json'))).length,
    1,
    'there is room again',
  );
});

test('a stale set is served at once and refreshed behind', async (context) => {
  const { handle, source } = start(context, { freshMs: 30 });
  const first = await handle(request('movie', 'tt9000200.json'));
  source.rows = fixtureRows(2);
  await pause(40);
  assert.equal(handle(request('movie', 'tt9000200.json')), first);
  await eventually(
    'the refreshed list',
    async () => streamsOf(await handle(request('movie', 'tt9000200.json'))).length === 2,
  );
});

test('when the library fails the request fails with its code, and nothing is remembered', async (context) => {
  const { handle, source } = start(context);
  source.failing = true;
  await assert.rejects(async () => handle(request('movie', 'tt9000200.json')), {
    code: 'database.unavailable',
  });
  source.failing = false;
  assert.equal(streamsOf(await handle(request('movie', 'tt9000200.json'))).length, 36);
});

test('without reuse every request is ranked and presented, from L1', async (context) => {
  const { handle, source } = start(context, { reuse: false });
  const first = await handle(request('movie', 'tt9000200.json'));
  const warm = request('movie', 'tt9000200.json');
  const second = handle(warm);
  assert.ok(!(second instanceof Promise));
  assert.notEqual(second, first);
  assert.deepEqual(second.representation?.identity, first.representation?.identity);
  assert.equal(warm.tiers, TIER_L1);
  assert.equal(source.loaded.length, 1);
});

test('another process finds both values in L2; only a large set goes through the pool', async (context) => {
  for (const [rows, tasks] of [
    [200, []],
    [2000, ['cache.decode']],
  ] as const) {
    const parts = localParts(true);
    const source = new CountingSource();
    source.rows = fixtureRows(rows);
    const one = start(context, { parts, source });
    const first = await one.handle(request('movie', 'tt9000200.json'));
    await eventually(
      'the set in L2',
      async () =>
        (await parts.l2?.get(
          `stream-set:${FORMAT_VERSION}:4711:0:0`,
          new AbortController().signal,
        )) !== null,
    );
    await eventually(
      'the title in L2',
      async () =>
        (await parts.l2?.get(`stream-media:3:movie:tt9000200`, new AbortController().signal)) !==
        null,
    );
    const other = start(context, { parts: { ...parts, l1: localParts(false).l1 }, source });
    const warm = request('movie', 'tt9000200.json');
    assert.deepEqual(streamsOf(await other.handle(warm)), streamsOf(first));
    assert.equal(warm.tiers, TIER_L2);
    assert.deepEqual([other.tasks, source.loaded.length, source.resolved.length], [tasks, 1, 1]);
  }
});

test('bytes in L2 that are no title are a miss', () => {
  const { codec } = RESOLVED_MEDIA_CACHE;
  const signal = new AbortController().signal;
  assert.deepEqual(codec.decode(Buffer.from([0x93, 1, 2, 3]), signal), null);
  assert.deepEqual(codec.decode(Buffer.from('nonsense'), signal), null);
  assert.deepEqual(codec.decode(new Uint8Array(0), signal), null);
});
