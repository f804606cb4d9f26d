/** Protects the drawing from strange titles: what comes out is one well-formed line of bounded length. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { cleanTitle, directionOf, graphemesOf } from '../../../../workers/poster/title-text.ts';
import { cpuClock } from '../../../support/cpu-time.ts';

test('control characters and line ends become single spaces', () => {
  assert.equal(cleanTitle('  Amélie\u0000\u001b\n\tPoulain\u2028 2 '), 'Amélie Poulain 2');
});

test('characters that turn the direction of the rest are dropped, joiners stay', () => {
  assert.equal(cleanTitle('a\u202eb\u2066c\u200e\u200f\u061c'), 'abc');
  assert.equal(cleanTitle('👨\u200d👩\u200d👧'), '👨\u200d👩\u200d👧');
  assert.equal(cleanTitle('می\u200cخواهم'), 'می\u200cخواهم');
});

test('decomposed letters are composed, stacks of marks are cut', () => {
  assert.equal(cleanTitle('e\u0301'), 'é');
  assert.equal(cleanTitle(`Z${'\u0338'.repeat(50)}`), `Z${'\u0338'.repeat(4)}`);
});

test('whatever comes in, one clean line of at most 240 characters comes out', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 4000 }), (raw) => {
      const clean = cleanTitle(raw);
      assert.ok(graphemesOf(clean).length <= 240);
      assert.doesNotMatch(clean, /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|^ | $| {2}/u);
      assert.equal(cleanTitle(clean), clean);
    }),
    { numRuns: 300 },
  );
});

test('a title of ten megabytes costs no more than a long one', () => {
  const usedMs = cpuClock();
  cleanTitle('x\u0338'.repeat(5_000_000));
  assert.ok(usedMs() < 2000);
});

test('direction is that of the first letter', () => {
  assert.equal(directionOf('1958 باب الحديد'), 'rtl');
  assert.equal(directionOf('ואלס'), 'rtl');
  assert.equal(directionOf('Amelia مرحبا'), 'ltr');
  assert.equal(directionOf('千と千尋'), 'ltr');
  assert.equal(directionOf('1917'), 'ltr');
});
