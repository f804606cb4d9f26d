/**
 * Name filters of users: up to ten plain texts or regular expressions, tested against release titles and file
 * names. Expressions run on re2js, whose time grows with the name's length and not with what the expression
 * is; even so they run in the pool only (workers/tasks/match-names.ts), because a strange one takes 25 ms to build.
 */
import { RE2JS, RE2Set } from 're2js';

/** Whether any of the patterns matches. */
export type NameTest = (name: string) => boolean;

/** Names are read up to here. */
export const NAME_CHARS_MAX = 1000;
/** Instructions of all expressions together; a usual one has 10 to 50. */
const INSTRUCTIONS_MAX = 2000;
/** Memory of an automaton; it starts anew when that is full. */
const AUTOMATON_BYTES_MAX = 256 * 1024;

/** A text per pattern that says what is wrong with it; null where nothing is. */
export function checkExpressions(patterns: readonly string[]): (string | null)[] {
  let instructions = 0;
  return patterns.map((pattern) => {
    try {
      instructions += RE2JS.compile(pattern, RE2JS.CASE_INSENSITIVE).programSize();
      return instructions > INSTRUCTIONS_MAX ? 'the expressions are too large together: use smaller repetitions' : null;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  });
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
