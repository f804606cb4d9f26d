/**
 * Release titles through our mapping, beside the library alone. The bar: 20,000 a second on one core. The titles are
 * the real ones where those are at hand, else made up.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { Bench } from 'tinybench';
import { readByLibrary } from '../src/lib/release-title/library.ts';
import { parseReleaseTitle } from '../src/lib/release-title/parse.ts';
import type { BenchSuite } from './suite.ts';
import { readCases } from './titles-cases.ts';

const CASES = '../shared/data/release-titles/cases.jsonl';
const WORKS = ['Night.of.the.Living.Dead.1968', 'Big.Buck.Bunny.2008', 'Pioneer.One.S01E02.The.Man.From.Mars', '[Open] Sintel - 03'];
const MAKES = [
  '1080p.WEB-DL.DDP5.1.H.264', '720p.BluRay.x264.DTS', '2160p.UHD.BluRay.REMUX.DV.HDR.HEVC.TrueHD.7.1.Atmos', 'FRENCH.HDTV.XviD',
  'German.DL.1080p.BluRay.x264', 'Hindi.720p.WEBRip.ESub.AAC.x264', 'MULTi.1080p.WEB.H265', '[1080p][HEVC 10bit][Dual Audio]',
];
const BATCH = 1000;
const PER_SECOND_MIN = 20_000;

export async function openReleaseTitleBench(): Promise<BenchSuite> {
  const titles = existsSync(CASES) ? await realTitles() : madeUpTitles();
  const ours = `${titles.length} ${existsSync(CASES) ? 'real' : 'made-up'} titles through our mapping`;
  const bench = new Bench({ name: 'release titles', time: 1000, warmupTime: 300 })
    .add(ours, () => { for (const title of titles) parseReleaseTitle(title); })
    .add('  the library alone', () => { for (const title of titles) readByLibrary(title); });
  return {
    bench,
    bars: [{ task: ours, metric: 'p50Us', max: (titles.length / PER_SECOND_MIN) * 1e6 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  };
}

/** Without the paths: each of those is two or three titles. */
async function realTitles(): Promise<string[]> {
  const cases = readCases(await readFile(CASES, 'utf8')).filter(({ isPath }) => !isPath);
  return cases.slice(0, BATCH).map(({ title }) => title);
}

function madeUpTitles(): string[] {
  return Array.from({ length: BATCH }, (_, index) =>
    `${WORKS[index % WORKS.length] ?? ''}.${MAKES[index % MAKES.length] ?? ''}-GROUP${index % 13}.mkv`);
}
