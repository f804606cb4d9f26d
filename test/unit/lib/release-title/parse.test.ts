/** Protects what is read out of release titles: every rule of our own, the bars on real titles, and bounded time. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCases, scoreCases } from '../../../../native-bench/titles-cases.ts';
import { releaseCodes } from '../../../../src/lib/release-title/codes.ts';
import { parseReleaseTitle, TITLE_CHARS_MAX } from '../../../../src/lib/release-title/parse.ts';
import type { ReleaseTitle } from '../../../../src/lib/release-title/release-title.ts';
import {
  CODECS,
  HDR_FORMATS,
  LANGUAGES,
  QUALITIES,
  RESOLUTIONS,
  STREAM_FLAGS,
  maskOf,
} from '../../../../src/lib/vocabulary.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

type Facts = Partial<Record<keyof ReleaseTitle, unknown>>;

/** One rule a line: a title beside the facts that the rule is about. */
const RULES: readonly (readonly [title: string, facts: Facts])[] = [
  [
    'Night.of.the.Living.Dead.1968.1080p.BluRay.x264-ROMERO',
    {
      title: 'Night of the Living Dead',
      year: 1968,
      resolution: '1080p',
      quality: 'BluRay',
      codec: 'avc',
      group: 'ROMERO',
    },
  ],
  // video, audio
  [
    'Sintel.2010.2160p.WEB-DL.HLG.DDP5.1.H.265-OPEN',
    { hdr: ['HLG'], audio: ['EAC3'], channels: ['5.1'], codec: 'hevc' },
  ],
  [
    'Nosferatu.1922.1080i.HDTV.MPEG-2.DD2.0-TAPE.ts',
    {
      resolution: '1080i',
      quality: 'HDTV',
      codec: 'mpeg2',
      channels: ['2.0'],
      container: 'ts',
    },
  ],
  [
    'The.General.1926.BluRay.REMUX.VC-1.DTSMA.5.1-BUSTER',
    { codec: 'vc1', audio: ['DTS Lossless'], quality: 'BluRay REMUX' },
  ],
  ['Metropolis.1927.2160p.UHD.BluRay.DTS-X.7.1.x265-UFA', { audio: ['DTS:X'], channels: ['7.1'] }],
  ['Metropolis (1927) 4K Remastered 1080p BluRay x264', { resolution: '1080p' }],
  // groups
  ['Pioneer.One.S01E02.720p.WEB.H264-CAKES[TGx]', { seasons: [1], episodes: [2], group: 'CAKES' }],
  ['Metropolis.1927.1080p.BluRay.x264-MARINE-FORD', { group: 'MARINE-FORD' }],
  ['Metropolis.1927.1080p.BluRay.x264.D-R0B0T.mkv', { group: 'D-R0B0T' }],
  ['Metropolis.1927.1080p.BluRay.x264-Freder_Maria', { group: 'Freder_Maria' }],
  [
    'Metropolis (1927) (1080p BluRay x265 HEVC 10bit AAC 6.1 Vyndros)',
    { group: 'Vyndros', channels: ['6.1'], bitDepth: '10bit' },
  ],
  ['Nosferatu S01e02 [Mux - H264 - Ita Aac] DLMux by Orlok', { group: 'Orlok' }],
  ['Nosferatu.S01E02.720p.HDTV.x264-Orlok.-.Dual.Audio.-.Dublado', { group: 'Orlok' }],
  ['Nosferatu.S01E02.720p.HDTV.x264-reenc.ORLOK', { group: 'ORLOK' }],
  [
    'Safety Last 1923 Hindi 720p BluRay x264 ESubs - HAROLD - Uploader',
    { group: 'HAROLD', languages: ['hi'] },
  ],
  ['Safety.Last.1923.720p.BluRay.x264-HAROLD-postbot', { group: 'HAROLD' }],
  ['Safety Last 1923 720p', { group: undefined }],
  // languages
  [
    'Charade.1963.German.DL.1080p.BluRay.x264-CARY',
    { languages: ['de'], languageFlags: ['multi-audio'] },
  ],
  ['Charade (1963) - ITA-DAN Ac3 5.1', { languages: ['da', 'it'] }],
  ['The German Charade 1963 1080p WEBRip', { title: 'The German Charade', languages: [] }],
  ['Charade.1963.720p.HDTV.VOSTFR.x264-CARY', { subtitleLanguages: ['fr'] }],
  // names
  ['What.If...2010.1080p.WEB-DL.x264-OPEN', { title: 'What If...' }],
  [
    'Das.Kabinett.German.AC3D.DL.720p.BluRay.x264-CALIGARI',
    { title: 'Das Kabinett', languages: ['de'] },
  ],
  [
    'Pioneer.One.S01E02.The.Man.From.Mars.REAL.720p.WEB-DL.x264-VODO',
    { episodeTitle: 'The Man From Mars' },
  ],
  ['Nosferatu (Friedrich Murnau, 1922) 720p', { title: 'Nosferatu', year: 1922 }],
  [
    'Evening.News.1968.06.16.Buster.Keaton.720p.HDTV.x264-TAPE',
    {
      title: 'Evening News',
      date: '1968-06-16',
      episodeTitle: 'Buster Keaton',
      resolution: '720p',
    },
  ],
  [
    'Evening News 3rd Nov 2014 HDTV x264-TAPE',
    { title: 'Evening News', date: '2014-11-03', quality: 'HDTV' },
  ],
  // seasons, episodes
  [
    '[Fansub]_Momotaro_679_[VOSTFR]_[8bit]_[720p]_[EB7838FC].mp4',
    { title: 'Momotaro', episodes: [679], bitDepth: '8bit' },
  ],
  ['[Fansub] Momotaro 04 [720p].mkv', { title: 'Momotaro', episodes: [4] }],
  ['[Fansub] 01 - Momotaro [BD][720p].mkv', { title: 'Momotaro', episodes: [1] }],
  ['[Fansub] Momotaro v2 [540p][128BAC43].mkv', { version: 2, episodeCode: '128BAC43' }],
  ['Pioneer.One.S01D2.NTSC.DVDR-VODO', { title: 'Pioneer One', seasons: [1] }],
  ['Pioneer.One.1xAll-VODO', { title: 'Pioneer One', seasons: [1], group: 'VODO' }],
  [
    'Sea.Monsters.Series.2.Part.11.1080p.HDTV.x264',
    { title: 'Sea Monsters', seasons: [2], episodes: [11] },
  ],
  // the rest
  ['Tears.of.Steel.2012.HDCAM.x264-LOW', { quality: 'CAM' }],
  [
    'Tears.of.Steel.2012.FESTiVAL.LiMiTED.DVDRip.x264-OPEN',
    { editions: ['Festival Edition', 'Limited Edition'] },
  ],
  ['Tears.of.Steel.2012.1080p.BluRay.x264-OPEN[rarbg]', { site: 'rarbg', group: 'OPEN' }],
  ['Tears.of.Steel.2012.NetflixUHD.WEB-DL.2160p', { network: 'Netflix' }],
];

test('rules of our own', () => {
  for (const [title, facts] of RULES) assertFacts(title, facts, parseReleaseTitle(title));
});

function assertFacts(title: string, facts: Facts, parsed: ReleaseTitle): void {
  for (const [name, expected] of Object.entries(facts)) {
    const found = parsed[name as keyof ReleaseTitle];
    const sorted: unknown = Array.isArray(found) ? found.map(String).toSorted() : found;
    assert.deepEqual(
      sorted,
      Array.isArray(expected) ? expected.map(String) : expected,
      `${name} of ${title}`,
    );
  }
}

const PATHS: readonly (readonly [path: string, facts: Facts])[] = [
  ['Movies/Big Buck Bunny (2008)/bbb-1080p.mkv', { title: 'Big Buck Bunny', year: 2008 }],
  [
    'Series/Pioneer One/Season 01/Pioneer.One.S01E03.mkv',
    { title: 'Pioneer One', seasons: [1], episodes: [3] },
  ],
  [
    'Series/Pioneer One/S01E03 - Alone in the Night.mp4',
    { title: 'Pioneer One', episodes: [3], episodeTitle: 'Alone in the Night' },
  ],
  [
    'Le Voyage dans la Lune (1902)/le.voyage.dans.la.lune.1902.720p.mkv',
    { title: 'Le Voyage dans la Lune' },
  ],
  [
    'Sintel.2010.1080p.BluRay.x264-OPEN/open-sintel.2010.1080p.bluray.x264.mkv',
    { title: 'Sintel', group: 'OPEN' },
  ],
  [
    'Sintel.2010.1080p.BluRay.x264-OPEN/NEPO-462x.yaRulB.p0801.0102.letniS.mkv',
    { title: 'Sintel', year: 2010 },
  ],
  ['/films/Charade.1963.720p.BluRay', { title: 'Charade', year: 1963 }],
];

test('folders say what the file does not', () => {
  for (const [path, facts] of PATHS) assertFacts(path, facts, parseReleaseTitle(path));
});

test('the caller may say what is a path', () => {
  assert.equal(
    parseReleaseTitle('Films / Nosferatu / nosferatu.mkv', { path: true }).title,
    'Nosferatu',
  );
  assert.notEqual(
    parseReleaseTitle('Movies/Sintel (2010)/s-x.mkv', { path: false }).title,
    'Sintel',
  );
});

test('flags follow from other facts', () => {
  const flags = (title: string) => [...parseReleaseTitle(title).flags];
  assert.ok(flags('Tears.of.Steel.2012.HDCAM.x264-LOW').includes('trash'));
  assert.ok(flags('Metropolis.1927.REMASTERED.1080p.BluRay.x264-UFA').includes('remastered'));
  assert.ok(flags('Pioneer.One.S01E02.1080p.WEB.h264-SLOT').includes('scene'));
  assert.ok(flags('Pioneer.One.S01E02.REPACK.720p.WEB-DL.x264-A').includes('proper'));
});

test('codes are those of stream columns; languages without a name are unknown', () => {
  const codes = releaseCodes(
    parseReleaseTitle('Sintel.2010.French.Georgian.2160p.WEB-DL.DV.x265-OPEN'),
  );
  assert.equal(RESOLUTIONS[codes.resolution], '2160p');
  assert.equal(QUALITIES[codes.quality], 'WEB-DL');
  assert.equal(CODECS[codes.codec], 'hevc');
  assert.equal(codes.hdrMask, 1 << HDR_FORMATS.indexOf('DV'));
  assert.equal(codes.languagesLow, 1 << LANGUAGES.indexOf('French'));
});

test('editions and 3D are flags of a stream', () => {
  const { flagsMask } = releaseCodes(
    parseReleaseTitle('Metropolis.1927.Extended.Uncut.3D.HSBS.1080p.BluRay.x264-UFA'),
  );
  assert.equal(flagsMask, maskOf(STREAM_FLAGS, ['extended', 'uncut', '3d']));
});

test('property: any text gives an answer, the same one each time', () => {
  fc.assert(
    fc.property(
      fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 })),
      (text) => {
        const parsed = parseReleaseTitle(text);
        assert.equal(typeof parsed.title, 'string');
        assert.deepEqual(parseReleaseTitle(text), parsed);
      },
    ),
    { numRuns: 300 },
  );
});

test('a long title is cut between characters', () => {
  const parsed = parseReleaseTitle(`${'a'.repeat(TITLE_CHARS_MAX - 1)}😀`);
  assert.ok(parsed.title.isWellFormed() && parsed.title.length < TITLE_CHARS_MAX);
  assert.equal(
    parseReleaseTitle(`Sintel ${' '.repeat(TITLE_CHARS_MAX)}1080p`).resolution,
    undefined,
    'beyond the cut nothing is read',
  );
});

const HOSTILE = [
  'a',
  'A',
  '.',
  '-',
  '_',
  '[',
  '(',
  ' - ',
  'S01',
  'S01E01',
  '1080p.',
  '/',
  '\\',
  'x264-',
  '1 ',
  '1-',
  'a.b-',
  '...',
  'German.',
  '5.1 ',
  '】【',
  '[a] ',
  '(a ',
  '2020.',
  'sub ',
  'eng ',
  'legendas ',
  'by a',
  '+',
  'dts',
  'ma ',
  'é',
  '- a ',
  'SUB',
  'FR ',
  '1x01-',
  '8 mai ',
  'March 4 ',
  '2024 ',
  '2051 ',
  '1,4.',
  'de ',
  '(JA)',
  'Season 2 - ',
  'e01 ',
];

test('property: hostile repetitions take no longer than their length allows', () => {
  // The slowest known is ". . ." with 1.3 ms; a pass that goes back over the text takes seconds.
  const cpuMsMax = 250;
  parseReleaseTitle('warm up 1080p');
  const texts = fc
    .array(fc.constantFrom(...HOSTILE), { minLength: 1, maxLength: 3 })
    .map((units) => units.join('').repeat(2000));
  fc.assert(
    fc.property(texts, (text) => {
      const usedMs = cpuClock();
      parseReleaseTitle(text);
      const cpuMs = usedMs();
      assert.ok(cpuMs < cpuMsMax, `${cpuMs} ms`);
    }),
    { numRuns: 300, endOnFailure: true },
  );
});

test('property: technical words mean the same in any case', () => {
  const words = ['1080p', 'BluRay', 'x265', 'AAC', 'HEVC', '10bit', 'WEB-DL'];
  fc.assert(
    fc.property(fc.subarray(words), fc.boolean(), (chosen, isUpper) => {
      const title = (tail: string) => parseReleaseTitle(`Nosferatu.1922.${tail}-OPEN`);
      const tail = chosen.join('.');
      const plain = title(tail);
      const other = title(isUpper ? tail.toUpperCase() : tail.toLowerCase());
      const facts = ({ resolution, quality, codec, audio, bitDepth, year }: ReleaseTitle) => [
        resolution,
        quality,
        codec,
        audio,
        bitDepth,
        year,
      ];
      assert.deepEqual(facts(other), facts(plain));
    }),
  );
});

const CASES = `${process.cwd()}/../shared/data/release-titles/cases.jsonl`;
const skip = existsSync(CASES) ? false : 'the real titles are not here';

test("the bars on real titles, paths and guessit's conventions apart", { skip }, async () => {
  const { titles } = scoreCases(readCases(await readFile(CASES, 'utf8')));
  const share = (field: string) => {
    const score = titles.fields.get(field);
    assert.ok(score !== undefined && score.asserted > 100, `${field} is asserted`);
    return score.right / score.asserted;
  };
  assert.ok(titles.right / titles.asserted >= 0.95, 'overall');
  for (const field of ['resolution', 'quality', 'codec', 'seasons', 'episodes', 'year'])
    assert.ok(share(field) >= 0.93, field);
  for (const field of ['languages', 'group', 'title']) assert.ok(share(field) >= 0.9, field);
});

test('a file that is none of cases is refused with the line', () => {
  assert.throws(() => readCases('{"title":"a","expected":{}}\nnonsense'), /line 2 is not JSON/);
  assert.throws(() => readCases('{"title":"a"}'), /line 1 has no title and expected/);
});
