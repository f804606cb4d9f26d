/** Title and year at the foot of a poster, with the shade that they stand on. */
import type { SKRSContext2D } from '@napi-rs/canvas';
import { prepareText } from './fonts.ts';
import { COLUMN_PX, HEIGHT_PX, MARGIN_PX, WIDTH_PX } from './frame.ts';
import { setTitle, type TypeStep } from './line-breaks.ts';
import type { Palette } from './palette.ts';
import { cleanTitle, directionOf } from './title-text.ts';

/** What stands at the foot of a poster. */
export interface TitleBlock {
  readonly title: string;
  /** 0 when unknown. */
  readonly year: number;
}

const STEPS: readonly TypeStep[] = [
  { sizePx: 54, linesMax: 1 },
  { sizePx: 46, linesMax: 2 },
  { sizePx: 39, linesMax: 3 },
  { sizePx: 33, linesMax: 4 },
  { sizePx: 28, linesMax: 5 },
  { sizePx: 24, linesMax: 6 },
  { sizePx: 21, linesMax: 7 },
];

const FOOT_STEPS: readonly TypeStep[] = [
  { sizePx: 36, linesMax: 1 },
  { sizePx: 30, linesMax: 2 },
  { sizePx: 25, linesMax: 3 },
  { sizePx: 21, linesMax: 4 },
];

/** Scripts with marks above and below the line need more room between lines. */
const TALL = /[\p{Script=Arabic}\p{Script=Devanagari}\p{Script=Thai}\p{Script=Hebrew}]/u;
const SQUARE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Extended_Pictographic}]/u;
const YEAR_SIZE_PX = 17;
const FOOT_PX = 24;
/** Between the mark and the title, mark included. */
const GAP_PX = 16;
const MARK_PX = 34;

/** Where a block goes. */
export interface TitleLayout {
  readonly lines: readonly string[];
  readonly sizePx: number;
  readonly leadingPx: number;
  readonly family: string;
  readonly isRtl: boolean;
  readonly year: number;
  /** Upper edge of the mark above the title. */
  readonly top: number;
}

/** Breaks the title into lines; `foot` leaves the upper part of the poster to a picture. */
export function layTitle(
  context: SKRSContext2D,
  block: TitleBlock,
  room: 'whole' | 'foot',
): TitleLayout {
  const { text, family } = prepareText(cleanTitle(block.title));
  const steps = room === 'whole' ? STEPS : FOOT_STEPS;
  const { lines, sizePx } =
    text === ''
      ? { lines: [], sizePx: 0 }
      : setTitle(text, steps, COLUMN_PX, (line, size) => {
          context.font = `700 ${size}px ${family}`;
          return context.measureText(line).width;
        });
  const leadingPx = Math.round(sizePx * leadingOf(text));
  const yearHeight = block.year > 0 ? YEAR_SIZE_PX + 10 : 0;
  const top = HEIGHT_PX - FOOT_PX - yearHeight - lines.length * leadingPx - GAP_PX;
  return {
    lines,
    sizePx,
    leadingPx,
    family,
    isRtl: directionOf(text) === 'rtl',
    year: block.year,
    top,
  };
}

export function drawTitleBlock(
  context: SKRSContext2D,
  layout: TitleLayout,
  palette: Palette,
): void {
  const { lines, isRtl, top } = layout;
  drawShade(context, top, palette);
  context.textBaseline = 'alphabetic';
  context.direction = isRtl ? 'rtl' : 'ltr';
  context.textAlign = isRtl ? 'right' : 'left';
  const x = isRtl ? WIDTH_PX - MARGIN_PX : MARGIN_PX;
  if (lines.length > 0) drawMark(context, isRtl ? x - MARK_PX : x, top, palette);
  context.fillStyle = '#fff';
  context.font = `700 ${layout.sizePx}px ${layout.family}`;
  // Capitals are 0.7 of the size high: half of what is left over goes above them.
  const baseline = top + GAP_PX + Math.round((layout.leadingPx + layout.sizePx * 0.7) / 2);
  lines.forEach((line, index) => context.fillText(line, x, baseline + index * layout.leadingPx));
  if (layout.year > 0) drawYear(context, layout.year, x, palette);
}

function drawMark(context: SKRSContext2D, x: number, y: number, palette: Palette): void {
  context.fillStyle = palette.accent;
  context.beginPath();
  context.roundRect(x, y, MARK_PX, 4, 2);
  context.fill();
}

function leadingOf(text: string): number {
  if (TALL.test(text)) return 1.38;
  return SQUARE.test(text) ? 1.24 : 1.12;
}

function drawYear(context: SKRSContext2D, year: number, x: number, palette: Palette): void {
  const { text, family } = prepareText(String(year));
  context.font = `700 ${YEAR_SIZE_PX}px ${family}`;
  context.letterSpacing = '1px';
  context.fillStyle = palette.accent;
  context.fillText(text, x, HEIGHT_PX - FOOT_PX);
  context.letterSpacing = '0px';
}

/** From nothing to nearly black, deep enough for text of this height. */
function drawShade(context: SKRSContext2D, top: number, palette: Palette): void {
  const start = Math.max(top - 110, 0);
  const shade = context.createLinearGradient(0, start, 0, HEIGHT_PX);
  const solid = (top - start) / (HEIGHT_PX - start);
  shade.addColorStop(0, withAlpha(palette.night, 0));
  shade.addColorStop(solid, withAlpha(palette.night, 0.6));
  shade.addColorStop(1, withAlpha(palette.night, 0.9));
  context.fillStyle = shade;
  context.fillRect(0, start, WIDTH_PX, HEIGHT_PX - start);
}

function withAlpha(rgb: string, alpha: number): string {
  return rgb.replace('rgb(', 'rgba(').replace(')', `, ${alpha})`);
}
