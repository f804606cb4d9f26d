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
import { CODECS, HDR_FORMATS, LANGUAGES, QUALITIES, RESOLUTIONS } from '../../../../src/lib/vocabulary.ts';

/** Facts of a title beside what they must be. */
const RULES: readonly (readonly [title: string, facts: Partial<Record<keyof ReleaseTitle, unknown>>])[] = [
  ['Night.of.the.Living.Dead.1968.1080p.BluRay.x264-ROMERO', {
    title: 'Night of the Living Dead', year: 1968, resolution: '1080p', quality: 'BluRay', codec: 'avc', group: 'ROMERO',
  }],
  ['Sintel.2010.2160p.WEB-DL.HLG.DDP5.1.H.265-OPEN', { hdr: ['HLG'], audio: ['EAC3'], channels: ['5.1'], codec: 'hevc' }],
  ['Nosferatu.1922.1080i.HDTV.MPEG-2.DD2.0-TAPE.ts', {
    resolution: '1080i', quality: 'HDTV', codec: 'mpeg2', channels: ['2.0'], container: 'ts',
  }],
  ['The.General.1926.BluRay.REMUX.VC-1.DTSMA.5.1-BUSTER', { codec: 'vc1', audio: ['DTS Lossless'], quality: 'BluRay REMUX' }],
  ['Pioneer.One.S01E02.720p.WEB.H264-CAKES[TGx]', { seasons: [1], episodes: [2], group: 'CAKES' }],
  ['Metropolis.1927.1080p.BluRay.x264-MARINE-FORD', { group: 'MARINE-FORD' }],
  ['Metropolis (1927) (1080p BluRay x265 HEVC 10bit AAC 6.1 Vyndros)', { group: 'Vyndros', channels: ['6.1'], bitDepth: '10bit' }],
  ['Safety Last 1923 Hindi 720p BluRay x264 ESubs - HAROLD - Uploader', { group: 'HAROLD', languages: ['hi'] }],
  ['Safety.Last.1923.720p.BluRay.x264-HAROLD-postbot', { group: 'HAROLD' }],
  ['Charade.1963.German.DL.1080p.BluRay.x264-CARY', { languages: ['de'], languageFlags: ['multi-audio'] }],
  ['Charade (1963) - ITA-DAN Ac3 5.1', { languages: ['da', 'it'] }],
  ['What.If...2010.1080p.WEB-DL.x264-OPEN', { title: 'What If...' }],
  ['Tears.of.Steel.2012.HDCAM.x264-LOW', { quality: 'CAM' }],
  ['Movies/Big Buck Bunny (2008)/bbb-1080p.mkv', { title: 'Big Buck Bunny', year: 2008 }],
  ['Series/Pioneer One/Season 01/Pioneer.One.S01E03.mkv', { seasons: [1], episodes: [3] }],
];

test('rules of our own', () => {
  for (const [title, facts] of RULES) {
    const parsed = parseReleaseTitle(title);
    for (const [name, expected] of Object.entries(facts)) {
      const found = parsed[name as keyof ReleaseTitle];
      const sorted: unknown = Array.isArray(found) ? found.map(String).toSorted() : found;
      assert.deepEqual(sorted, Array.isArray(expected) ? expected.map(String) : expected, `${name} of ${title}`);
    }
  }
});

test('flags follow from other facts', () => {
  const flags = (title: string) => [...parseReleaseTitle(title).flags];
  assert.ok(flags('Tears.of.Steel.2012.HDCAM.x264-LOW').includes('trash'));
  assert.ok(flags('Metropolis.1927.REMASTERED.1080p.BluRay.x264-UFA').includes('remastered'));
  assert.ok(flags('Pioneer.One.S01E02.1080p.WEB.h264-SLOT').includes('scene'));
  assert.ok(flags('Pioneer.One.S01E02.REPACK.720p.WEB-DL.x264-A').includes('proper'));
});

test('codes are those of stream columns; languages without a name are unknown', () => {
  const codes = releaseCodes(parseReleaseTitle('Sintel.2010.French.Georgian.2160p.WEB-DL.DV.x265-OPEN'));
  assert.equal(RESOLUTIONS[codes.resolution], '2160p');
  assert.equal(QUALITIES[codes.quality], 'WEB-DL');
  assert.equal(CODECS[codes.codec], 'hevc');
  assert.equal(codes.hdrMask, 1 << HDR_FORMATS.indexOf('DV'));
  assert.equal(codes.languagesLow, 1 << LANGUAGES.indexOf('French'));
});

test('property: any text gives an answer, the same one each time', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ maxLength: 300 })), (text) => {
    const parsed = parseReleaseTitle(text);
    assert.equal(typeof parsed.title, 'string');
    assert.deepEqual(parseReleaseTitle(text), parsed);
  }), { numRuns: 300 });
});

test('hostile repetitions take no longer than their length allows', () => {
  const units = ['a', '.', '-', '[', '(', ' - ', 'S01', '1080p.', '/', 'x264-', '1 ', 'a.b-', '...', 'German.', '5.1 ', '】【', 'A.'];
  parseReleaseTitle('warm up 1080p');
  for (const unit of units) {
    const text = unit.repeat(20_000);
    const startedAt = performance.now();
    parseReleaseTitle(text);
    const elapsedMs = performance.now() - startedAt;
    assert.ok(elapsedMs < 2000, `${JSON.stringify(unit)}, ${TITLE_CHARS_MAX} characters of it are read: ${elapsedMs} ms`);
  }
});

const CASES = `${process.cwd()}/../shared/data/release-titles/cases.jsonl`;
const skip = existsSync(CASES) ? false : 'the real titles are not here';

test('the bars on real titles', { skip }, async () => {
  const { titles } = scoreCases(readCases(await readFile(CASES, 'utf8')));
  const share = (field: string) => {
    const score = titles.fields.get(field);
    assert.ok(score !== undefined && score.asserted > 100, `${field} is asserted`);
    return score.right / score.asserted;
  };
  assert.ok(titles.right / titles.asserted >= 0.95, 'overall');
  for (const field of ['resolution', 'quality', 'codec', 'seasons', 'episodes', 'year']) assert.ok(share(field) >= 0.93, field);
  for (const field of ['languages', 'group', 'title']) assert.ok(share(field) >= 0.9, field);
});

test('a file that is none of cases is refused with the line', () => {
  assert.throws(() => readCases('{"title":"a","expected":{}}\nnonsense'), /line 2 is not JSON/);
  assert.throws(() => readCases('{"title":"a"}'), /line 1 has no title and expected/);
});
