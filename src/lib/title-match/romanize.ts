/** Names in Latin letters, as releases write those of other scripts: Cyrillic, Greek and kana; not those of characters. */

const CYRILLIC: Readonly<Record<string, string>> = {
  а: 'a',
  б: 'b',
  в: 'v',
  г: 'g',
  ґ: 'g',
  д: 'd',
  е: 'e',
  ё: 'e',
  є: 'ye',
  ж: 'zh',
  з: 'z',
  и: 'i',
  і: 'i',
  ї: 'yi',
  й: 'y',
  к: 'k',
  л: 'l',
  м: 'm',
  н: 'n',
  о: 'o',
  п: 'p',
  р: 'r',
  с: 's',
  т: 't',
  у: 'u',
  ў: 'u',
  ф: 'f',
  х: 'kh',
  ц: 'ts',
  ч: 'ch',
  ш: 'sh',
  щ: 'shch',
  ъ: '',
  ы: 'y',
  ь: '',
  э: 'e',
  ю: 'yu',
  я: 'ya',
};
const GREEK: Readonly<Record<string, string>> = {
  α: 'a',
  β: 'v',
  γ: 'g',
  δ: 'd',
  ε: 'e',
  ζ: 'z',
  η: 'i',
  θ: 'th',
  ι: 'i',
  κ: 'k',
  λ: 'l',
  μ: 'm',
  ν: 'n',
  ξ: 'x',
  ο: 'o',
  π: 'p',
  ρ: 'r',
  σ: 's',
  ς: 's',
  τ: 't',
  υ: 'y',
  φ: 'f',
  χ: 'ch',
  ψ: 'ps',
  ω: 'o',
};
const KANA: Readonly<Record<string, string>> = {
  あ: 'a',
  い: 'i',
  う: 'u',
  え: 'e',
  お: 'o',
  か: 'ka',
  き: 'ki',
  く: 'ku',
  け: 'ke',
  こ: 'ko',
  さ: 'sa',
  し: 'shi',
  す: 'su',
  せ: 'se',
  そ: 'so',
  た: 'ta',
  ち: 'chi',
  つ: 'tsu',
  て: 'te',
  と: 'to',
  な: 'na',
  に: 'ni',
  ぬ: 'nu',
  ね: 'ne',
  の: 'no',
  は: 'ha',
  ひ: 'hi',
  ふ: 'fu',
  へ: 'he',
  ほ: 'ho',
  ま: 'ma',
  み: 'mi',
  む: 'mu',
  め: 'me',
  も: 'mo',
  や: 'ya',
  ゆ: 'yu',
  よ: 'yo',
  ら: 'ra',
  り: 'ri',
  る: 'ru',
  れ: 're',
  ろ: 'ro',
  わ: 'wa',
  を: 'wo',
  ん: 'n',
  が: 'ga',
  ぎ: 'gi',
  ぐ: 'gu',
  げ: 'ge',
  ご: 'go',
  ざ: 'za',
  じ: 'ji',
  ず: 'zu',
  ぜ: 'ze',
  ぞ: 'zo',
  だ: 'da',
  ぢ: 'ji',
  づ: 'zu',
  で: 'de',
  ど: 'do',
  ば: 'ba',
  び: 'bi',
  ぶ: 'bu',
  べ: 'be',
  ぼ: 'bo',
  ぱ: 'pa',
  ぴ: 'pi',
  ぷ: 'pu',
  ぺ: 'pe',
  ぽ: 'po',
};
const KANA_PAIRS: Readonly<Record<string, string>> = { ゃ: 'ya', ゅ: 'yu', ょ: 'yo' };
const LETTERS: ReadonlyMap<string, string> = new Map([
  ...Object.entries(CYRILLIC),
  ...Object.entries(GREEK),
  ...Object.entries(KANA),
]);

const HINT = /[\p{sc=Cyrillic}\p{sc=Greek}\p{sc=Hiragana}\p{sc=Katakana}]/u;
const KATAKANA_TO_HIRAGANA = 0x60;
const KATAKANA = /[\u30a1-\u30f6]/gu;
/** き before ゃ is "kya", し before it "sha". */
const SMALL_KANA = /(.)([ゃゅょ])/gu;
/** A small つ doubles the letter after it. */
const DOUBLED = /っ([a-z])/g;
const LONG_MARK = /ー/g;
const ACCENTS_OF_GREEK = /[\u0300\u0301\u0308]/g;

/** What differs between the ways that people write Russian in Latin letters. */
const SCHEMES: readonly Readonly<Record<string, string>>[] = [
  {},
  { ё: 'yo' },
  { х: 'h', ц: 'c', й: 'j', ю: 'ju', я: 'ja', ё: 'jo', щ: 'sch' },
  { х: 'h', й: 'i', ы: 'i', ю: 'iu', я: 'ia', ё: 'io', щ: 'sch' },
];

/** In every usual way; none where the text has no such letter. */
export function romanizations(text: string): readonly string[] {
  if (!HINT.test(text)) return [];
  return [...new Set(SCHEMES.map((scheme) => romanized(text, scheme)))];
}

function romanized(text: string, scheme: Readonly<Record<string, string>>): string {
  const lower = text.toLowerCase().normalize('NFKC').replace(KATAKANA, toHiragana);
  const paired = lower.replace(SMALL_KANA, (all, first: string, small: string) => {
    const start = KANA[first];
    const vowel = KANA_PAIRS[small];
    if (start === undefined || vowel === undefined) return all;
    return start.slice(0, -1) + (/(?:sh|ch|j)i$/.test(start) ? vowel.slice(1) : vowel);
  });
  const latin = Array.from(paired, (letter) => scheme[letter] ?? latinOf(letter)).join('');
  return latin.replace(DOUBLED, '$1$1').replaceAll('っ', '').replace(LONG_MARK, '');
}

function latinOf(letter: string): string {
  const known = LETTERS.get(letter);
  if (known !== undefined) return known;
  return LETTERS.get(letter.normalize('NFD').replace(ACCENTS_OF_GREEK, '')) ?? letter;
}

function toHiragana(letter: string): string {
  return String.fromCodePoint((letter.codePointAt(0) ?? 0) - KATAKANA_TO_HIRAGANA);
}
