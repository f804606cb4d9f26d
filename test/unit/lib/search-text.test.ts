/** Titles and searches meet as the same words, in any script, and never as syntax of a tsquery. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { plainText, searchQueries, titleLexemes } from '../../../src/lib/search-text.ts';

test('case, accents, width and punctuation do not matter', () => {
  assert.equal(plainText('Amélie – “Le Film”'), 'amelie le film');
  assert.equal(plainText('ＦＵＬＬ　ｗｉｄｔｈ'), 'full width');
  assert.equal(plainText('İstanbul'), 'istanbul');
  assert.equal(plainText('Ёлки'), plainText('Елки'));
  assert.equal(plainText('ガンダム'), 'ガンダム', 'a voiced sign is no accent');
  assert.equal(plainText('!?'), '');
});

test('a title is found by its words, by itself, and in scripts without spaces from any character on', () => {
  assert.deepEqual(titleLexemes(['Big Buck']), ['=big buck', 'big', 'buck']);
  assert.deepEqual(titleLexemes(['千と千']), ['=千と千', 'と千', '千', '千と千']);
  assert.deepEqual(titleLexemes(["L'Avventura"]), ['=lavventura', 'avventura', 'l', 'lavventura']);
  assert.deepEqual(titleLexemes(['', '!!!']), []);
});

test('a search asks for starts of words and for the whole title', () => {
  assert.deepEqual(searchQueries('Big Bu'), { words: "'big':* & 'bu':*", whole: "'=big bu'" });
  assert.equal(searchQueries(' ! '), null);
});

test('whatever is given, lexemes and queries hold no syntax and are bounded', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
    const lexemes = titleLexemes([text]);
    assert.ok(lexemes.length <= 256);
    for (const lexeme of lexemes) assert.match(lexeme, /^=?[\p{L}\p{N}\p{M} ]{1,121}$/u);
    const queries = searchQueries(text);
    if (queries === null) return;
    assert.match(queries.words, /^'[\p{L}\p{N}\p{M}]+':\*( & '[\p{L}\p{N}\p{M}]+':\*){0,7}$/u);
    assert.equal(Buffer.from(queries.words).toString(), queries.words, 'no half characters');
  }));
});

test('a title is found by itself and by the start of each of its words', () => {
  fc.assert(fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }), (title) => {
    const queries = searchQueries(title);
    if (queries === null) return;
    const lexemes = titleLexemes([title]);
    assert.ok(lexemes.includes(queries.whole.slice(1, -1)));
    for (const [, prefix = ''] of queries.words.matchAll(/'([^']+)':\*/gu)) {
      assert.ok(lexemes.some((lexeme) => lexeme.startsWith(prefix)), `${prefix} in ${lexemes.join(' ')}`);
    }
  }));
});
