/** Figures as table cells: a median with its range, a change from A to B, a ratio with its verdict. */
import { advantage, compare, type Comparison } from './compare.ts';
import { formatFigure, formatRange, type Figure } from './figures.ts';
import { formatRatio, NONE } from './format.ts';
import type { Member } from './model.ts';
import { spreadOf, type Spread } from './statistics.ts';
import { cell, type Cell, type Tone } from './table.ts';

export function figureOf(figure: Figure, { phase }: Member): Spread | null {
  return spreadOf(phase.rounds.map((round) => figure.of(round)));
}

export function spreadCell(figure: Figure, spread: Spread | null): Cell {
  return spread === null ? cell(NONE) : cell(medianText(figure, spread), formatRange(figure.kind, spread.min, spread.max));
}

/** The ratio first, the figures themselves below. */
export function changeCell(figure: Figure, a: Spread | null, b: Spread | null): Cell {
  const change = `${medianText(figure, a)} → ${medianText(figure, b)}`;
  if (a === null && b === null) return cell(NONE);
  if (a === null || b === null) return cell(change);
  if (a.max === 0 && b.max === 0) return cell(medianText(figure, a));
  const comparison = compare(a, b, figure.better);
  const { ratio, verdict } = comparison;
  const word = verdict === 'better' || verdict === 'worse' ? verdict : '';
  return ratio === null ? cell(change, word, toneOf(comparison)) : cell(`${formatRatio(ratio)} ${word}`.trim(), change, toneOf(comparison));
}

/** B by A, and what that means. */
export function ratioCell(figure: Figure, a: Spread | null, b: Spread | null): Cell {
  if (a === null || b === null) return cell(NONE);
  const comparison = compare(a, b, figure.better);
  return cell(ratioText(comparison), verdictText(comparison), toneOf(comparison));
}

/** How many times better `own` is than `other`, and both figures below where `withFigures`. */
export function advantageCell(figure: Figure, own: Spread | null, other: Spread | null, withFigures: boolean): Cell {
  if (own === null || other === null || figure.better === 'neither') return cell(NONE);
  const comparison = advantage(own, other, figure.better);
  const note = withFigures ? `${medianText(figure, own)} vs ${medianText(figure, other)}` : '';
  return cell(ratioText(comparison), note, toneOf(comparison));
}

export function verdictText({ verdict }: Comparison): string {
  switch (verdict) {
    case 'better':
    case 'worse': return verdict;
    case 'within': return 'within the spread';
    case 'unknown': return 'too few rounds';
    case 'none': return '';
  }
}

function ratioText({ ratio }: Comparison): string {
  return ratio === null ? NONE : formatRatio(ratio);
}

function toneOf({ verdict }: Comparison): Tone {
  return verdict === 'better' ? 'good' : verdict === 'worse' ? 'bad' : 'plain';
}

function medianText({ kind }: Figure, spread: Spread | null): string {
  return spread === null ? NONE : formatFigure(kind, spread.median);
}
