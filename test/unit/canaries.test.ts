/** The scan for canaries finds them in every form, so that its silence means something. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CANARY, canaryIn } from '../support/canaries.ts';

test('a canary is found however it is written, and nothing else is one', () => {
  for (let before = 0; before < 7; before++)
    for (let after = 0; after < 4; after++) {
      const text = Buffer.from(`${'x'.repeat(before)}${CANARY}${'y'.repeat(after)}`);
      for (const encoding of ['utf8', 'hex', 'base64', 'base64url'] as const)
        assert.notEqual(canaryIn(`before ${text.toString(encoding)} after`), null, encoding);
    }
  assert.notEqual(canaryIn(encodeURIComponent(`a ${CANARY}`)), null);
  assert.equal(canaryIn('CANARY is a bird, Q0FOQVJZ too'), null);
});
