/**
 * Answers of indexers read as they arrive and compared with a title, beside saxes alone on the same document. The bars:
 * 10,000 items a second on one core with everything, and 50 MB above idle for an answer of 20 MB.
 */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { SaxesParser } from 'saxes';
import { Bench } from 'tinybench';
import { compileTitle } from '../src/lib/title-match/compiled-title.ts';
import { matchRelease } from '../src/lib/title-match/match.ts';
import type { FeedItem } from '../src/lib/torznab/feed-item.ts';
import { FeedReader } from '../src/lib/torznab/feed-reader.ts';
import { FEED_EPISODE, FEED_TITLE, feedPages } from './fixtures/feed-pages.ts';
import type { BenchSuite } from './suite.ts';

const BATCH = 1000;
const ITEMS_PER_SECOND_MIN = 10_000;
const MB = 2 ** 20;
const RESPONSE_BYTES = 20 * MB;
const GROWTH_BYTES_MAX = 50 * MB;
/** Every item is scanned twice, and its hash, sizes, dates and magnet link are read. */
const RATIO_MAX = 4;

const MATCHED = `${BATCH} items read and compared`;
const READ = `${BATCH} items read`;
const SAXES = '  saxes alone';

export async function openTorznabFeedBench(): Promise<BenchSuite> {
  const pages = [...feedPages(BATCH)];
  const document = Buffer.concat(pages).toString();
  const title = compileTitle(FEED_TITLE);
  const bench = new Bench({ name: 'Torznab answers', time: 1500, warmupTime: 300 })
    .add(MATCHED, () => {
      read(pages, ({ title: name, sizeBytes, imdbId, tmdbId }) => {
        const claim = { name, sizeBytes, imdbId, tmdbId, isVouchedFor: false };
        matchRelease(title, claim, FEED_EPISODE);
      });
    })
    .add(READ, () => {
      read(pages, () => undefined);
    })
    .add(SAXES, () => {
      new SaxesParser().write(document).close();
    });
  const { kept, growthBytes } = await memoryOfReading(RESPONSE_BYTES);
  return {
    bench,
    sizesBytes: { [MATCHED]: growthBytes },
    bars: [
      { task: MATCHED, metric: 'p50Us', max: (BATCH / ITEMS_PER_SECOND_MIN) * 1e6 },
      { task: READ, metric: 'p50Us', against: SAXES, ratioMax: RATIO_MAX },
      { task: MATCHED, metric: 'bytes', max: GROWTH_BYTES_MAX },
    ],
    notes: [
      `bytes: growth of a process that reads 20 MB and keeps the ${kept.toLocaleString('en-US')} items of the title`,
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

function read(pages: readonly Buffer[], onItem: (item: FeedItem) => void): void {
  const reader = new FeedReader({ baseUrl: 'https://indexer.test/api', onItem });
  for (const page of pages) reader.write(page);
  reader.end();
}

async function memoryOfReading(bytes: number): Promise<{ kept: number; growthBytes: number }> {
  const program = fileURLToPath(new URL('./fixtures/read-feed-main.js', import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, String(bytes)]);
  return JSON.parse(stdout) as { kept: number; growthBytes: number };
}
