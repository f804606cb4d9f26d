/** Numbers and dates in the name of a file that is one of several. */
import type { ReleaseTitle } from '../release-title/release-title.ts';
import { endsName, yearOf } from '../title-match/known-words.ts';
import { wordsOf } from '../title-match/words.ts';

export interface FileNumbers {
  /** Undefined when the name says none, or several. */
  readonly season: number | undefined;
  /** Season and episode in one: `S02E05`, `2x05`. */
  readonly isExplicit: boolean;
  /** Ascending; empty when there is no number. */
  readonly episodes: readonly number[];
  /** The number ends a name that may be the episode's own: `Show 05`, but `The 100`, too. */
  readonly isLoose: boolean;
  /** ISO date, empty when there is none. */
  readonly date: string;
  /** `Part 3`; 0 when there is none. */
  readonly part: number;
  /** OVA, film, recap `12.5`: outside of a season. */
  readonly isSpecial: boolean;
}

const EPISODE_WORDS =
  'episodes?|eps?|e|folge|afsnit|avsnitt|aflevering|odcinek|capitulo|cap|epizod|bolum|puntata|episodio|' +
  'серия|выпуск|no|nr|#|第';
/** What the parser leaves: `Folge 05`, `#05`, `第05話`, `05 серия`. */
const WORD_NUMBER = new RegExp(
  `(?:^|[^a-z\\d])(?:${EPISODE_WORDS})[-._ #]*(\\d{1,4})(?:v\\d)?(?![\\dp])`,
  'i',
);
const NUMBER_WORD = /(?<!\d)(\d{1,4})[-._ ]*(?:серия|話|话|集|回|화|bolum|bölüm|epizod|avsnitt)/i;
/** `05 of 10`, `05von10`, `5 из 10`: not the first five. */
const OF_TOTAL = /(?<!\d)(\d{1,3})[ ._]?(?:of|von|de|из|z|av|\/)[ ._]?\d{1,3}(?!\d)/i;
/** Chinese packs: `第2季`, `第05集`. */
const CJK_SEASON = /第 ?(\d{1,2}) ?季/;
const CJK_EPISODE = /第 ?(\d{1,4}) ?[集話话回]/;
const NUMBER_FIRST = /^(\d{1,4})(?:v\d)?(?=[-._ ]|$)/;
/** `01 - 12.00 am`: the first number counts, whatever follows; `01 - 02` are two. */
const NUMBER_ALONE_FIRST = /^(\d{1,3})(?: - |\. |\) |_-_)(?!\d{1,3}(?: - |$))/;
const NUMBER_LAST =
  /(?:^|(?<!(?:^|[-._ ])(?:the|an?|of|no))[-._ [(])(?<!\d\.)(\d{1,4})(?:v\d)?[\])]?(?:[-._ ]*[[(][^\])]*[\])])*$/i;
const TWO_DIGITS = /^(\d{2,4})$/;
const YEAR = /^(?:19[2-9]\d|20[0-4]\d)$/;
/** `- 12.5`: a recap between two episodes. */
const HALF = /(?:^|[ _\-[]|e|ep)\d{1,4}\.5(?=[ _\-[\]v(]|$)/i;
const SPECIAL = /(?:^|[^a-z\d])(?:ova|oad|special|sp|movie|film)[-._ ]?\d{0,3}(?=[^a-z\d]|$)/i;
const JOINED_PART = /(?<![a-z])(part|pt)(\d)/i;
/** A range of more is that of a pack, or a season and an episode: `1-05`. */
const UNMARKED_RANGE_MAX = 3;
/** What Usenet calls a file when nobody shall know it. */
const OBFUSCATED = /^(?=.*\d)[A-Za-z0-9]{16,}$/;
const NOTHING: FileNumbers = {
  season: undefined,
  isExplicit: false,
  episodes: [],
  isLoose: false,
  date: '',
  part: 0,
  isSpecial: false,
};
const SERIES: Parameters<typeof wordsOf>[1] = { type: 'series', isAnime: false };
export const SEASON_AND_EPISODE =
  /(?:^|[^a-z\d])(?:s(\d{1,4})[-._ ]{0,3}e(\d{1,4})|(\d{1,2})x(\d{1,4}))/i;

/** @param stem the name without its extension. @param parsed the name as the parser reads it */
export function fileNumbers(stem: string, parsed: ReleaseTitle): FileNumbers {
  if (OBFUSCATED.test(stem)) return NOTHING;
  const written = writtenNumbers(stem, parsed);
  const { season, isExplicit } = written;
  const date = parsed.date ?? '';
  const part = partOf(stem);
  const marked = isExplicit ? written.episodes : markedEpisodes(written.episodes, stem);
  const isSilent = marked.length === 0 && !isExplicit && date === '' && part === 0;
  const loose = isSilent ? looseNumber(stem) : [];
  return {
    season,
    isExplicit,
    episodes: [...marked, ...loose],
    isLoose: loose.length > 0,
    date,
    part,
    isSpecial: HALF.test(stem) || (!isExplicit && isOutsideSeasons(stem, parsed)),
  };
}

/** The parser's numbers, unless the name begins with another one or writes season and episode otherwise. */
function writtenNumbers(
  stem: string,
  parsed: ReleaseTitle,
): Pick<FileNumbers, 'season' | 'isExplicit' | 'episodes'> {
  const first = NUMBER_ALONE_FIRST.exec(stem)?.[1];
  if (first !== undefined)
    return { season: undefined, isExplicit: false, episodes: [Number(first)] };
  const season = seasonOf(stem, parsed);
  const [, s, e, x, episode] = SEASON_AND_EPISODE.exec(stem) ?? [];
  const isExplicit = season !== undefined && (s ?? x) !== undefined;
  const isMisread = isExplicit && Number(s ?? x) !== season;
  return isMisread
    ? { season: Number(s ?? x), isExplicit, episodes: [Number(e ?? episode)] }
    : { season, isExplicit, episodes: parsed.episodes };
}

/** `05 - Title`, `05` */
export function beginsWithNumber(stem: string): boolean {
  return NUMBER_FIRST.test(stem);
}

function seasonOf(stem: string, { seasons }: ReleaseTitle): number | undefined {
  const chinese = CJK_SEASON.exec(stem)?.[1];
  if (chinese !== undefined) return Number(chinese);
  return seasons.length === 1 ? seasons[0] : undefined;
}

function isOutsideSeasons(stem: string, { releaseTypes }: ReleaseTitle): boolean {
  return releaseTypes.length > 0 || SPECIAL.test(stem);
}

function markedEpisodes(parsed: readonly number[], stem: string): readonly number[] {
  const marked = firstNumber([OF_TOTAL, CJK_EPISODE], stem);
  if (marked.length > 0) return marked;
  if (parsed.length > UNMARKED_RANGE_MAX) return [];
  return parsed.length > 0 ? parsed : firstNumber([WORD_NUMBER, NUMBER_WORD, NUMBER_FIRST], stem);
}

/** `Show.02.FRENCH.DVDRip`, `Show 05`; what stands behind the words of the release is of these. */
function looseNumber(stem: string): readonly number[] {
  const words = wordsOf(stem, SERIES);
  const end = words.findIndex((word, at) => at > 0 && yearOf(word.text) === 0 && endsName(word));
  if (end === -1) return firstNumber([NUMBER_LAST], stem);
  const before = end > 1 ? (words[end - 1]?.written ?? '') : '';
  return firstNumber([TWO_DIGITS], before);
}

function firstNumber(forms: readonly RegExp[], stem: string): readonly number[] {
  const found = forms
    .map((form) => form.exec(stem)?.[1])
    .find((number) => number !== undefined && !YEAR.test(number));
  return found === undefined ? [] : [Number(found)];
}

function partOf(stem: string): number {
  const part = wordsOf(stem.replace(JOINED_PART, '$1 $2'), SERIES).find(({ isPart }) => isPart);
  return part === undefined ? 0 : Number(part.text);
}
