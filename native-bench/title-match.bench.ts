/**
 * Releases compared with a title: those of other titles, which are told apart before anything is parsed, and those of the title
 * itself, beside parsing alone. The bars: 10,000 a second in the middle of reading an indexer's answer, so a third of that time.
 */
import { Bench } from 'tinybench';
import { parseReleaseTitle } from '../src/lib/release-title/parse.ts';
import { compileTitle } from '../src/lib/title-match/compiled-title.ts';
import { matchRelease } from '../src/lib/title-match/match.ts';
import type { TitleFacts } from '../src/lib/title-match/title-facts.ts';
import type { BenchSuite } from './suite.ts';

const BATCH = 1000;
const EPISODES = 13;
const MAKES = [
  '1080p.WEB-DL.DDP5.1.H.264',
  '720p.BluRay.x264.DTS',
  '2160p.UHD.BluRay.REMUX.DV.HDR.HEVC.TrueHD.7.1.Atmos',
  'FRENCH.HDTV.XviD',
  'German.DL.1080p.BluRay.x264',
];
const OTHERS = [
  'Night.of.the.Living.Dead.1968',
  'Big.Buck.Bunny.2008',
  '[Open] Sintel - 03',
  'Nosferatu.1922',
];
const FACTS: TitleFacts = {
  type: 'series',
  imdbId: 'tt1748166',
  tmdbId: '',
  names: [
    'Pioneer One',
    'Пионер Один',
    'Le Premier Pionnier',
    'Der erste Pionier',
    'パイオニア・ワン',
  ],
  year: 2010,
  endYear: 2011,
  isAnime: false,
  episodes: Array.from({ length: EPISODES }, (_, index) => ({
    season: 1,
    episode: index + 1,
    absolute: index + 1,
    released: '2010-06-16',
  })),
};
const ASKED = { season: 1, episode: 2 };

const OWN = `${BATCH} releases of the title`;
const PARSING = '  parsing them alone';
const OTHER = `${BATCH} releases of other titles`;
const COMPILING = 'one title made ready';

/** Of 100 µs for one release with everything. */
const OWN_US_MAX = 70_000;
const RATIO_MAX = 1.8;
const OTHER_RATIO_MAX = 0.4;

export function openTitleMatchBench(): Promise<BenchSuite> {
  const title = compileTitle(FACTS);
  const own = releases(
    (index) => `Pioneer.One.S01E${String((index % EPISODES) + 1).padStart(2, '0')}`,
  );
  const others = releases((index) => OTHERS[index % OTHERS.length] ?? '');
  const bench = new Bench({ name: 'title match', time: 1500, warmupTime: 300 })
    .add(OWN, () => {
      for (const release of own) matchRelease(title, release, ASKED);
    })
    .add(PARSING, () => {
      for (const { name } of own) parseReleaseTitle(name);
    })
    .add(OTHER, () => {
      for (const release of others) matchRelease(title, release, ASKED);
    })
    .add(COMPILING, () => {
      compileTitle(FACTS);
    });
  return Promise.resolve({
    bench,
    bars: [
      { task: OWN, metric: 'p50Us', max: OWN_US_MAX },
      { task: OWN, metric: 'p50Us', against: PARSING, ratioMax: RATIO_MAX },
      { task: OTHER, metric: 'p50Us', against: PARSING, ratioMax: OTHER_RATIO_MAX },
    ],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}

function releases(work: (index: number) => string) {
  return Array.from({ length: BATCH }, (_, index) => ({
    name: `${work(index)}.${MAKES[index % MAKES.length] ?? ''}-GROUP${index % 13}.mkv`,
    sizeBytes: 1_000_000_000,
    imdbId: '',
    tmdbId: '',
    isVouchedFor: false,
  }));
}
