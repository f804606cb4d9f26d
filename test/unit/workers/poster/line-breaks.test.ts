/** Protects the breaking of titles into lines, with letters that are all as wide as the type is high. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { breakable, setTitle, type TypeStep } from '../../../../workers/poster/line-breaks.ts';
import { graphemesOf } from '../../../../workers/poster/title-text.ts';

const STEPS: readonly TypeStep[] = [
  { sizePx: 20, linesMax: 2 },
  { sizePx: 10, linesMax: 3 },
];
const measure = (text: string, sizePx: number) => graphemesOf(text).length * sizePx;
const set = (text: string, columns: number) => setTitle(text, STEPS, columns * 10, measure);

test('words stay whole, hyphens and dashes end a line', () => {
  assert.deepEqual(breakable("Spider-Man: Into the Spider-Verse (don't)"), [
    'Spider-',
    'Man: ',
    'Into ',
    'the ',
    'Spider-',
    'Verse ',
    "(don't)",
  ]);
});

test('scripts without spaces break between words, never before closing or after opening marks', () => {
  const pieces = breakable('七人の侍、「天国と地獄」。');
  assert.ok(pieces.length > 3);
  for (const piece of pieces) assert.doesNotMatch(piece, /^[、」。]|「$/);
  assert.ok(breakable('ลุงบุญมีระลึกชาติ').length > 1);
  assert.deepEqual(breakable('봄 여름 가을'), ['봄 ', '여름 ', '가을']);
});

test('pieces join to the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 80 }), (text) => {
      assert.equal(breakable(text).join(''), text);
    }),
  );
});

test('a short title takes the largest type', () => {
  assert.deepEqual(set('Up', 20), { sizePx: 20, lines: ['Up'] });
});

test('lines are balanced: no single short word on the last one', () => {
  assert.deepEqual(set('aaa bbb ccc dd', 24).lines, ['aaa bbb', 'ccc dd']);
});

test('type shrinks before a word is broken, a word longer than a line is broken at last', () => {
  assert.deepEqual(set('abcdefghijkl', 12), { sizePx: 10, lines: ['abcdefghijkl'] });
  assert.deepEqual(set('abcdefghijklmno', 12), { sizePx: 10, lines: ['abcdefghijkl', 'mno'] });
});

test('what does not fit ends with an ellipsis', () => {
  const { lines } = set('one two three four five six seven eight nine ten', 10);
  assert.equal(lines.length, 3);
  assert.match(lines[2] ?? '', /…$/);
});

test('no line is ever wider than the column, no more lines than allowed', () => {
  const titles = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 120 });
  fc.assert(
    fc.property(titles, fc.integer({ min: 4, max: 40 }), (text, columns) => {
      const { sizePx, lines } = set(text, columns);
      assert.ok(lines.length <= (sizePx === 20 ? 2 : 3));
      for (const line of lines) assert.ok(measure(line, sizePx) <= columns * 10, line);
    }),
  );
});
