/** Ids and segments of an address, as every request of the add-on surface reads them once. */
import { Bench } from 'tinybench';
import { parseCatalogExtra } from '../src/lib/stremio/catalog-extra.ts';
import { documentName, parseMediaId } from '../src/lib/stremio/media-id.ts';
import type { MediaType } from '../src/lib/stremio/types.ts';
import { fresh } from './fixtures/plain-request.ts';
import type { BenchSuite } from './suite.ts';

const TEXTS = 64;
const MOVIE = 'movie, IMDb';

export function openMediaIdBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'ids and segments', time: 300, warmupTime: 50 });
  const addId = (task: string, type: MediaType, write: (index: number) => string) => {
    const texts = Array.from({ length: TEXTS }, (_, index) => fresh(write(index)));
    let turn = 0;
    bench.add(task, () => {
      parseMediaId(type, documentName(texts[turn++ % TEXTS] ?? '', '.json'));
    });
  };
  addId(MOVIE, 'movie', (index) => `tt12542${10 + index}.json`);
  addId('episode, IMDb', 'series', (index) => `tt0903747:1:${index}.json`);
  addId('movie, TMDB, percent-encoded', 'movie', (index) => `tmdb%3A${600 + index}.json`);
  addId('episode, TMDB, percent-encoded', 'series', (index) => `tmdb%3A603%3A1%3A${index}.json`);
  addId('episode, Kitsu', 'series', (index) => `kitsu:${7442 + index}:${index}.json`);
  addId('movie, our own id', 'movie', (index) => `sl:big-buck-bunny-${1900 + index}.json`);
  const extras = Array.from({ length: TEXTS }, (_, index) =>
    fresh(`genre=Sci-Fi&skip=${index * 100}`),
  );
  let turn = 0;
  bench.add('extra segment', () => {
    parseCatalogExtra(extras[turn++ % TEXTS] ?? '');
  });
  return Promise.resolve({
    bench,
    bars: [{ task: MOVIE, metric: 'p50Us', max: 2 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
