/** Whether a release plays a title, and what of it. Rules: docs/matching.md. */
import { parseReleaseTitle, TITLE_CHARS_MAX } from '../release-title/parse.ts';
import type { ReleaseTitle } from '../release-title/release-title.ts';
import { spellings } from '../search-text.ts';
import { type CompiledTitle } from './compiled-title.ts';
import { findName, holdsName, type NameFound, type ParsedName } from './find-name.ts';
import { keyOf } from './name-keys.ts';
import { judgeMovie } from './judge-movie.ts';
import { judgeSeries } from './judge-series.ts';
import { refuse, type Refusal } from './reasons.ts';
import type { Placement } from './title-facts.ts';
import { wordsOf, type Word } from './words.ts';

/** One release as its source names it. Texts are empty and numbers 0 when unknown. */
export interface ReleaseClaim {
  readonly name: string;
  readonly sizeBytes: number;
  /** `tt…` and digits: what the source says that it is. */
  readonly imdbId: string;
  readonly tmdbId: string;
  /** The source was asked for this very title and episode, and answered with it. */
  readonly isVouchedFor: boolean;
}

/** What was searched for; both 0 for movies. */
export interface Asked {
  readonly season: number;
  readonly episode: number;
}

export interface Acceptance {
  readonly accepted: true;
  /** Everything of the title that the release plays, whatever was asked for; at least one. */
  readonly placements: readonly Placement[];
  readonly parsed: ReleaseTitle;
}

export type Verdict = Acceptance | Refusal;

/** What is known of a release once its name was read. */
export interface Reading {
  readonly title: CompiledTitle;
  readonly release: ReleaseClaim;
  readonly text: string;
  readonly words: readonly Word[];
  readonly parsed: ReleaseTitle;
  /** Undefined where the source vouches for a name that is not known. */
  readonly found: NameFound | undefined;
  /** First word after the name. */
  readonly tail: number;
  /** The source says that it is this title: by its id, or because it was asked for it. */
  readonly isClaimed: boolean;
  readonly asked: Asked;
  readonly parsedName: ParsedName;
}

/** Stands for the name while the rest is parsed, when the parser took a part of the name for a year or an episode. */
const STAND_IN = 'Qqzzq';
const EPISODE_ONLY = /^(?:s\d{1,3}(?:e\d{1,4})?|e\d{1,4}|\d{1,2}x\d{1,3}|ep\d{1,4})$/;

/** Microseconds for another title, else what parsing takes. Never throws; time grows with the name's length alone. */
export function matchRelease(title: CompiledTitle, release: ReleaseClaim, asked: Asked): Verdict {
  const verdict = matchName(title, release, release.name, asked);
  if (verdict.accepted || verdict.reason !== 'other-title') return verdict;
  const [, spelledOut] = spellings(release.name.slice(0, TITLE_CHARS_MAX));
  return spelledOut === undefined ? verdict : matchName(title, release, spelledOut, asked);
}

function matchName(
  title: CompiledTitle,
  release: ReleaseClaim,
  name: string,
  asked: Asked,
): Verdict {
  const text = name.slice(0, TITLE_CHARS_MAX);
  const words = wordsOf(text, title.facts);
  if (words.length === 0) return refuse('unreadable');
  const idVerdict = compareIds(title, release);
  if (idVerdict === 'other')
    return refuse('other-id', release.imdbId === '' ? `tmdb:${release.tmdbId}` : release.imdbId);
  const isClaimed = release.isVouchedFor || idVerdict === 'same';
  if (!isClaimed && !mayHoldName(title, words))
    return refuse(isEpisodeOnly(words) ? 'no-name' : 'other-title');
  const parsed = parseReleaseTitle(text);
  const parsedName = placeOf(words, wordsOf(parsed.title, title.facts));
  const found = foundName(title, text, words, parsed, parsedName);
  const misfit = nameMisfit(title, release, parsed, found, isClaimed, words);
  if (misfit !== undefined) return misfit;
  const isCutShort = needsRereading(words, parsed, parsedName, found);
  // `Open Season 2`, of which the parser takes `Season 2` for more than a name.
  if (isCutShort && isNumberedSequel(title, words, found)) return longer(parsed);
  const reading = {
    title,
    release,
    text,
    words,
    parsed: isCutShort ? reread(text, words, found) : parsed,
    found,
    tail: found === undefined || found.to < 0 ? Math.max(0, parsedName.to) : found.to,
    isClaimed,
    asked,
    parsedName,
  };
  const placements = title.facts.type === 'movie' ? judgeMovie(reading) : judgeSeries(reading);
  return 'accepted' in placements
    ? placements
    : { accepted: true, placements, parsed: reading.parsed };
}

function compareIds({ facts }: CompiledTitle, release: ReleaseClaim): 'same' | 'other' | 'unknown' {
  const pairs = [
    [numberOfId(facts.imdbId), numberOfId(release.imdbId)],
    [numberOfId(facts.tmdbId), numberOfId(release.tmdbId)],
  ] as const;
  const [first] = pairs.filter(([own, other]) => own !== '' && other !== '');
  if (first === undefined) return 'unknown';
  return first[0] === first[1] ? 'same' : 'other';
}

/** Indexers pad ids differently, and write 0 for none. */
function numberOfId(id: string): string {
  return /^(?:tt)?0*([1-9]\d*)$/.exec(id)?.[1] ?? '';
}

function mayHoldName({ needles }: CompiledTitle, words: readonly Word[]): boolean {
  const all = keyOf(words, 0, words.length);
  return needles.some((needle) => all.includes(needle));
}

function placeOf(words: readonly Word[], name: readonly Word[]): ParsedName {
  if (name.length === 0) return { from: -1, to: -1 };
  for (let from = 0; from + name.length <= words.length; from++) {
    if (name.every(({ text }, at) => words[from + at]?.text === text))
      return { from, to: from + name.length };
  }
  return { from: -1, to: -1 };
}

function foundName(
  title: CompiledTitle,
  text: string,
  words: readonly Word[],
  parsed: ReleaseTitle,
  parsedName: ParsedName,
): NameFound | undefined {
  const found = findName(text, words, title, parsedName);
  if (found?.fit === 'whole' || parsedName.from !== -1) return found;
  // The parser turns some names round: what it read is compared by itself.
  const own = wordsOf(parsed.title, title.facts);
  const inOwn = findName(parsed.title, own, title, { from: 0, to: own.length });
  return inOwn?.fit === 'whole' ? { ...inOwn, from: -1, to: -1 } : found;
}

/** Why the name is not the title's, or undefined when it is, or when the source's word is enough. */
function nameMisfit(
  title: CompiledTitle,
  release: ReleaseClaim,
  parsed: ReleaseTitle,
  found: NameFound | undefined,
  isClaimed: boolean,
  words: readonly Word[],
): Refusal | undefined {
  if (release.isVouchedFor) {
    const isLonger = found?.fit === 'longer' && isNumberedSequel(title, words, found);
    return isLonger ? longer(parsed) : undefined;
  }
  if (found?.fit === 'whole') return undefined;
  if (found === undefined) {
    const isInside = holdsName(wordsOf(parsed.title, title.facts), title);
    if (isInside) return longer(parsed);
    return isClaimed && hasExactYear(title, parsed)
      ? undefined
      : refuse('other-title', parsed.title);
  }
  if (found.fit !== 'longer' && hasExactYear(title, parsed)) return undefined;
  if (found.fit !== 'shorter') return longer(parsed);
  return parsed.year === undefined
    ? refuse('unclear-title')
    : refuse('other-year', String(parsed.year));
}

function hasExactYear({ facts }: CompiledTitle, parsed: ReleaseTitle): boolean {
  return facts.year !== 0 && parsed.year === facts.year;
}

function isEpisodeOnly(words: readonly Word[]): boolean {
  return EPISODE_ONLY.test(words[0]?.written ?? '');
}

function longer(parsed: ReleaseTitle): Refusal {
  return refuse('longer-title', parsed.title);
}

/** The word behind the name is a small number. */
function isNumberedSequel(
  { facts }: CompiledTitle,
  words: readonly Word[],
  found: NameFound | undefined,
): boolean {
  if (facts.type !== 'movie' || found === undefined || found.to < 0) return false;
  return /^(?:[2-9]|1\d)$/.test(words[found.to]?.text ?? '');
}

/** The parser's name ends before the title's does, or is none of the release's words though the title's has digits. */
function needsRereading(
  words: readonly Word[],
  parsed: ReleaseTitle,
  parsedName: ParsedName,
  found: NameFound | undefined,
): boolean {
  if (found === undefined || found.to < 0) return false;
  const numbers = words.slice(found.from, found.to).map(({ written }) => Number(written));
  const taken = [parsed.year, ...parsed.episodes, ...parsed.seasons];
  if (numbers.some((number) => taken.includes(number))) return true;
  if (parsedName.from !== -1) return parsedName.to < found.to && parsedName.from <= found.from;
  return numbers.some((number) => !Number.isNaN(number));
}

function reread(text: string, words: readonly Word[], found: NameFound | undefined): ReleaseTitle {
  const [first, last] = [words[found?.from ?? 0], words[(found?.to ?? 1) - 1]];
  if (first === undefined || last === undefined) return parseReleaseTitle(text);
  const name = text.slice(first.from, last.to);
  const parsed = parseReleaseTitle(text.slice(0, first.from) + STAND_IN + text.slice(last.to));
  return { ...parsed, title: parsed.title.replace(STAND_IN, name) };
}
