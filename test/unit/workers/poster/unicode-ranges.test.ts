/** Protects the reading of the ranges that font packages publish. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { coversCodePoint, parseUnicodeRanges } from '../../../../workers/poster/unicode-ranges.ts';

test('single code points, ranges and wildcards', () => {
  assert.deepEqual(
    [...parseUnicodeRanges('U+26, u+0-7F,U+4??,U+1f1e6-1f1ff')],
    [0x26, 0x26, 0, 0x7f, 0x400, 0x4ff, 0x1f1e6, 0x1f1ff],
  );
});

test('anything else is refused loudly', () => {
  for (const list of ['', 'U+', 'U+zz', 'U+7F-0', 'U+110000', 'U+4?-5', '26', 'U+1-2-3']) {
    assert.throws(() => parseUnicodeRanges(list), SyntaxError, list);
  }
});

test('a code point is covered exactly when one of the ranges holds it', () => {
  const range = fc
    .tuple(fc.nat(0x2000), fc.nat(0x100))
    .map(([first, more]) => [first, first + more] as const);
  fc.assert(
    fc.property(
      fc.array(range, { minLength: 1, maxLength: 20 }),
      fc.nat(0x2200),
      (ranges, point) => {
        const list = ranges
          .map(([first, last]) => `U+${first.toString(16)}-${last.toString(16)}`)
          .join(', ');
        const expected = ranges.some(([first, last]) => point >= first && point <= last);
        assert.equal(coversCodePoint(parseUnicodeRanges(list), point), expected);
      },
    ),
  );
});
