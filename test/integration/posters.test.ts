/**
 * Protects `/poster` from route to thread: real pool, real tiered cache, real outbound client and artwork
 * server; only the library is a list. Each test counts what ran.
 */
import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, test, type TestContext } from 'node:test';
import { setMaxListeners } from 'node:events';
import type { PosterSubject } from '../../src/features/posters/contract.ts';
import { posterRoutes } from '../../src/features/posters/routes.ts';
import { PosterService } from '../../src/features/posters/service.ts';
import { POSTER_CACHE } from '../../src/features/posters/store.ts';
import {
  TIER_DATABASE,
  TIER_L1,
  TIER_POOL,
  TIER_REUSE,
  type Reply,
  type Request,
} from '../../src/http/route.ts';
import { AppError, type ErrorCode } from '../../src/lib/errors.ts';
import { createLocalInvalidation } from '../../src/platform/cache/invalidation.ts';
import { L1 } from '../../src/platform/cache/l1.ts';
import { createLocalLeases } from '../../src/platform/cache/lease.ts';
import { createTieredCache } from '../../src/platform/cache/tiered-cache.ts';
import { createFetcher } from '../../src/platform/fetch/fetcher.ts';
import type { Logger } from '../../src/platform/log/logger.ts';
import { createTaskPool } from '../../src/platform/pool/piscina-pool.ts';
import type { TaskPool } from '../../src/platform/pool/task-pool.ts';
import { pngFile } from '../support/fixtures/pictures.ts';
import { plainRequest } from '../../native-bench/fixtures/plain-request.ts';
import { NO_TITLES } from '../../src/features/metadata/contract.ts';

const silent: Logger = { debug() {}, info() {}, warn() {}, error() {}, child: () => silent };
const TASK_TIMEOUT_MS = 120_000;
const threads = createTaskPool({
  threads: 1,
  queueMax: 100,
  taskTimeoutMs: TASK_TIMEOUT_MS,
  closeTimeoutMs: 5000,
  logger: silent,
});
/** What is drawn is looked at, not how fast: that depends on the machine. */
const pool: TaskPool = {
  run: (task, input, options) =>
    threads.run(task, input, { ...options, timeoutMs: TASK_TIMEOUT_MS }),
  [Symbol.asyncDispose]: () => threads[Symbol.asyncDispose](),
};
after(() => pool[Symbol.asyncDispose]());
const signal = AbortSignal.timeout(600_000);
setMaxListeners(0, signal);

interface Setup {
  readonly subjects?: Readonly<Record<string, Partial<PosterSubject>>>;
  readonly pool?: TaskPool;
  readonly showRating?: boolean;
}

function open(t: TestContext, setup: Setup = {}) {
  const counts = { source: 0, renders: 0 };
  const counting: TaskPool = {
    run(task, input, options) {
      counts.renders++;
      return (setup.pool ?? pool).run(task, input, options);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const leases = createLocalLeases(1000);
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
  const cache = createTieredCache(
    {
      ...POSTER_CACHE,
      l1: new L1({ bytesMax: 10_000_000 }),
      l2: null,
      leases,
      invalidation: createLocalInvalidation(),
      freshMs: 60_000,
      staleMs: 60_000,
      negativeMs: { first: 1000, max: 5000, growth: 2 },
    },
    silent,
  );
  t.after(async () => {
    await cache[Symbol.asyncDispose]();
    await leases[Symbol.asyncDispose]();
    await fetcher[Symbol.asyncDispose]();
  });
  const service = new PosterService({
    onDemand: NO_TITLES,
    source: {
      async posterSource({ type, id }) {
        counts.source++;
        const subject = setup.subjects?.[`${type}:${id}`];
        const usual = { title: 'Caminandes', year: 2013, rating: 7.1, posterUrl: '' };
        return subject === undefined ? null : { ...usual, ...subject };
      },
    },
    cache,
    fetcher,
    pool: counting,
    logger: silent,
    showRating: setup.showRating ?? true,
  });
  const [route] = posterRoutes(service, { replyBytesMax: 1_000_000, timeoutMs: 10_000 });
  const request = (type: string, id: string, query = '') =>
    plainRequest(`/poster/${type}/${id}`, {
      query,
      parameters: [type, id],
      baseUrl: 'http://x',
      signal,
    });
  const handle = (made: Request): Reply | Promise<Reply> => {
    assert.ok(route !== undefined);
    return route.handler(made);
  };
  const get = async (type: string, id: string, query?: string) => handle(request(type, id, query));
  return { counts, cache, request, handle, get };
}

async function artworkServer(t: TestContext, listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(
    () =>
      new Promise((resolve) => {
        server.closeAllConnections();
        server.close(resolve);
      }),
  );
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const fails = (promise: Promise<unknown>, code: ErrorCode, field?: string) =>
  assert.rejects(
    promise,
    (error) => error instanceof AppError && error.code === code && error.field === field,
  );
const picture = pngFile({ width: 300, height: 450, depth: 8 }, Buffer.alloc(450 * 1201));

test('a placeholder, its headers, and the same Reply synchronously when warm', async (t) => {
  const { request, handle, get, counts } = open(t, { subjects: { 'movie:sl:caminandes': {} } });
  const first = request('movie', 'sl:caminandes.jpg');
  const reply = await handle(first);
  assert.equal(first.tiers, TIER_DATABASE | TIER_POOL);
  assert.equal(reply.status, 200);
  assert.equal(reply.representation?.contentType, 'image/jpeg');
  assert.equal(reply.representation?.compressible, false);
  assert.match(reply.representation?.cacheControl ?? '', /^public, max-age=86400/);
  assert.match(reply.representation?.identity.etag ?? '', /^"[\w-]{27}"$/);
  const again = request('movie', 'sl:caminandes.jpg');
  assert.equal(handle(again), reply, 'not a promise, not a copy');
  assert.equal(again.tiers, TIER_L1 | TIER_REUSE);
  assert.equal(
    await get('movie', 'sl%3Acaminandes.jpg'),
    reply,
    'percent-encoded, as some clients send it',
  );
  assert.deepEqual(counts, { source: 1, renders: 1 });
});

test('a hundred requests at once for one poster render once', async (t) => {
  const { get, counts } = open(t, { subjects: { 'series:tt0063350': {} } });
  const replies = await Promise.all(
    Array.from({ length: 100 }, () => get('series', 'tt0063350.jpg')),
  );
  assert.deepEqual(counts, { source: 1, renders: 1 });
  assert.equal(new Set(replies).size, 1);
});

test('WebP and AVIF on request only, each with its own entity tag', async (t) => {
  const { get } = open(t, { subjects: { 'movie:tmdb:603': {} } });
  const types = new Map<string, string>();
  for (const query of ['', 'format=webp', 'v=2&format=avif', 'format=jpeg', 'v=7']) {
    const { representation } = await get('movie', 'tmdb:603.jpg', query);
    types.set(query, representation?.contentType ?? '');
  }
  assert.deepEqual(
    [...types.values()],
    ['image/jpeg', 'image/webp', 'image/avif', 'image/jpeg', 'image/jpeg'],
  );
  await fails(get('movie', 'tmdb:603.jpg', 'format=png'), 'request.bad-query', 'format');
});

test('malformed requests name the field, unknown ids are kept as unknown', async (t) => {
  const { get, counts } = open(t);
  await fails(get('tv', 'tt1.jpg'), 'request.bad-type', 'type');
  await fails(get('movie', 'mf123.jpg'), 'request.bad-id', 'id');
  await fails(get('movie', '%E0%A4.jpg'), 'request.bad-path', 'path');
  await fails(get('movie', 'tt0063350.png'), 'request.not-found');
  assert.equal(counts.source, 0);
  for (let round = 0; round < 3; round++)
    await fails(get('movie', 'tt0063350.jpg'), 'media.not-found', 'id');
  assert.deepEqual(counts, { source: 1, renders: 0 });
});

test('artwork is fetched once and shown', async (t) => {
  let requests = 0;
  const posterUrl = await artworkServer(t, (_request, response) => {
    requests++;
    response.end(picture);
  });
  const { get } = open(t, {
    subjects: { 'movie:tt0000001': { posterUrl }, 'movie:tt0000002': {} },
  });
  const [withArt] = await Promise.all(
    Array.from({ length: 20 }, () => get('movie', 'tt0000001.jpg')),
  );
  const without = await get('movie', 'tt0000002.jpg');
  assert.equal(requests, 1);
  assert.match(withArt?.representation?.cacheControl ?? '', /max-age=86400/);
  assert.notEqual(withArt?.representation?.identity.etag, without.representation?.identity.etag);
});

test('artwork that is missing, broken, private, endless or slow gives the placeholder, kept briefly', async (t) => {
  const base = await artworkServer(t, (request, response) => {
    if (request.url === '/missing') response.writeHead(404).end(picture);
    else if (request.url === '/broken') response.end(picture.subarray(0, 200));
    else if (request.url === '/endless')
      response.writeHead(200, { 'content-length': '999999999' }).write(picture);
    else response.destroy();
  });
  const broken = ['missing', 'broken', 'endless', 'cut'].map((path) => base + path);
  const urls = [...broken, 'http://10.0.0.1/', 'http://[::1]/', 'file:///etc/hostname', 'nonsense'];
  const subjects = Object.fromEntries(
    urls.map((posterUrl, index) => [`movie:tt000001${index}`, { posterUrl }]),
  );
  const { get, cache } = open(t, { subjects: { ...subjects, 'movie:tt0000001': {} } });
  const placeholder = await get('movie', 'tt0000001.jpg');
  for (const index of urls.keys()) {
    const reply = await get('movie', `tt000001${index}.jpg`);
    assert.equal(reply.status, 200);
    assert.equal(
      reply.representation?.identity.etag,
      placeholder.representation?.identity.etag,
      urls[index],
    );
    assert.equal(reply.representation?.cacheControl, 'public, max-age=60');
  }
  assert.equal(cache.stats().loadFailures, 0);
});

test('artwork that takes its thread along is left out, the poster comes all the same', async (t) => {
  const posterUrl = await artworkServer(t, (_request, response) => response.end(picture));
  const dying: TaskPool = {
    run(task, input, options) {
      const deadly = 'artwork' in input && input.artwork !== null;
      return deadly
        ? Promise.reject(new AppError('pool.task-failed', 'died'))
        : pool.run(task, input, options);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { get, counts } = open(t, { subjects: { 'movie:tt0000001': { posterUrl } }, pool: dying });
  const reply = await get('movie', 'tt0000001.jpg');
  assert.equal(reply.representation?.cacheControl, 'public, max-age=60');
  assert.equal(counts.renders, 2);
});

test('a full pool is an error for this request only, nothing of it is kept', async (t) => {
  let full = true;
  const flaky: TaskPool = {
    run(task, input, options) {
      return full
        ? Promise.reject(new AppError('pool.queue-full', 'full'))
        : pool.run(task, input, options);
    },
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
  const { get } = open(t, { subjects: { 'movie:tt0000001': {} }, pool: flaky });
  await fails(get('movie', 'tt0000001.jpg'), 'pool.queue-full');
  full = false;
  assert.equal((await get('movie', 'tt0000001.jpg')).status, 200);
});

test('ratings show only where the operator wants them', async (t) => {
  const subjects = { 'movie:tt0000001': { rating: 8 }, 'movie:tt0000002': { rating: 0 } };
  const rated = open(t, { subjects });
  const plain = open(t, { subjects, showRating: false });
  const etag = async ({ get }: typeof rated, id: string) =>
    (await get('movie', id)).representation?.identity.etag;
  assert.notEqual(await etag(rated, 'tt0000001.jpg'), await etag(plain, 'tt0000001.jpg'));
  assert.equal(
    await etag(rated, 'tt0000002.jpg'),
    await etag(plain, 'tt0000002.jpg'),
    '0 means unknown',
  );
});
