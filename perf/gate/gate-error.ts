/** Why a gate cannot be run: one line for the user, exit code 2. */

/**
 * `missing-base` and `incomparable`: there is nothing to compare with, which the short form takes for no failure.
 * `unserved`: one scenario is new since the base; the others can be compared.
 */
export type GateErrorKind = 'usage' | 'missing-base' | 'incomparable' | 'unserved' | 'broken';

export class GateError extends Error {
  override readonly name = 'GateError';
  readonly kind: GateErrorKind;

  constructor(kind: GateErrorKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const LINES_MAX = 4;
const CHARS_MAX = 160;

/** The end of what a program said, as one line. */
export function lastLines(output: string): string {
  const lines = output
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const shown = lines
    .slice(-LINES_MAX)
    .map((line) => (line.length > CHARS_MAX ? `${line.slice(0, CHARS_MAX - 1)}…` : line));
  return shown.length === 0 ? 'it said nothing' : shown.join(' | ');
}

/** One line, and the plain name of what programs and Node.js call ENOSPC. */
export function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  const text = (error instanceof Error ? error.message : String(error)).replaceAll(
    /\s*\n\s*/g,
    ' | ',
  );
  return /ENOSPC|no space left/i.test(text) ? `the disk is full: ${text}` : text;
}
