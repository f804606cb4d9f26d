/** Breaks a title into lines: at words in every script, balanced, in the largest size that fits. */
import { graphemesOf } from './title-text.ts';

/** A size to try, largest first, and how many lines it may take. */
export interface TypeStep {
  readonly sizePx: number;
  readonly linesMax: number;
}

export interface TypeSetting {
  readonly sizePx: number;
  readonly lines: readonly string[];
}

/** Width in pixels of a text in a size. */
export type MeasureText = (text: string, sizePx: number) => number;

const wordSegmenter = new Intl.Segmenter('en', { granularity: 'word' });

/** Scripts that are written without spaces, and their punctuation; ICU finds their words by dictionary. */
const SPACELESS =
  /[\u3000-\u303f\uff00-\uffef\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Khmer}]/u;
/** Never at the start of a line (JIS X 4051 kinsoku and Western closing marks). */
const NO_LINE_START =
  /^[\p{Pe}\p{Pf}\p{Po}\p{M}々〻ー〜～ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ・：；！？、。，．ๆฯ]/u;
/** Never at the end of a line. */
const NO_LINE_END = /[\p{Ps}\p{Pi}¿¡#$]$/u;
const BREAK_AFTER = /[\p{Pd}/]$/u;

/**
 * Pieces between which a line may break; a piece keeps the space behind it.
 * @returns pieces that join to `text`
 */
export function breakable(text: string): string[] {
  const pieces: string[] = [];
  let piece = '';
  for (const { segment } of wordSegmenter.segment(text)) {
    if (piece !== '' && mayBreakBetween(piece, segment)) {
      pieces.push(piece);
      piece = segment;
    } else {
      piece += segment;
    }
  }
  if (piece !== '') pieces.push(piece);
  return pieces;
}

function mayBreakBetween(before: string, after: string): boolean {
  if (after.trim() === '') return false;
  if (before.endsWith(' ')) return !/^[!?:;»]/.test(after);
  if (NO_LINE_START.test(after) || NO_LINE_END.test(before)) return false;
  if (BREAK_AFTER.test(before)) return before.length > 1;
  return SPACELESS.test(before.slice(-1)) || SPACELESS.test(after.slice(0, 1));
}

/** The first step whose lines fit `widthPx` whole; the last step breaks long words and ends with an ellipsis. */
export function setTitle(
  text: string,
  steps: readonly TypeStep[],
  widthPx: number,
  measure: MeasureText,
): TypeSetting {
  const pieces = breakable(text);
  for (const { sizePx, linesMax } of steps) {
    const widthOf = (line: string) => measure(line.trimEnd(), sizePx);
    const fits = pieces.every((piece) => widthOf(piece) <= widthPx);
    const lines = fits ? fillLines(pieces, widthPx, widthOf) : [];
    if (fits && lines.length <= linesMax)
      return { sizePx, lines: balance(pieces, lines, widthPx, widthOf) };
  }
  const { sizePx, linesMax } = steps.at(-1) ?? { sizePx: 20, linesMax: 1 };
  const widthOf = (line: string) => measure(line.trimEnd(), sizePx);
  const short = pieces.flatMap((piece) =>
    widthOf(piece) <= widthPx ? [piece] : graphemesOf(piece),
  );
  return { sizePx, lines: shorten(fillLines(short, widthPx, widthOf), linesMax, widthPx, widthOf) };
}

/** Greedy: as many pieces on a line as fit. */
function fillLines(
  pieces: readonly string[],
  widthPx: number,
  widthOf: (line: string) => number,
): string[] {
  const lines: string[] = [];
  let line = '';
  for (const piece of pieces) {
    if (line !== '' && widthOf(line + piece) > widthPx) {
      lines.push(line.trimEnd());
      line = piece;
    } else {
      line += piece;
    }
  }
  return [...lines, line.trimEnd()];
}

/** The same number of lines in the narrowest column: no single short word on the last one. */
function balance(
  pieces: readonly string[],
  lines: readonly string[],
  widthPx: number,
  widthOf: (line: string) => number,
): readonly string[] {
  let best = lines;
  let tooNarrow = Math.max(...pieces.map(widthOf)) - 1;
  let wideEnough = widthPx;
  while (lines.length > 1 && wideEnough - tooNarrow > 4) {
    const middle = (tooNarrow + wideEnough) / 2;
    const candidate = fillLines(pieces, middle, widthOf);
    const holds =
      candidate.length === lines.length && candidate.every((line) => widthOf(line) <= middle);
    if (holds) {
      best = candidate;
      wideEnough = middle;
    } else {
      tooNarrow = middle;
    }
  }
  return best;
}

function shorten(
  lines: readonly string[],
  linesMax: number,
  widthPx: number,
  widthOf: (line: string) => number,
): string[] {
  if (lines.length <= linesMax) return [...lines];
  const kept = lines.slice(0, linesMax);
  const last = graphemesOf(kept.pop() ?? '');
  while (last.length > 0 && widthOf(`${last.join('').trimEnd()}…`) > widthPx) last.pop();
  return [
    ...kept,
    `${last
      .join('')
      .trimEnd()
      .replace(/[\p{P}\s]+$/u, '')}…`,
  ];
}
