/**
 * A realistic day of a public instance. Proportions: what a client asks for when its user opens the app,
 * looks through catalogues, opens titles and asks for streams, by the routes of Stremio's protocol; one
 * install in five has no configuration. No peer publishes its own (docs/performance.md).
 */
import type { BenchData } from '../harness/bench-data.ts';
import { Random } from '../seed/random.ts';
import {
  distinctInstalls,
  seededTitles,
  streamPath,
  zipfOrder,
  type SeededTitle,
} from './paths.ts';
import type { Requests } from './scenario.ts';

/** Parts of a hundred. */
export const PROPORTIONS = { manifest: 6, catalog: 14, meta: 20, stream: 45, poster: 15 } as const;
type Kind = keyof typeof PROPORTIONS;

const REQUESTS = 60_000;
const INSTALLS = 2000;
const WITHOUT_CONFIGURATION_ONE_IN = 5;
const CATALOGS = [
  '/catalog/movie/latest.json',
  '/catalog/series/latest.json',
  '/catalog/movie/popular.json',
  '/catalog/series/popular.json',
  '/catalog/movie/latest/skip=100.json',
  '/catalog/movie/latest/genre=Drama.json',
];
/** Rendering one takes 14 ms: a day begins with the posters of the first pages rendered. */
const POSTERS_FROM_TOP = 200;

export async function mixedRequests(data: BenchData): Promise<Requests> {
  const titles = await seededTitles(data);
  const installs = distinctInstalls(INSTALLS);
  const random = new Random(31);
  const kinds = (Object.keys(PROPORTIONS) as Kind[]).flatMap((kind) =>
    Array.from({ length: PROPORTIONS[kind] }, () => kind),
  );
  const ranks = zipfOrder(titles.length, REQUESTS);
  const installRanks = zipfOrder(installs.length, REQUESTS);
  const paths = ranks.map((rank, index) => {
    const title = titles[rank] ?? { type: 'movie', imdbId: 'tt0000000' };
    const install = random.onceIn(WITHOUT_CONFIGURATION_ONE_IN)
      ? ''
      : (installs[installRanks[index] ?? 0] ?? '');
    return pathOf(
      random.pick(kinds),
      install,
      title,
      titles[rank % POSTERS_FROM_TOP] ?? title,
      random,
    );
  });
  return { paths, headers: { 'Accept-Encoding': 'gzip' } };
}

function pathOf(
  kind: Kind,
  install: string,
  title: SeededTitle,
  popular: SeededTitle,
  random: Random,
): string {
  switch (kind) {
    case 'manifest':
      return `${install}/manifest.json`;
    case 'catalog':
      return `${install}${random.pickSkewed(CATALOGS)}`;
    case 'meta':
      return `${install}/meta/${title.type}/${title.imdbId}.json`;
    case 'stream':
      return `${install}${streamPath(title, random)}`;
    case 'poster':
      return `/poster/${popular.type}/${popular.imdbId}.jpg`;
  }
}
