/**
 * What posters cost: a warm one from the copied request to its Reply, and rendering by kind and format
 * (docs/posters.md).
 */
import { Bench } from 'tinybench';
import { posterRoutes } from '../src/features/posters/routes.ts';
import { PosterService } from '../src/features/posters/service.ts';
import { POSTER_CACHE } from '../src/features/posters/store.ts';
import type { Request } from '../src/http/route.ts';
import { createTieredCache } from '../src/platform/cache/tiered-cache.ts';
import { createFetcher } from '../src/platform/fetch/fetcher.ts';
import { createTaskPool } from '../src/platform/pool/piscina-pool.ts';
import { localParts, silentLogger } from '../test/support/cache-parts.ts';
import { pngFile } from '../test/support/fixtures/pictures.ts';
import type { PosterFormat } from '../workers/contract.ts';
import { renderPoster } from '../workers/tasks/render-poster.ts';
import type { BenchSuite } from './suite.ts';
import { plainRequest } from './fixtures/plain-request.ts';
import { NO_TITLES } from '../src/features/metadata/contract.ts';

const LIMITS = { threads: 1, queueMax: 100, taskTimeoutMs: 20_000, closeTimeoutMs: 2000 };
const REQUESTS = 64;

export async function openWarmPosterBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'poster, warm', time: 500, warmupTime: 100 });
  const parts = localParts(false);
  const pool = createTaskPool({ ...LIMITS, logger: silentLogger });
  const fetcher = createFetcher({ allowPrivate: [] });
  const cache = createTieredCache(
    {
      ...parts,
      ...POSTER_CACHE,
      freshMs: 3_600_000,
      staleMs: 0,
      negativeMs: { first: 1000, max: 1000, growth: 1 },
    },
    silentLogger,
  );
  const subject = { title: 'Night of the Living Dead', year: 1968, rating: 7.8, posterUrl: '' };
  const source = { posterSource: () => Promise.resolve(subject) };
  const service = new PosterService({
    source,
    onDemand: NO_TITLES,
    cache,
    fetcher,
    pool,
    logger: silentLogger,
    showRating: true,
  });
  const [route] = posterRoutes(service, { replyBytesMax: 16_000_000, timeoutMs: 10_000 });
  if (route === undefined) throw new Error('there is no poster route');
  const requests = Array.from({ length: REQUESTS }, () => posterRequest('tt0063350.jpg'));
  await route.handler(posterRequest('tt0063350.jpg'));
  let turn = 0;
  bench.add('request to the same Reply', () => {
    const request = requests[turn++ % REQUESTS];
    if (request !== undefined) void route.handler(request);
  });
  return {
    bench,
    bars: [{ task: 'request to the same Reply', metric: 'p50Us', max: 3 }],
    async [Symbol.asyncDispose]() {
      for (const resource of [cache, fetcher, pool, parts]) await resource[Symbol.asyncDispose]();
    },
  };
}

/** Strings are new ones, as they come from a socket: a string that was a key before has its hash already. */
function posterRequest(name: string): Request {
  const [type, id] = [Buffer.from('movie').toString(), Buffer.from(name).toString()];
  return plainRequest(`/poster/${type}/${id}`, { parameters: [type, id] });
}

export async function openPosterRenderBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'poster, rendering', time: 600, warmupTime: 100 });
  const sizesBytes: Record<string, number> = {};
  const kinds: Readonly<Record<string, Uint8Array | null>> = {
    placeholder: null,
    'artwork 1000 × 1500': pngFile({ width: 1000, height: 1500, depth: 8 }, gradient(1000, 1500)),
    'artwork 1280 × 720': pngFile({ width: 1280, height: 720, depth: 8 }, gradient(1280, 720)),
  };
  for (const [kind, artwork] of Object.entries(kinds)) {
    for (const format of ['jpeg', 'webp', 'avif'] satisfies PosterFormat[]) {
      const text = { title: 'Night of the Living Dead', year: 1968, rating: 7.8 };
      const render = () => renderPoster({ ...text, artwork, format });
      bench.add(`${kind}, ${format}`, async () => {
        await render();
      });
      sizesBytes[`${kind}, ${format}`] = (await render()).bytes.byteLength;
    }
  }
  const longTitle = '新世紀エヴァンゲリオン劇場版 Air/まごころを、君に';
  bench.add('placeholder, Japanese, jpeg', async () => {
    await renderPoster({
      title: longTitle,
      year: 1997,
      rating: 8.1,
      artwork: null,
      format: 'jpeg',
    });
  });
  return { bench, sizesBytes, [Symbol.asyncDispose]: () => Promise.resolve() };
}

/** RGBA rows with filter bytes: smooth, like the sky of a film poster, with grain. */
function gradient(width: number, height: number): Buffer {
  const rows = Buffer.alloc(height * (width * 4 + 1));
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (width * 4 + 1) + 1 + x * 4;
      const grain = (Math.imul(x * 31 + y * 17, 0x9e3779b1) >>> 28) & 7;
      rows[at] = (x * 200) / width + grain;
      rows[at + 1] = (y * 200) / height + grain;
      rows[at + 2] = 90 + grain;
      rows[at + 3] = 255;
    }
  }
  return rows;
}
