/**
 * Release titles through our mapping, beside the library alone. The bars: 20,000 ordinary names a second on one core,
 * and two and a half times the library's time at most; that one for the real titles, too, where they are at hand.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Bench } from 'tinybench';
import { readByLibrary } from '../src/lib/release-title/library.ts';
import { parseReleaseTitle } from '../src/lib/release-title/parse.ts';
import type { Bar, BenchSuite } from './suite.ts';
import { readCases } from './titles-cases.ts';

const CASES = '../shared/data/release-titles/cases.jsonl';
const WORKS = [
  'Night.of.the.Living.Dead.1968',
  'Big.Buck.Bunny.2008',
  'Pioneer.One.S01E02.The.Man.From.Mars',
  '[Open] Sintel - 03',
];
const MAKES = [
  '1080p.WEB-DL.DDP5.1.H.264',
  '720p.BluRay.x264.DTS',
  '2160p.UHD.BluRay.REMUX.DV.HDR.HEVC.TrueHD.7.1.Atmos',
  'FRENCH.HDTV.XviD',
  'German.DL.1080p.BluRay.x264',
  'Hindi.720p.WEBRip.ESub.AAC.x264',
  'MULTi.1080p.WEB.H265',
  '[1080p][HEVC 10bit][Dual Audio]',
];
const BATCH = 1000;
const PER_SECOND_MIN = 20_000;
/** Our mapping with the library in it, against the library: a bar that a busy machine does not move. */
const RATIO_MAX = 2.5;

const MADE_UP = `${BATCH} made-up titles through our mapping`;
const LIBRARY = '  the library alone';

export async function openReleaseTitleBench(): Promise<BenchSuite> {
  const madeUp = madeUpTitles();
  const bench = new Bench({ name: 'release titles', time: 1500, warmupTime: 300 })
    .add(MADE_UP, () => {
      for (const title of madeUp) parseReleaseTitle(title);
    })
    .add(LIBRARY, () => {
      for (const title of madeUp) readByLibrary(title);
    });
  const bars: Bar[] = [
    { task: MADE_UP, metric: 'p50Us', max: (BATCH / PER_SECOND_MIN) * 1e6 },
    { task: MADE_UP, metric: 'p50Us', against: LIBRARY, ratioMax: RATIO_MAX },
  ];
  const notes: string[] = [];
  if (existsSync(CASES)) addReal(await realTitles(), bench, bars);
  else notes.push('the corpus of real titles is not at hand: its rows are left out');
  return { bench, bars, notes, [Symbol.asyncDispose]: () => Promise.resolve() };
}

function addReal(titles: readonly string[], bench: Bench, bars: Bar[]): void {
  const [ours, library] = [
    `${titles.length} real titles through our mapping`,
    '  the library alone, real titles',
  ];
  bench
    .add(ours, () => {
      for (const title of titles) parseReleaseTitle(title);
    })
    .add(library, () => {
      for (const title of titles) readByLibrary(title);
    });
  bars.push({ task: ours, metric: 'p50Us', against: library, ratioMax: RATIO_MAX });
}

/** Without the paths: each of those is two or three titles. */
async function realTitles(): Promise<string[]> {
  const cases = readCases(await readFile(CASES, 'utf8')).filter(({ isPath }) => !isPath);
  return cases.slice(0, BATCH).map(({ title }) => title);
}

function madeUpTitles(): string[] {
  return Array.from(
    { length: BATCH },
    (_, index) =>
      `${WORKS[index % WORKS.length] ?? ''}.${MAKES[index % MAKES.length] ?? ''}-GROUP${index % 13}.mkv`,
  );
}
