/** Protects the choice of font files, with the tables of the installed packages. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseFonts, type FontPackage } from '../../../../workers/poster/font-choice.ts';
import { subsetTable } from '../../../../workers/poster/fonts.ts';

function packagesOf(text: string): FontPackage[] {
  return [...new Set(chooseFonts(text, subsetTable).subsets.map((subset) => subset.package))];
}

const SAMPLES: readonly (readonly [text: string, packages: readonly FontPackage[]])[] = [
  ['Night of the Living Dead', ['inter']],
  ['Żółć Đặng Ελλάς Потёмкин', ['inter']],
  ['狂った一頁', ['noto-sans-jp']],
  ['아리랑', ['noto-sans-kr']],
  ['马路天使', ['noto-sans-sc']],
  ['ليلى', ['noto-sans-arabic']],
  ['עודד הנודד', ['inter', 'noto-sans-hebrew']],
  ['राजा हरिश्चन्द्र', ['inter', 'noto-sans-devanagari']],
  ['นางสาวสุวรรณ', ['noto-sans-thai']],
  ['நல்லதங்காள்', ['noto-sans-tamil']],
  ['ბუბა', ['noto-sans-georgian']],
  ['👨‍👩‍👧‍👦🇫🇷👍🏽❤️1️⃣', ['noto-color-emoji']],
  ['Moon 🎈', ['inter', 'noto-color-emoji']],
];

for (const [text, packages] of SAMPLES) {
  test(`${text}: whole, from ${packages.join(' and ')}`, () => {
    assert.equal(chooseFonts(text, subsetTable).text, text);
    assert.deepEqual(packagesOf(text), packages);
  });
}

test('a title loads few files, not the whole font', () => {
  assert.ok(chooseFonts('何が彼女をさうさせたか', subsetTable).subsets.length <= 8);
});

test('Han characters take the shapes of the language around them', () => {
  assert.deepEqual(packagesOf('直'), ['noto-sans-sc']);
  assert.deepEqual(packagesOf('直の'), ['noto-sans-jp']);
  assert.deepEqual(packagesOf('直은'), ['noto-sans-kr']);
});

test('marks that no font has on that letter go, the letter stays', () => {
  assert.equal(chooseFonts('Z\u0338\u0321algo', subsetTable).text, 'Zalgo');
});

test('a few characters without a font are left out, a title of them is not drawn at all', () => {
  assert.equal(chooseFonts('Tsalagi story ᏣᎳ', subsetTable).text, 'Tsalagi story');
  assert.deepEqual(chooseFonts('ᏣᎳᎩ ᎦᏬᏂᎯᏍᏗ', subsetTable), { text: '', subsets: [] });
});
