/** Every figure of the phases of a scenario, and who ran them how. */
import type { PhaseResult } from '../result.ts';
import { figureOf, ratioCell, spreadCell } from './cells.ts';
import { PHASE_FIGURES, SHED, type Figure } from './figures.ts';
import { formatSeconds, plainNumber, threeDigits } from './format.ts';
import { referenceOf, type Member, type PhaseGroup, type ScenarioGroup } from './model.ts';
import { spreadAcross } from './spread.ts';
import { cell, numbers, words, type Cell, type Column, type Table } from './table.ts';

/** One who ran alone: all phases beside each other. Null where several ran: then each phase has a table. */
export function scenarioTable({ name, phases, series }: ScenarioGroup): Table | null {
  if (series.length !== 1) return null;
  const members = phases.flatMap((phase) => phase.members);
  const rows = toldBy(members).map((figure) => [
    cell(figure.label),
    ...members.map((member) => spreadCell(figure, figureOf(figure, member))),
  ]);
  return {
    caption: `Figures of ${name}`,
    columns: [words('Figure'), ...phases.map((phase) => numbers(phase.name))],
    rows,
  };
}

/** A row for each figure that someone told, a column for each series, and the ratio to whom it is measured against. */
export function phaseTable({ name, members }: PhaseGroup): Table {
  const rows = toldBy(members).map((figure) => [
    cell(figure.label),
    ...members.flatMap((member) => figureCells(figure, member, members)),
  ]);
  return {
    caption: name,
    columns: [words('Figure'), ...members.flatMap((member) => figureColumns(member, members))],
    rows,
  };
}

/** How a phase ran, of each who ran it otherwise. */
export function describePhaseGroup({ members }: PhaseGroup): string {
  const descriptions = members.map(({ series, phase }) => ({
    short: series.short,
    text: describePhase(phase),
  }));
  const isShared = new Set(descriptions.map(({ text }) => text)).size === 1;
  return isShared
    ? (descriptions[0]?.text ?? '')
    : descriptions.map(({ short, text }) => `${short}: ${text}`).join('; ');
}

/** `closed loop, 64 connections, 5 rounds of 10 s, generator wrk`. */
function describePhase({ loop, ratePerS, connections, rounds, generator }: PhaseResult): string {
  const pace =
    loop === 'closed'
      ? 'closed loop'
      : `open loop${ratePerS === null ? '' : `, ${threeDigits(ratePerS)} req/s asked`}`;
  const length = spreadAcross(rounds.map(({ elapsedS }) => elapsedS));
  const times = `${rounds.length} ${rounds.length === 1 ? 'round' : 'rounds'}${length === null ? '' : ` of ${formatSeconds(length.median)}`}`;
  return `${pace}, ${plainNumber(connections)} ${connections === 1 ? 'connection' : 'connections'}, ${times}, generator ${generator}`;
}

function figureColumns(member: Member, members: readonly Member[]): Column[] {
  const reference = referenceOf(member, members);
  const own = numbers(member.series.short);
  if (reference === null) return [own];
  return [
    own,
    numbers(member.series.source.letter === 'B' ? 'B by A' : `${reference.series.short} better by`),
  ];
}

function figureCells(figure: Figure, member: Member, members: readonly Member[]): Cell[] {
  const reference = referenceOf(member, members);
  const own = spreadCell(figure, figureOf(figure, member));
  return reference === null ? [own] : [own, ratioCell(figure, reference, member)];
}

function toldBy(members: readonly Member[]): readonly Figure[] {
  return PHASE_FIGURES.filter((figure) => members.some((member) => hasNews(figure, member)));
}

/** That nothing was shed is worth a row only where something was. */
function hasNews(figure: Figure, member: Member): boolean {
  const spread = figureOf(figure, member);
  return spread !== null && (figure !== SHED || spread.max > 0);
}
