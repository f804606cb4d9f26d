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
  ['Żółć Đặng Ελλάς Сталкер', ['inter']],
  ['千と千尋の神隠し', ['noto-sans-jp']],
  ['기생충', ['noto-sans-kr']],
  ['霸王别姬', ['noto-sans-sc']],
  ['كفرناحوم', ['noto-sans-arabic']],
  ['ואלס עם באשיר', ['inter', 'noto-sans-hebrew']],
  ['तीसरी मंज़िल', ['inter', 'noto-sans-devanagari']],
  ['ลุงบุญมีระลึกชาติ', ['noto-sans-thai']],
  ['👨‍👩‍👧‍👦🇫🇷👍🏽❤️1️⃣', ['noto-color-emoji']],
  ['Up 🎈', ['inter', 'noto-color-emoji']],
];

for (const [text, packages] of SAMPLES) {
  test(`${text}: whole, from ${packages.join(' and ')}`, () => {
    assert.equal(chooseFonts(text, subsetTable).text, text);
    assert.deepEqual(packagesOf(text), packages);
  });
}

test('a title loads few files, not the whole font', () => {
  assert.ok(chooseFonts('新世紀エヴァンゲリオン劇場版', subsetTable).subsets.length <= 8);
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
  assert.equal(chooseFonts('Vepkhistqaosani ვე', subsetTable).text, 'Vepkhistqaosani');
  assert.deepEqual(chooseFonts('ვეფხისტყაოსანი', subsetTable), { text: '', subsets: [] });
});
