/** Words that generated titles and releases are made of. */
import type { Random } from './random.ts';

const ONSETS = [
  'b',
  'br',
  'c',
  'ch',
  'd',
  'dr',
  'f',
  'g',
  'gr',
  'h',
  'k',
  'l',
  'm',
  'n',
  'p',
  'r',
  's',
  'st',
  't',
  'v',
  'w',
];
const VOWELS = ['a', 'e', 'i', 'o', 'u', 'ai', 'ea', 'ou'];
const CODAS = ['', 'l', 'm', 'n', 'nd', 'r', 'rt', 's', 'st', 't', 'x'];
const FREQUENT = [
  'The',
  'Of',
  'And',
  'Night',
  'Love',
  'Last',
  'Man',
  'Girl',
  'Dead',
  'House',
  'Life',
  'World',
  'King',
  'Blood',
  'Dark',
  'War',
  'Black',
  'City',
  'Day',
  'Lost',
  'Star',
  'Secret',
  'Red',
  'Story',
  'Island',
  'Moon',
  'River',
  'Fire',
  'Game',
];
/** Words of other scripts; the last column is written without spaces. */
const FOREIGN: readonly (readonly string[])[] = [
  ['Ночь', 'Дом', 'Любовь', 'Город', 'Последний', 'Белый', 'Солнце', 'Война', 'Сестра', 'Море'],
  ['ليل', 'بيت', 'حب', 'مدينة', 'الأخير', 'بحر', 'شمس', 'حرب'],
  ['रात', 'घर', 'प्यार', 'शहर', 'आखिरी', 'सागर', 'सूरज', 'युद्ध'],
  ['Été', 'Élan', 'Forêt', 'Fenêtre', 'Garçon', 'Señor', 'Über', 'Straße', 'Jäger', 'Łódź'],
  ['千', '夜', '家', '愛', '街', '最後', '海', '太陽', '戦争', '物語', '少女', '影', '森', '空'],
];
const UNSPACED = FOREIGN.length - 1;
const OWN_WORDS = 6000;
/** No title ends with one of them, or is one. */
const JOINING: ReadonlySet<string> = new Set(['The', 'Of', 'And']);
const WORDS_OF_A_TITLE: readonly (readonly [weight: number, words: number])[] = [
  [12, 1],
  [35, 2],
  [33, 3],
  [20, 4],
];

export const GENRES = [
  'Drama',
  'Comedy',
  'Thriller',
  'Action',
  'Romance',
  'Documentary',
  'Horror',
  'Crime',
  'Adventure',
  'Family',
  'Animation',
  'Sci-Fi',
  'Fantasy',
  'Mystery',
  'History',
  'Music',
  'War',
  'Western',
  'Biography',
  'Sport',
  'Short',
  'Film-Noir',
] as const;
export const GROUPS = [
  'NTb',
  'RARBG',
  'FLUX',
  'YIFY',
  'SPARKS',
  'GECKOS',
  'AMIABLE',
  'KOGi',
  'CMRG',
  'EVO',
  'ION10',
  'TEPES',
  'PSA',
  'Joy',
  'SubsPlease',
  'MeGusta',
  'TGx',
  'FGT',
  'DON',
  'HDMaNiAcS',
] as const;
export const SOURCES = [
  '1337x',
  'rarbg',
  'eztv',
  'nyaa',
  'yts',
  'tgx',
  'bitsearch',
  'zilean',
  'torlock',
  'limetorrents',
] as const;

/** Titles whose words are as unevenly frequent as those of real ones. */
export class TitleMaker {
  readonly #own: readonly string[];
  readonly #words: readonly string[];

  constructor(random: Random) {
    const own = new Set<string>();
    while (own.size < OWN_WORDS) own.add(ownWord(random));
    this.#own = [...own];
    this.#words = [...FREQUENT, ...own];
  }

  make(random: Random): string {
    if (random.onceIn(8)) return this.#foreign(random);
    const words = Array.from({ length: random.pickWeighted(WORDS_OF_A_TITLE) }, () =>
      random.pickSkewed(this.#words),
    );
    // Thousands of titles called "The" or "Night" would be searched for unlike real ones.
    if (words.length === 1 || JOINING.has(words.at(-1) ?? ''))
      words[words.length - 1] = random.pick(this.#own);
    const title = (random.onceIn(5) ? ['The', ...words] : words).join(' ');
    return random.onceIn(30) ? `${title} ${random.between(2, 5)}` : title;
  }

  #foreign(random: Random): string {
    const script = random.between(0, UNSPACED);
    const words = FOREIGN[script] ?? [];
    return Array.from({ length: random.between(2, 4) }, () => random.pick(words)).join(
      script === UNSPACED ? '' : ' ',
    );
  }
}

function ownWord(random: Random): string {
  let word = '';
  const syllables = random.between(1, 3);
  for (let at = 0; at < syllables; at++)
    word += random.pick(ONSETS) + random.pick(VOWELS) + random.pick(CODAS);
  return word.charAt(0).toUpperCase() + word.slice(1);
}
