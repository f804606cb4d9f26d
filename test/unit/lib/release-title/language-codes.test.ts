/** Protects the languages of imported titles: a code maps to a name that the vocabulary has, or to none. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { languageOfCode } from '../../../../src/lib/release-title/language-codes.ts';

test('codes of any case are known, the code for "no speech" is not', () => {
  assert.equal(languageOfCode('en'), 'English');
  assert.equal(languageOfCode('DE'), 'German');
  assert.equal(languageOfCode('xx'), undefined);
  assert.equal(languageOfCode('constructor'), undefined);
});
