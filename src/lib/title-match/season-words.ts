/** Words between the name and the episode that say which season it is: `2nd Season`, `Part 2`, `OVA`, `Final Season`. */
import { ordinalOf } from './number-words.ts';
import type { Word } from './words.ts';

export interface SeasonWords {
  /** 0 when they name none. */
  readonly season: number;
  /** Half of a season; 0 when they name none. */
  readonly part: number;
  readonly isFinalSeason: boolean;
  /** The word after them. */
  readonly to: number;
}

const COUR = 'cour';
const SEASONS_MAX = 40;
/** `2`, `II`; not `two`. */
const SEQUEL = /^(?:[2-9]|[ivx]+)$/;
const SHORT_SEASON = /^s(\d{1,2})$/;

/**
 * Undefined when the words from here on name no season or part.
 * @param sequelEnd where a bare number that ends the name there is a season, as of anime: `Fairy Tail 2`; -1 for nowhere
 */
export function seasonWords(
  words: readonly Word[],
  at: number,
  sequelEnd: number,
): SeasonWords | undefined {
  const start = words[at]?.written === 'the' ? at + 1 : at;
  let result: SeasonWords = { season: 0, part: 0, isFinalSeason: false, to: start };
  let next = start;
  for (;;) {
    const [word, second] = [words[next], words[next + 1]];
    const step = word && stepOf(word, second, next === start && next + 1 === sequelEnd);
    if (step === undefined) break;
    next += step.length;
    result = { ...result, ...step.says, to: next };
  }
  return next === start ? undefined : result;
}

interface Step {
  readonly says: Partial<SeasonWords>;
  readonly length: 1 | 2;
}

function stepOf(word: Word, second: Word | undefined, maybeBare: boolean): Step | undefined {
  if (second?.written === 'season') {
    if (word.written === 'final') return { says: { isFinalSeason: true }, length: 2 };
    const season = ordinalOf(word.written);
    if (season !== undefined) return { says: { season }, length: 2 };
  }
  if (second?.written === COUR || second?.written === 'part') {
    const part = ordinalOf(word.written);
    if (part !== undefined) return { says: { part }, length: 2 };
  }
  if (word.written === 'season' && isSmall(second))
    return { says: { season: Number(second.text) }, length: 2 };
  if (word.written === COUR && isSmall(second))
    return { says: { part: Number(second.text) }, length: 2 };
  const short = SHORT_SEASON.exec(word.written)?.[1];
  if (short !== undefined) return { says: { season: Number(short) }, length: 1 };
  if (word.isPart && isSmall(word)) return { says: { part: Number(word.text) }, length: 1 };
  const isSequel = maybeBare && isSequelNumber(word);
  return isSequel ? { says: { season: Number(word.text) }, length: 1 } : undefined;
}

/** `Fairy Tail 2`, not an episode's `02`. */
function isSequelNumber(word: Word): boolean {
  return isSmall(word) && Number(word.text) > 1 && SEQUEL.test(word.written);
}

function isSmall(word: Word | undefined): word is Word {
  const number = Number(word?.text);
  return number > 0 && number <= SEASONS_MAX && word?.text.length === String(number).length;
}
