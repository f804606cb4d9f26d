/** Release titles through our mapping, beside the library alone. The bar: 20,000 a second on one core. */
import { parseTorrentTitle } from '@viren070/parse-torrent-title';
import { Bench } from 'tinybench';
import { parseReleaseTitle } from '../src/lib/release-title/parse.ts';
import type { BenchSuite } from './suite.ts';

const WORKS = ['Night.of.the.Living.Dead.1968', 'Big.Buck.Bunny.2008', 'Pioneer.One.S01E02.The.Man.From.Mars', '[Open] Sintel - 03'];
const MAKES = [
  '1080p.WEB-DL.DDP5.1.H.264', '720p.BluRay.x264.DTS', '2160p.UHD.BluRay.REMUX.DV.HDR.HEVC.TrueHD.7.1.Atmos', 'FRENCH.HDTV.XviD',
  'German.DL.1080p.BluRay.x264', 'Hindi.720p.WEBRip.ESub.AAC.x264', 'MULTi.1080p.WEB.H265', '[1080p][HEVC 10bit][Dual Audio]',
];
const BATCH = 1000;
const TITLES = Array.from({ length: BATCH }, (_, index) =>
  `${WORKS[index % WORKS.length] ?? ''}.${MAKES[index % MAKES.length] ?? ''}-GROUP${index % 13}.mkv`);
const OURS = `${BATCH} titles through our mapping`;

export function openReleaseTitleBench(): Promise<BenchSuite> {
  const bench = new Bench({ name: 'release titles', time: 1000, warmupTime: 300 })
    .add(OURS, () => { for (const title of TITLES) parseReleaseTitle(title); })
    .add('  the library alone', () => { for (const title of TITLES) parseTorrentTitle(title); });
  return Promise.resolve({
    bench,
    bars: [{ task: OURS, metric: 'p50Us', max: (BATCH / 20_000) * 1e6 }],
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
}
