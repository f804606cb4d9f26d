/**
 * Name filters of users: up to ten plain texts or regular expressions, tested against release titles and file
 * names. Expressions run on re2js, whose time grows with the name's length and not with what the expression
 * is, but with what the expression is once its repetitions are written out: `(a?){1000}` is short. Therefore its
 * instructions are counted, and expressions run on a thread of their own (workers/name-filters.ts).
 */
import { RE2JS, RE2Set } from 're2js';

/** Whether any of the patterns matches. */
export type NameTest = (name: string) => boolean;

/** Names are read up to here. */
export const NAME_CHARS_MAX = 1000;
/** Instructions of all expressions together, repetitions written out; a usual one has 10 to 50. */
export const INSTRUCTIONS_MAX = 1000;
/** Instructions times names of one check: a second for the worst, which take 44 ns for each of both and a character. */
export const CHECK_WORK_MAX = 100_000;
/** Memory of an automaton; it starts anew when that is full. */
const AUTOMATON_BYTES_MAX = 256 * 1024;

/**
 * A text per pattern that says what is wrong with it; null where nothing is.
 * @param nameCount how many names they will be tested on at once
 */
export function checkExpressions(patterns: readonly string[], nameCount = 1): (string | null)[] {
  let instructions = 0;
  return patterns.map((pattern) => {
    // Building a large one takes half a second: after the first, no other is built.
    if (tooLarge(instructions, nameCount) !== null)
      return 'not looked at: the expressions before it are too large';
    try {
      instructions += RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).programSize();
      return tooLarge(instructions, nameCount);
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
}

function tooLarge(instructions: number, nameCount: number): string | null {
  if (instructions > INSTRUCTIONS_MAX) {
    return (
      `the expressions are too large together: ${instructions} instructions with their repetitions written out, ` +
      `at most ${INSTRUCTIONS_MAX} are accepted; use smaller repetitions`
    );
  }
  const work = instructions * nameCount;
  if (work <= CHECK_WORK_MAX) return null;
  return (
    `the expressions are too large for so many names: ${instructions} instructions × ${nameCount} names = ${work}, ` +
    `at most ${CHECK_WORK_MAX} are accepted; use smaller repetitions or fewer names`
  );
}

/** Expressions in re2 syntax, without regard to case; those that `checkExpressions` refuses match nothing. */
export function compileExpressions(patterns: readonly string[]): NameTest {
  const problems = checkExpressions(patterns);
  const set = new RE2Set(RE2Set.UNANCHORED, RE2JS.CASE_INSENSITIVE, AUTOMATON_BYTES_MAX);
  const usable = patterns.filter((_, index) => problems[index] === null);
  if (usable.length === 0) return () => false;
  for (const pattern of usable) set.add(pattern);
  set.compile();
  return (name) => set.match(name.slice(0, NAME_CHARS_MAX)).length > 0;
}

/** Texts found anywhere, without regard to case. */
export function compileTexts(patterns: readonly string[]): NameTest {
  const lower = patterns.map((pattern) => pattern.toLowerCase());
  return (name) => {
    const text = name.slice(0, NAME_CHARS_MAX).toLowerCase();
    return lower.some((pattern) => text.includes(pattern));
  };
}
