/** Categories of Newznab's numbering: thousands for the kind, the rest for what is special about it. */

/** The standard ones that films and series are in, by their names in capabilities. */
export const VIDEO_CATEGORIES = [
  {
    id: 2000,
    name: 'Movies',
    children: {
      2010: 'Foreign',
      2020: 'Other',
      2030: 'SD',
      2040: 'HD',
      2045: 'UHD',
      2050: 'BluRay',
      2060: '3D',
    },
  },
  {
    id: 5000,
    name: 'TV',
    children: {
      5010: 'WEB-DL',
      5020: 'Foreign',
      5030: 'SD',
      5040: 'HD',
      5045: 'UHD',
      5060: 'Sport',
      5070: 'Anime',
    },
  },
] as const;

export const MOVIES = 2000;
export const SERIES = 5000;
export const ANIME = 5070;
/** What is added to them for a resolution. */
export const SD = 30;
export const HD = 40;
export const UHD = 45;

/** Below it are standard categories; indexers number their own from 100,000. */
const STANDARD_END = 10_000;
/** Consoles, audio, programs, pornography and books; what is in 8000 (other) may be anything. */
const NO_VIDEO: ReadonlySet<number> = new Set([1000, 3000, 4000, 6000, 7000]);

export function kindOf(category: number): number {
  return category < STANDARD_END ? Math.floor(category / 1000) * 1000 : 0;
}

/** False when an indexer says that something is neither a film nor a series; one that says nothing is believed. */
export function mayBeVideo(categories: readonly number[]): boolean {
  const kinds = categories.map(kindOf);
  if (kinds.includes(MOVIES) || kinds.includes(SERIES)) return true;
  return !kinds.some((kind) => NO_VIDEO.has(kind));
}

/** What sites call their categories, the special ones first: `English-translated Anime`, `TV > HD`, `tv_show`. */
const WORDS: readonly (readonly [RegExp, number])[] = [
  [/\banimes?\b/, ANIME],
  [/\b(xxx|adult|porn|hentai)\b/, 6000],
  [/\baudio ?books?\b/, 3030],
  [/\b(audio|music|mp3|flac|podcasts?)\b/, 3000],
  [/\b(e?books?|comics?|magazines?|manga)\b/, 7000],
  [/\b(consoles?|playstation|xbox|nintendo)\b/, 1000],
  [/\b(pc|games?|apps?|applications?|software|android|mac|0day)\b/, 4000],
  [/\b(tv|television|series|shows?|episodes?|[sh]dtv)\b/, SERIES],
  [/\b(movies?|films?)\b/, MOVIES],
];

/** The category that a word stands for; null for words that say nothing of the kind: `720p`, `REMUX`. */
export function categoryOfWords(text: string): number | null {
  const words = text.toLowerCase().replaceAll(/[_\W]+/g, ' ');
  return WORDS.find(([pattern]) => pattern.test(words))?.[1] ?? null;
}
