/** Players are told of what is there, and of nothing else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { publishedSegments } from '../../../../src/features/live/published-segments.ts';

/** One segment for each letter: `-` was listed and never stored. */
function listed(stored: string) {
  return Array.from(stored, (letter, sequence) => ({
    name: `${sequence}.ts`,
    sequence,
    durationMs: 2000,
    isDiscontinuity: false,
    isStored: letter !== '-',
  }));
}

function shown(stored: string, windowSegments: number | null): string {
  return publishedSegments(listed(stored), windowSegments)
    .map(({ sequence, isGap, isDiscontinuity }) =>
      isGap ? '-' : `${isDiscontinuity ? '!' : ''}${sequence}`,
    )
    .join('');
}

test('what is on its way holds up those behind it', () => {
  assert.equal(shown('xxxxx', 10), '01234');
  assert.equal(shown('xxxx-', 10), '0123');
  assert.equal(shown('xxx-x', 10), '012');
  assert.equal(shown('xx-xx', 10), '01');
});

test('what never came is a gap of the live stream, and the numbers go on', () => {
  assert.equal(shown('x-xxx', 10), '0-234');
  assert.equal(shown('-----', 10), '');
  assert.equal(shown('--xxx', 10), '--234');
});

test('the window ends with the last one, a recording has all of them', () => {
  assert.equal(shown('xxxxxx', 3), '345');
  assert.equal(shown('xx--xx-', null), '01!45');
  assert.equal(shown('', null), '');
});
