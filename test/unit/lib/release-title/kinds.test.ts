/** Protects what users reported of titles, kind by kind: seasons before a hyphen, numbers in names, dates in words, languages, ranges. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import fc from 'fast-check';
import { readCases, scoreCases } from '../../../../native-bench/titles-cases.ts';
import { releaseCodes } from '../../../../src/lib/release-title/codes.ts';
import { parseReleaseTitle } from '../../../../src/lib/release-title/parse.ts';
import { releaseAttributes } from '../../../../src/lib/release-title/release-attributes.ts';
import type { ReleaseTitle } from '../../../../src/lib/release-title/release-title.ts';
import { LANGUAGES } from '../../../../src/lib/vocabulary.ts';

type Facts = Partial<Record<keyof ReleaseTitle, unknown>>;
type Case = readonly [title: string, facts: Facts];

const REPORTED = '../shared/data/release-titles/reported.jsonl';

test(
  'every reported title is right',
  { skip: existsSync(REPORTED) ? false : `${REPORTED} is not there` },
  async () => {
    const { titles } = scoreCases(readCases(await readFile(REPORTED, 'utf8')));
    assert.deepEqual(titles.misses, []);
    assert.ok(titles.cases > 0);
  },
);

function check(cases: readonly Case[]): void {
  for (const [title, facts] of cases) {
    const parsed = parseReleaseTitle(title);
    for (const [name, expected] of Object.entries(facts)) {
      assert.deepEqual(
        sorted(parsed[name as keyof ReleaseTitle]),
        sorted(expected),
        `${name} of ${title}`,
      );
    }
  }
}

function sorted(value: unknown): unknown {
  return Array.isArray(value) ? value.map(String).toSorted() : value;
}

test('a number after "Season 2 -" is an episode', () => {
  const facts = { title: 'Tidal Clock', seasons: [2], episodes: [5] };
  check([
    ['Tidal Clock Season 2 - 05 [1080p]', facts],
    ['Tidal_Clock_Season_2_-_05_1080p', facts],
    ['Tidal.Clock.Season.02.-.05.720p', facts],
    ['[Grp] Tidal Clock Season 2 - 05v2 [1080p]', { ...facts, version: 2, group: 'Grp' }],
    ['Tidal Clock Temporada 2 - 05 [720p]', facts],
    ['Tidal Clock Saison 2 - 05 FRENCH 720p', facts],
    ['Tidal Clock Stagione 2 - 05 iTA 1080p', facts],
    ['Tidal Clock Staffel 2 - 05 German 720p', facts],
    ['Tidal Clock Seizoen 2 - 05 1080p', facts],
    ['Tidal Clock Season 2 - 112 720p', { title: 'Tidal Clock', seasons: [2], episodes: [112] }],
    ['Tidal Clock Season 2 - 05-07 [1080p]', { seasons: [2], episodes: [5, 6, 7] }],
    ['Tidal Clock 2. Staffel 720p', { title: 'Tidal Clock', seasons: [2] }],
  ]);
  check([
    ['Tidal Clock Season 1-4 Complete 720p', { seasons: [1, 2, 3, 4], episodes: [] }],
    [
      'Tidal Clock Season 1 - 10 Complete',
      { seasons: [1, 2, 3, 4, 5, 6, 7, 8, 9, 10], episodes: [] },
    ],
    ['Tidal Clock Season 2 - 1080p', { seasons: [2], episodes: [] }],
    ['Tidal Clock Season 2 - 2019 1080p', { seasons: [2], episodes: [], year: 2019 }],
  ]);
});

test('a year that cannot be one belongs to the name', () => {
  check([
    ['Orbit.2051.1080p.WEB.x264-GRP', { title: 'Orbit 2051', year: undefined }],
    ['Orbit 2099 HDRip XviD', { title: 'Orbit 2099', year: undefined }],
    ['Orbit.2051.2017.1080p.BluRay.x264-GRP', { title: 'Orbit 2051', year: 2017 }],
    [
      'Orbit.2099.S02E04.720p.WEB.x264-GRP',
      { title: 'Orbit 2099', year: undefined, seasons: [2], episodes: [4] },
    ],
    ['2067.1080p.WEB', { title: '2067', year: undefined }],
    ['Orbit (2051) 1080p', { title: 'Orbit', year: undefined }],
    ['Metropolis.1927.1080p', { title: 'Metropolis', year: 1927 }],
    ['Castle.1066.720p.BluRay', { title: 'Castle 1066', year: undefined }],
  ]);
});

test('a name of digits is a name, no episode and no year', () => {
  check([
    ['1984.1080p.BluRay.x264-GRP', { title: '1984', episodes: [], year: undefined, group: 'GRP' }],
    ['1938 720p WEB', { title: '1938', episodes: [], year: undefined }],
    ['1938.mkv', { title: '1938', episodes: [], year: undefined }],
    ['2012.1080p.WEB', { title: '2012', episodes: [], year: undefined }],
    ['77.2160p.WEB-DL', { title: '77', episodes: [] }],
    ['408.720p.WEB', { title: '408', episodes: [] }],
    ['1984.1956.720p.BluRay.x264-GRP', { title: '1984', year: 1956, episodes: [] }],
    ['77.S01E02.720p', { title: '77', seasons: [1], episodes: [2] }],
    ['[Grp] 77 - 05 [1080p]', { title: '77', episodes: [5], group: 'Grp' }],
    ['[Grp] 1938 - 05v2 [1080p]', { title: '1938', episodes: [5], year: undefined, version: 2 }],
    ['Movies/1938 (2012)/1938.720p.WEB.mkv', { title: '1938', episodes: [], year: 2012 }],
    ['Movies/1938.720p.WEB.mkv', { title: '1938', episodes: [] }],
  ]);
  check([
    ['05.mkv', { episodes: [5] }],
    ['12.mkv', { episodes: [12] }],
    [
      'Series/Pioneer One/Season 01/12.1080p.mkv',
      { title: 'Pioneer One', seasons: [1], episodes: [12] },
    ],
    ['Series/Pioneer One/12.1080p.mkv', { title: 'Pioneer One', episodes: [12] }],
  ]);
});

test('dates with the month as a word, in eight languages', () => {
  check([
    [
      'Harbour News March 4 2025 1080p WEB',
      { title: 'Harbour News', date: '2025-03-04', year: undefined },
    ],
    ['Harbour.News.March.04.2025.1080p.WEB', { title: 'Harbour News', date: '2025-03-04' }],
    ['Harbour News Sept. 9th, 2024 720p', { title: 'Harbour News', date: '2024-09-09' }],
    ['Harbour News - 3rd Nov 2014 HDTV', { title: 'Harbour News', date: '2014-11-03' }],
    ['Le Journal - 1er août 2023 720p', { title: 'Le Journal', date: '2023-08-01', episodes: [] }],
    ['Le.Journal.14.decembre.2023.720p', { title: 'Le Journal', date: '2023-12-14' }],
    ['Le Journal 2 févr. 2024 1080p', { title: 'Le Journal', date: '2024-02-02' }],
    ['Abendrunde 21. März 2024 1080p', { title: 'Abendrunde', date: '2024-03-21' }],
    ['Abendrunde.21.Maerz.2024.1080p.WEB', { title: 'Abendrunde', date: '2024-03-21' }],
    ['Abendrunde 5. Jänner 2024 720p', { title: 'Abendrunde', date: '2024-01-05' }],
    ['Telenoticias 3 de junio de 2024 1080p', { title: 'Telenoticias', date: '2024-06-03' }],
    ['Telenoticias 30 diciembre 2023 1080p', { title: 'Telenoticias', date: '2023-12-30' }],
    ['Notiziario 5 gennaio 2024 720p', { title: 'Notiziario', date: '2024-01-05' }],
    ['Notiziario - 17 luglio 2024 720p', { title: 'Notiziario', date: '2024-07-17', episodes: [] }],
    [
      'Jornal da Noite 12 de março de 2024 720p',
      { title: 'Jornal da Noite', date: '2024-03-12', languages: [] },
    ],
    [
      'Jornal da Noite 12 de Outubro de 2024 720p',
      { title: 'Jornal da Noite', date: '2024-10-12' },
    ],
    ['Het Nieuws 7 maart 2024 1080p', { title: 'Het Nieuws', date: '2024-03-07' }],
    ['Het Nieuws - 31 mei 2024 1080p', { title: 'Het Nieuws', date: '2024-05-31', episodes: [] }],
    ['Newsreel July 4 1942 DVDRip', { title: 'Newsreel', date: '1942-07-04' }],
    [
      'Harbour News March 4 2025 Buster Keaton 1080p WEB',
      { title: 'Harbour News', episodeTitle: 'Buster Keaton' },
    ],
  ]);
  check([
    ['May Day 2024 1080p', { title: 'May Day', year: 2024, date: undefined }],
    ['The March 1964 1080p', { title: 'The March', year: 1964, date: undefined }],
    ['Mai 2024 720p', { title: 'Mai', year: 2024, date: undefined }],
    ['Nacido el 4 de julio 1989 1080p', { year: 1989, date: undefined }],
    ['Harbour News February 31 2024 720p', { date: undefined }],
  ]);
});

test('codes of two and three letters name languages', () => {
  check([
    [
      'Harbour 2019 Nor Dan Fin Tha 1080p BluRay',
      { title: 'Harbour', languages: ['no', 'da', 'fi', 'th'] },
    ],
    ['Harbour.2019.NO.DA.FI.SV.1080p.BluRay', { languages: ['no', 'da', 'fi', 'sv'] }],
    ['Harbour.2019.SWE.DAN.1080p', { languages: ['sv', 'da'] }],
    ['Harbour 2019 EN FR DE 1080p', { languages: ['en', 'fr', 'de'] }],
    ['Harbour 2019 [ENG+DE+IT] 1080p', { languages: ['en', 'de', 'it'] }],
    [
      '[Grp] Tidal Clock - 14 (JA) [1080p]',
      { title: 'Tidal Clock', episodes: [14], languages: ['ja'], group: 'Grp' },
    ],
    ['[Grp] Tidal Clock - 14 [DE] [1080p]', { languages: ['de'] }],
    ['[Grp] Tidal Clock - 14 (JA+EN) [1080p]', { languages: ['ja', 'en'] }],
    ['Harbour 2019 1080p CZ.SK', { languages: ['cs', 'sk'] }],
    ['Harbour.2019.1080p.CZ.SK.x264', { languages: ['cs', 'sk'] }],
    ['Harbour.2019.1080p.CZ-SK', { languages: ['cs', 'sk'], group: undefined }],
    ['Harbour 2019 CZ/SK 1080p', { languages: ['cs', 'sk'] }],
  ]);
  check([
    ['The Harbour (US) S01E02 720p', { languages: [] }],
    ['The Harbour (UK) S01E02 720p', { languages: [] }],
    ['Dan and Fin 2019 1080p', { title: 'Dan and Fin', languages: [] }],
    ['Harbour.S01E02.The.Dan.720p.WEB', { languages: [] }],
    ['[Grp] Tidal Clock 01 [1080p][HEVC] HR-DR', { languages: [] }],
  ]);
});

test('a language keeps its region', () => {
  check([
    ['Harbour.2019.1080p.PT-BR.x264-GRP', { languages: ['pt-BR'], group: 'GRP' }],
    ['Harbour 2019 1080p PT-BR', { languages: ['pt-BR'], group: undefined }],
    ['Harbour.2019.PT.BR.1080p', { languages: ['pt-BR'] }],
    ['Harbour.2019.ES-LA.1080p', { languages: ['es-419'] }],
    [
      'Harbour 2019 [POR-BR][POR][SPA-LA][SPA] 1080p',
      { languages: ['pt-BR', 'pt', 'es-419', 'es'] },
    ],
    ['Harbour.2019.PT.1080p', { languages: ['pt'] }],
  ]);
});

test('a language that is named for subtitles alone is not spoken', () => {
  const cases: readonly (readonly [
    tags: string,
    audio: readonly string[],
    subtitles: readonly string[],
  ])[] = [
    ['iTA sub ita eng', ['it'], ['it', 'en']],
    ['ITA ENG SUB ITA ENG', ['it', 'en'], ['it', 'en']],
    ['Sub: Ita, Eng', [], ['it', 'en']],
    ['ITA AC3 ENG SUB ITA x264', ['it', 'en'], ['it']],
    ['[SUB ITA-ENG]', [], ['it', 'en']],
    ['Sub-Ita', [], ['it']],
    ['[Sub_ITA]', [], ['it']],
    ['SUBFRENCH.720p.WEB', [], ['fr']],
    ['VOSTFR.720p.WEB', [], ['fr']],
    ['VOSTA', [], ['en']],
    ['VOSE', [], ['es']],
    ['TRUEFRENCH.VOSTFR', ['fr'], ['fr']],
    ['NORDiC.SUBS.720p', [], ['da', 'fi', 'no', 'sv']],
    ['NORDiC.720p', ['da', 'fi', 'no', 'sv'], []],
    ['Subs English+Nordic', [], ['en', 'da', 'fi', 'no', 'sv']],
    ['SweSub.720p', [], ['sv']],
    ['NLSubs', [], ['nl']],
    ['NL.Subs', [], ['nl']],
    ['KORSUB.HDRip', [], ['ko']],
    ['VietSub', [], ['vi']],
    ['PLSUBBED', [], ['pl']],
    ['JAPANESE.ENSUBBED', ['ja'], ['en']],
    ['[English Subtitles]', [], ['en']],
    ['Japanese Audio English Subtitles', ['ja'], ['en']],
    ['Eng Sub', [], ['en']],
    ['Rus Sub Eng', ['ru'], ['en']],
    ['Korean.German.Subbed', ['ko'], ['de']],
    ['German.Custom.Subbed', [], ['de']],
    ['svensk, danska, norsk sub', [], ['sv', 'da', 'no']],
    ['Hindi ESub', ['hi'], ['en']],
    ['Hindi.English.ESubs', ['hi', 'en'], ['en']],
    ['MULTi-SUBS', [], []],
    ['Hindi MSubs', ['hi'], []],
    ['Legendado', [], ['pt']],
    ['Legendado.PT-BR', [], ['pt-BR']],
    ['Dublado', ['pt'], []],
    ['Subtitulado', [], ['es']],
    ['Subtitulos Español', [], ['es']],
    ['Napisy PL', [], ['pl']],
    ['CZ titulky', [], ['cs']],
    ['Rus+Sub', ['ru'], []],
  ];
  for (const [tags, audioLanguages, subtitleLanguages] of cases) {
    check([[`Harbour.2019.${tags}`, { title: 'Harbour', audioLanguages, subtitleLanguages }]]);
  }
  check([
    [
      'The French Sub 2019 720p',
      { title: 'The French Sub', audioLanguages: [], subtitleLanguages: [] },
    ],
    [
      '[FASubs] Tidal Clock - 05 [1080p]',
      { audioLanguages: [], subtitleLanguages: [], group: 'FASubs' },
    ],
    ['Harbour 2019 1080p PLSUB', { group: undefined }],
    ['Harbour.2019.English.srt', { audioLanguages: [], subtitleLanguages: ['en'] }],
  ]);
});

test('codes of a stream hold what is spoken, and subtitles apart', () => {
  const codes = releaseCodes(parseReleaseTitle('Harbour.2019.Korean.SUBFRENCH.720p.WEB.x264-GRP'));
  assert.deepEqual(
    [codes.languagesLow, codes.languagesHigh],
    [1 << LANGUAGES.indexOf('Korean'), 0],
  );
  assert.deepEqual(
    [codes.subtitleLanguagesLow, codes.subtitleLanguagesHigh],
    [1 << LANGUAGES.indexOf('French'), 0],
  );
  assert.deepEqual(releaseAttributes('Harbour.2019.SUBFRENCH.720p').subtitleLanguages, ['French']);
});

test('ranges that are written out are all their episodes; across seasons they are none', () => {
  const three = { title: 'Harbour', seasons: [1], episodes: [1, 2, 3], episodeTitle: undefined };
  const two = { title: 'Harbour', seasons: [1], episodes: [1, 2], episodeTitle: undefined };
  check([
    ['Harbour.S01E01-S01E03.1080p.WEB.x264-GRP', three],
    ['Harbour.1x01-1x03.1080p.WEB.x264-GRP', three],
    ['Harbour.s01e01-s01e03.1080p', three],
    ['Harbour S01E01 - S01E03 1080p', three],
    ['Harbour S01E01~S01E03 1080p', three],
    ['Harbour S01E01–S01E03 1080p', three],
    ['Harbour S01E01 to S01E03 1080p', three],
    ['Harbour.S01E01.to.E03.1080p', three],
    ['Harbour 1x01-x03 1080p', three],
    ['Harbour (S01E01-S01E03) 1080p', three],
    ['Harbour.S01.E01-S01.E03.1080p', three],
    ['Harbour S01E01 S01E02 S01E03 1080p', three],
    ['Harbour.S01E01.S01E02.1080p.WEB.x264-GRP', two],
    ['Harbour S01E01+S01E02 1080p', two],
    ['Harbour S01E01 & S01E02 1080p', two],
    ['Harbour.1x01.1x02.1080p', two],
    ['Harbour_S01E01_S01E02_1080p', two],
    ['Harbour.S01E01S01E02.1080p', two],
    ['Harbour.S01E02.and.S01E05.720p', { seasons: [1], episodes: [2, 5] }],
    [
      'Harbour.S03E01-S04E02.1080p.WEB.x264-GRP',
      { title: 'Harbour', seasons: [3, 4], episodes: [], group: 'GRP' },
    ],
    ['Harbour 2x01-3x02 1080p', { seasons: [2, 3], episodes: [] }],
    ['Harbour.S01E02.x264', { seasons: [1], episodes: [2] }],
  ]);
});

test('sizes are bytes and no episodes', () => {
  check([
    ['Harbour.1997.DVDRip.1,4.GB', { sizeBytes: 1_503_238_554, episodes: [] }],
    ['Harbour 1,37 GB DVDRip', { sizeBytes: 1_471_026_299, size: '1,37 GB', episodes: [] }],
    ['Harbour 2019 1080p [1,4.GB]', { sizeBytes: 1_503_238_554, episodes: [] }],
    ['Harbour DVDRip 700MB', { sizeBytes: 734_003_200 }],
    ['Harbour DVDRip 1.37GiB', { sizeBytes: 1_471_026_299 }],
    ['Harbour 2019 1080p 1.400MB', { sizeBytes: 1_468_006_400 }],
    ['Harbour 2019 1080p 1,5 Go', { sizeBytes: 1_610_612_736, episodes: [] }],
    ['Harbour 2019 1080p 350 Mo', { sizeBytes: 367_001_600, episodes: [] }],
    ['Harbour 2019 1080p', { sizeBytes: undefined }],
  ]);
});

test('property: ranges of one season are all their numbers, of several none', () => {
  const number = fc.integer({ min: 1, max: 99 });
  const form = fc.constantFrom(
    (season: number, episode: number) => `S${two(season)}E${two(episode)}`,
    (season: number, episode: number) => `s${two(season)}e${two(episode)}`,
    (season: number, episode: number) => `${season}x${two(episode)}`,
  );
  const joint = fc.constantFrom('-', ' - ', '~', '.to.');
  fc.assert(
    fc.property(
      number,
      number,
      number,
      number,
      form,
      joint,
      (seasonA, seasonB, a, b, write, between) => {
        const parsed = parseReleaseTitle(
          `Harbour ${write(seasonA, a)}${between}${write(seasonB, b)} 1080p`,
        );
        const [from, to] = [Math.min(a, b), Math.max(a, b)];
        const all = Array.from({ length: to - from + 1 }, (_, index) => from + index);
        const expected = seasonA !== seasonB ? [] : a <= b ? all : [b, a];
        assert.deepEqual(parsed.episodes, expected);
        assert.equal(parsed.title, 'Harbour');
      },
    ),
    { numRuns: 300 },
  );
});

function two(number: number): string {
  return String(number).padStart(2, '0');
}

const PIECES = [
  'Harbour',
  'Lights',
  '1938',
  '2051',
  'Season 2 - 05',
  'S01E01-S01E03',
  'S03E01-S04E02',
  '1x01.1x02',
  '8 mai 2024',
  'March 4 2025',
  '31 February 2024',
  '1,4.GB',
  '700MB',
  'CZ.SK',
  'PT-BR',
  'SUBFRENCH',
  'sub ita eng',
  'VOSTFR',
  'NORDiC.SUBS',
  '(JA)',
  '[Grp]',
  '-GRP',
  '1080p',
  'Qxzqvw',
  '\u{1f3ac}',
  '2012',
];

test('property: whatever stands together, facts stay within their ranges', () => {
  const titles = fc
    .array(fc.constantFrom(...PIECES), { minLength: 1, maxLength: 8 })
    .chain((pieces) => fc.constantFrom(' ', '.', '_', '-').map((joint) => pieces.join(joint)));
  fc.assert(
    fc.property(titles, (title) => {
      const parsed = parseReleaseTitle(title);
      assert.ok(
        parsed.year === undefined ||
          (parsed.year >= 1900 && parsed.year <= Math.max(2026, new Date().getUTCFullYear()) + 1),
        'year',
      );
      assert.ok(
        parsed.date === undefined ||
          new Date(`${parsed.date}T00:00Z`).toISOString().startsWith(parsed.date),
        'date',
      );
      assert.deepEqual(
        parsed.episodes,
        [...new Set(parsed.episodes)].toSorted((a, b) => a - b),
        'episodes ascend',
      );
      assert.ok(
        parsed.sizeBytes === undefined ||
          (Number.isSafeInteger(parsed.sizeBytes) && parsed.sizeBytes >= 0),
        'size',
      );
      assert.ok(
        parsed.audioLanguages.every((language) => parsed.languages.includes(language)),
        'audio languages are languages',
      );
      assert.ok(
        title.includes('Qxz') || !JSON.stringify(parsed).includes('Qxz'),
        'no mark of our own is left',
      );
    }),
    { numRuns: 500 },
  );
});

test('an episode behind a second hyphen is no releaser', () => {
  check([
    [
      'Tidal Clock - Harbor - S01E02',
      { title: 'Tidal Clock - Harbor', seasons: [1], episodes: [2] },
    ],
    ['Tidal Clock - Harbor - E07', { title: 'Tidal Clock - Harbor', episodes: [7] }],
    ['Tidal Clock - Harbor - S03', { title: 'Tidal Clock - Harbor', seasons: [3] }],
  ]);
});

test('long names of other scripts take no longer than others', () => {
  const names = ['の', 'Ирония ', 'の a ', '千と', 'aの'].map((piece) =>
    piece.repeat(1000 / piece.length),
  );
  const startedAt = performance.now();
  for (const name of names) assert.equal(parseReleaseTitle(name).seasons.length, 0);
  // Some 5 ms each; it was more than a second.
  assert.ok((performance.now() - startedAt) / names.length < 250);
  check([
    [
      `${'Тихая гавань '.repeat(6)}/ Tidal Clock (2011) 1080p`,
      { title: 'Tidal Clock', year: 2011 },
    ],
  ]);
});

test('ranges of seasons in words', () => {
  const facts = { title: 'Tidal Clock', seasons: [1, 2, 3], episodes: [] };
  check([
    ['Tidal.Clock.S01.to.S03.1080p', facts],
    ['Tidal Clock S01 through S03 1080p', facts],
    ['Tidal Clock Saison 1 à 3 FRENCH 720p', facts],
    ['Tidal Clock Temporadas 1 a 3 720p', facts],
    ['Tidal.Clock.Staffel.1.bis.3.German.720p', facts],
    ['Tidal Clock Сезоны 1-3 720p', facts],
    ['Tidal Clock Saison 1 FRENCH 720p', { title: 'Tidal Clock', seasons: [1], episodes: [] }],
    ['Tidal.Clock.S02E01.to.S02E03.720p', { seasons: [2], episodes: [1, 2, 3] }],
  ]);
});

test('a number sign of fansubs names an episode', () => {
  check([['[Grp] Tidal Clock #07 (TBS).mkv', { title: 'Tidal Clock', episodes: [7] }]]);
});

test('names keep their first letter, whatever it is', () => {
  check([
    ['Ágora.2009.1080p', { title: 'Ágora', year: 2009 }],
    ['Überfahrt nach Norden 2009 720p', { title: 'Überfahrt nach Norden', year: 2009 }],
    ['Éclair (2011) FRENCH 1080p', { title: 'Éclair', year: 2011 }],
  ]);
});
