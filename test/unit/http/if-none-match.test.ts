/** Protects conditional requests: a client keeps its copy when, and only when, it has these bytes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { matchesEtag } from '../../../src/http/if-none-match.ts';

const ETAG = '"abc-gz"';

test('lists, weak tags, the star, and things that are no entity tags', () => {
  const matching = [
    ETAG,
    `W/${ETAG}`,
    '*',
    ' * ',
    `"x", ${ETAG}`,
    `"x",W/${ETAG} , "y"`,
    `"a,b", ${ETAG}`,
    `"x",,${ETAG}`,
  ];
  for (const header of matching) assert.ok(matchesEtag(header, ETAG), header);
  const different = [
    '"abc"',
    'W/"abc"',
    'abc-gz',
    '"abc-gz',
    '"x" "abc-gz"',
    'w/"abc-gz"',
    `x${ETAG}`,
    '**',
    ',',
    '"ABC-GZ"',
  ];
  for (const header of different) assert.ok(!matchesEtag(header, ETAG), header);
});

const tag = fc.stringMatching(/^[\x21\x23-\x7e]{0,12}$/).map((opaque) => `"${opaque}"`);

test('a list matches exactly when one of its tags is the one, weak or strong', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(tag, fc.boolean()), { minLength: 1, maxLength: 8 }),
      tag,
      (list, etag) => {
        const header = list.map(([one, isWeak]) => (isWeak ? `W/${one}` : one)).join(', ');
        assert.equal(
          matchesEtag(header, etag),
          list.some(([one]) => one === etag),
        );
      },
    ),
  );
});

test('any text ends with an answer', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 300 }), tag, (header, etag) => {
      assert.equal(typeof matchesEtag(header, etag), 'boolean');
    }),
    { numRuns: 500 },
  );
});
