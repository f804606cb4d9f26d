/** Figures as table cells: a median with its range, a change from A to B, a ratio with its verdict. */
import type { PhaseResult } from '../result.ts';
import { advantage, compare, type Comparison } from './compare.ts';
import { formatFigure, formatRange, type Figure } from './figures.ts';
import { formatRatio, NONE } from './format.ts';
import type { Member } from './model.ts';
import { spreadAcross, type Spread } from './spread.ts';
import { cell, type Cell, type Tone } from './table.ts';

export function figureOf(figure: Figure, { phase }: Member): Spread | null {
  return spreadAcross(phase.rounds.map((round) => figure.of(round)));
}

/** B by A, or how many times better `reference` is than another contender; null where one of them did not tell the figure. */
export function compareMembers(
  figure: Figure,
  reference: Member,
  member: Member,
): Comparison | null {
  const [own, other] = [figureOf(figure, reference), figureOf(figure, member)];
  if (own === null || other === null) return null;
  const comparison = relate(figure, own, other, member.series.source.letter === 'B');
  return isSameLoad(reference.phase, member.phase) || comparison === null
    ? comparison
    : { ...comparison, verdict: 'unequal' };
}

export function spreadCell(figure: Figure, spread: Spread | null): Cell {
  return spread === null
    ? cell(NONE)
    : cell(medianText(figure, spread), formatRange(figure.kind, spread.min, spread.max));
}

/** From A to B: the ratio first, the figures themselves below. */
export function changeCell(figure: Figure, from: Member, to: Member): Cell {
  const [a, b] = [figureOf(figure, from), figureOf(figure, to)];
  if (a === null && b === null) return cell(NONE);
  const change = `${medianText(figure, a)} → ${medianText(figure, b)}`;
  const comparison = compareMembers(figure, from, to);
  if (comparison === null) return cell(change);
  if (a?.max === 0 && b?.max === 0) return cell(medianText(figure, a));
  const { ratio, verdict } = comparison;
  const word = verdict === 'better' || verdict === 'worse' ? verdict : '';
  return ratio === null
    ? cell(change, word, toneOf(comparison))
    : cell(`${formatRatio(ratio)} ${word}`.trim(), change, toneOf(comparison));
}

/** The ratio to whom a member is measured against, and what it means. */
export function ratioCell(figure: Figure, reference: Member, member: Member): Cell {
  const comparison = compareMembers(figure, reference, member);
  return comparison === null
    ? cell(NONE)
    : cell(ratioText(comparison), verdictText(comparison), toneOf(comparison));
}

/** The ratio to whom a member is measured against, and both figures. */
export function ratioAndFiguresCell(figure: Figure, reference: Member, member: Member): Cell {
  const comparison = compareMembers(figure, reference, member);
  if (comparison === null) return cell(NONE);
  const figures = `${medianText(figure, figureOf(figure, reference))} vs ${medianText(figure, figureOf(figure, member))}`;
  return cell(ratioText(comparison), figures, toneOf(comparison));
}

export function verdictText({ verdict }: Comparison): string {
  switch (verdict) {
    case 'better':
    case 'worse':
      return verdict;
    case 'within':
      return 'within the spread';
    case 'unknown':
      return 'too few rounds';
    case 'unequal':
      return 'at another load';
    case 'none':
      return '';
  }
}

function relate(figure: Figure, own: Spread, other: Spread, isPair: boolean): Comparison | null {
  if (isPair) return compare(own, other, figure.better);
  return figure.better === 'neither' ? null : advantage(own, other, figure.better);
}

/** Half of one's own capacity is another load than half of the other's; a capacity that was measured twice differs by less than this. */
const LOAD_DIFFERENCE_MAX = 0.05;

function isSameLoad(a: PhaseResult, b: PhaseResult): boolean {
  const [one, other] = [a.ratePerS ?? 0, b.ratePerS ?? 0];
  return (
    a.loop === b.loop &&
    a.connections === b.connections &&
    Math.abs(one - other) <= LOAD_DIFFERENCE_MAX * Math.max(one, other)
  );
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
