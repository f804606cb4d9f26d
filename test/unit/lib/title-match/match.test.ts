/** Protects which releases are taken for a title: pairs decided by hand, and what must not change a verdict. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { compileTitle } from '../../../../src/lib/title-match/compiled-title.ts';
import type { Verdict } from '../../../../src/lib/title-match/match.ts';
import { REFUSALS } from '../../../../src/lib/title-match/reasons.ts';
import {
  compiledTitles,
  placementOf,
  readCases,
  readTitles,
  verdictOf,
  type MatchCase,
} from './match-cases.ts';

const CASES = readCases();
const TITLES = compiledTitles();
const PAIRS_MIN = 300;

function titleOf(item: MatchCase) {
  const title = TITLES.get(item.title);
  assert.ok(title, `titles.json has no ${item.title}`);
  return title;
}

/** What must be equal: the reason, or what is played. */
function essence(verdict: Verdict): unknown {
  return verdict.accepted ? verdict.placements : verdict.reason;
}

test('every pair has the verdict that is right by hand', () => {
  const wrong = CASES.filter((item) => {
    const expected = item.plays?.map(placementOf) ?? item.refused;
    return JSON.stringify(essence(verdictOf(titleOf(item), item))) !== JSON.stringify(expected);
  });
  assert.deepEqual(
    wrong.map((item) => [item.title, item.release, essence(verdictOf(titleOf(item), item))]),
    [],
  );
  assert.ok(CASES.length >= PAIRS_MIN);
});

test('the pairs cover every reason, and every title both ways', () => {
  const reasons = new Set(CASES.flatMap(({ refused = [] }) => refused));
  assert.deepEqual([...reasons].toSorted(), Object.keys(REFUSALS).toSorted());
  for (const key of TITLES.keys()) {
    const own = CASES.filter(({ title }) => title === key);
    assert.ok(
      own.some(({ plays }) => plays !== undefined),
      `${key} accepts nothing`,
    );
  }
});

test('the order of names changes no verdict', () => {
  for (const [key, facts] of readTitles()) {
    const reversed = compileTitle({ ...facts, names: facts.names.toReversed() });
    for (const item of CASES.filter(({ title }) => title === key))
      assert.deepEqual(essence(verdictOf(reversed, item)), essence(verdictOf(titleOf(item), item)));
  }
});

test('case, accents and what stands between words change no verdict of plain releases', () => {
  const works = [
    ['matrix', 'The Matrix', '1999'],
    ['amelie', 'Amélie', '2001'],
    ['mueller', 'Müllers Büro', '1986'],
    ['leon', 'Léon', '1994'],
    ['twd', 'The Walking Dead', 'S01E02'],
    ['twd', 'Fear the Walking Dead', 'S01E02'],
    ['oceans-11', "Ocean's Eleven", '2001'],
    ['dune-2021', 'Dune Part Two', '2024'],
    ['casa', 'La casa de papel', 'S02'],
  ] as const;
  const changes: readonly ((text: string) => string)[] = [
    (text) => text.toUpperCase(),
    (text) => text.toLowerCase(),
    (text) => text.normalize('NFD'),
    (text) => text.normalize('NFD').replaceAll(/[\u0300-\u036f]/g, ''),
    (text) => text.replaceAll(' ', '.'),
    (text) => text.replaceAll(' ', '_'),
    (text) => text.replaceAll("'", '’'),
    (text) => text.replaceAll("'", ''),
  ];
  fc.assert(
    fc.property(
      fc.constantFrom(...works),
      fc.array(fc.constantFrom(...changes), { maxLength: 3 }),
      fc.constantFrom('1080p BluRay x264-GRP', '720p WEB-DL', '2160p'),
      ([title, name, what], chosen, make) => {
        const release = `${name} ${what} ${make}`;
        const changed = chosen.reduce((text, change) => change(text), release);
        const verdict = verdictOf(titleOf({ title, release }), { title, release: changed });
        const expected = verdictOf(titleOf({ title, release }), { title, release });
        assert.deepEqual(essence(verdict), essence(expected), changed);
      },
    ),
  );
});

test('any text has a verdict, and any facts can be compiled', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 80 }),
    fc.string({ unit: 'grapheme', maxLength: 80 }),
    fc.constantFrom(...CASES.map(({ release }) => release)),
  );
  fc.assert(
    fc.property(
      fc.array(text, { minLength: 1, maxLength: 4 }),
      text,
      fc.constantFrom('movie' as const, 'series' as const),
      fc.boolean(),
      fc.boolean(),
      (names, release, type, isAnime, vouched) => {
        const title = compileTitle({
          type,
          isAnime,
          names,
          imdbId: '',
          tmdbId: '',
          year: 2001,
          endYear: 0,
          episodes: [{ season: 1, episode: 1, absolute: 1, released: 'never' }],
        });
        const verdict = verdictOf(title, { release, title: '', vouched, asked: 'S01E01' });
        if (verdict.accepted) assert.ok(verdict.placements.length > 0);
        else assert.ok(verdict.reason in REFUSALS);
      },
    ),
    { numRuns: 500 },
  );
});

test('a title with whatever names is made ready in bounded time', () => {
  const names = Array.from(
    { length: 200 },
    (_, at) =>
      `The Äpfel & Жук und die ${at} & Ёж & Part One et Saw V: or (The X) ${'ab '.repeat(30)}`,
  );
  const [facts] = readTitles().values();
  assert.ok(facts);
  for (const type of ['movie', 'series'] as const) {
    const startedAt = performance.now();
    const title = compileTitle({ ...facts, type, names });
    // Some 60 ms; names without a bound took minutes.
    assert.ok(performance.now() - startedAt < 5_000);
    const release =
      'Aepfel.und.Zhuk.und.die.0.Ezh.1.et.Saw.V.or.The.X.' + 'ab.'.repeat(30) + '1080p';
    assert.notEqual(essence(verdictOf(title, { release, title: '' })), 'unreadable');
  }
});

test('time is bounded by the length of what is read', () => {
  const pieces = [
    'the matrix ',
    '[',
    '(',
    ' - ',
    'S01E01-',
    '1x01-',
    'part 1 ',
    'aka ',
    '/',
    'の',
    '2nd season ',
    '1999.',
  ];
  const titles = [...TITLES.values()];
  const startedAt = performance.now();
  let runs = 0;
  for (const piece of pieces)
    for (const title of titles) {
      verdictOf(title, { title: '', release: piece.repeat(200_000 / piece.length), vouched: true });
      runs++;
    }
  // 1,000 characters are read, whatever comes after them: a few milliseconds each, on any machine.
  assert.ok((performance.now() - startedAt) / runs < 100);
});
