/** Words and codes that name a language in release titles, in lower case. */

/** ISO 639-1 and -2 codes, codes of countries that stand for their language, and the forms that releasers use. */
const CODES: Readonly<Record<string, string>> = {
  ar: 'ar ara',
  bg: 'bg bul',
  bn: 'bn ben',
  ca: 'cat',
  cs: 'cs cz ces cze',
  da: 'da dk dan',
  de: 'de deu ger',
  el: 'el gr ell gre',
  en: 'en eng',
  es: 'es esp spa',
  et: 'et est',
  fa: 'fa fas per',
  fi: 'fi fin',
  fr: 'fr fra fre',
  he: 'he heb',
  hi: 'hi hin',
  hr: 'hr hrv',
  hu: 'hu hun',
  id: 'id ind',
  is: 'is isl ice',
  it: 'it ita',
  ja: 'ja jp jap jpn',
  kn: 'kn kan',
  ko: 'ko kr kor',
  lt: 'lt lit',
  lv: 'lv lav',
  ml: 'ml mal',
  mr: 'mr mar',
  ms: 'ms may msa',
  nl: 'nl nld dut',
  no: 'no nor nob',
  pa: 'pan pun',
  pl: 'pl pol',
  pt: 'pt por',
  'pt-BR': 'br bra',
  ro: 'ro ron rum rom',
  ru: 'ru rus',
  sk: 'sk slk svk',
  sl: 'sl slv',
  sr: 'sr srp',
  sv: 'sv se swe',
  ta: 'ta tam',
  te: 'te tel',
  th: 'th tha',
  tr: 'tr tur',
  uk: 'ua ukr',
  vi: 'vi vn vie',
  zh: 'zh cn chi chs zho',
  'es-419': 'lat',
};

const NAMES: Readonly<Record<string, string>> = {
  ar: 'arabic',
  bg: 'bulgarian',
  bn: 'bengali bangla',
  ca: 'catalan',
  cs: 'czech',
  da: 'danish dansk danska',
  de: 'german deutsch',
  el: 'greek',
  en: 'english ingles inglese anglais',
  es: 'spanish espanol español castellano',
  et: 'estonian',
  fa: 'persian farsi',
  fi: 'finnish finsk suomi',
  fr: 'french francais français vff vfq vfi vf truefrench',
  he: 'hebrew',
  hi: 'hindi',
  hr: 'croatian',
  hu: 'hungarian magyar',
  id: 'indonesian',
  is: 'icelandic',
  it: 'italian italiano',
  ja: 'japanese',
  kn: 'kannada',
  ko: 'korean',
  lt: 'lithuanian',
  lv: 'latvian',
  ml: 'malayalam',
  mr: 'marathi',
  ms: 'malay',
  nl: 'dutch flemish vlaams',
  no: 'norwegian norsk',
  pa: 'punjabi',
  pl: 'polish polski',
  pt: 'portuguese portugues português',
  'pt-BR': 'brazilian ptbr',
  ro: 'romanian',
  ru: 'russian',
  sk: 'slovak',
  sl: 'slovenian',
  sr: 'serbian',
  sv: 'swedish svensk svenska',
  ta: 'tamil',
  te: 'telugu',
  th: 'thai',
  tr: 'turkish',
  uk: 'ukrainian',
  vi: 'vietnamese viet',
  zh: 'chinese mandarin cantonese',
  'es-419': 'latino',
};

const CODES_BY_WORD = wordsOf(CODES);
const LANGUAGES_BY_WORD: ReadonlyMap<string, string> = new Map([
  ...wordsOf(NAMES),
  ...CODES_BY_WORD,
]);

function wordsOf(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const entries = Object.entries(table);
  return new Map(
    entries.flatMap(([language, words]) =>
      words.split(' ').map((word): [string, string] => [word, language]),
    ),
  );
}

/** The four of `NORDiC`. */
export const NORDIC_LANGUAGES: readonly string[] = ['da', 'fi', 'no', 'sv'];

/** ISO 639-1, with a region where the word names one. @param word lower case */
export function languageOfWord(word: string): string | undefined {
  return LANGUAGES_BY_WORD.get(word);
}

/** The same for codes of two and three letters alone. */
export function languageOfShortCode(word: string): string | undefined {
  return CODES_BY_WORD.get(word);
}
