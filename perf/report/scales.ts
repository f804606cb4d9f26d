/** From a figure to a place on an axis, and the round numbers that label it. Total for every finite figure from 0 up. */
import { bytesUnit, microsUnit, tickNumber, type Unit } from './format.ts';
import type { FigureKind } from './figures.ts';

export interface Tick {
  readonly value: number;
  readonly label: string;
}

export interface Scale {
  /** 0 at the begin of the axis, 1 at its end; what lies beyond is held at the end. */
  readonly shareOf: (value: number) => number;
  readonly ticks: readonly Tick[];
  /** `ms`; empty where the labels carry their own unit or need none. */
  readonly unit: string;
}

/** Less is drawn as nothing. */
const LEAST = 1e-6;
const STEPS = [1, 2, 2.5, 5, 10];

/** From 0 to a round number at or above `max`. */
export function linearScale(max: number, kind: FigureKind, stepsMax = 5): Scale {
  return steppedScale(0, max, kind, stepsMax);
}

/** From a round number below `min` to one above `max`, so that a slope is seen; what hardly moves is not blown up. */
export function rangeScale(min: number, max: number, kind: FigureKind, stepsMax = 5): Scale {
  const padding = Math.max(max - min, max * 0.1) - (max - min);
  return steppedScale(Math.max(0, min - padding / 2), max + padding / 2, kind, stepsMax);
}

/** Seconds from 0 to the end of the round, not rounded up: a timeline ends where it ends. */
export function secondsScale(endS: number, stepsMax = 5): Scale {
  const end = endS < LEAST ? 1 : endS;
  const step = stepOf(end / stepsMax);
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) =>
    tick(step * index),
  );
  return { shareOf: (value) => clamped(value / end), ticks, unit: 's' };
}

/** Round numbers of microseconds around what is positive; zeros lie on the axis. */
export function logMicrosScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value >= 1);
  const most = positive.reduce((high, value) => Math.max(high, value), 1);
  const least = positive.reduce((low, value) => Math.min(low, value), most);
  const steps = logSteps(least, most);
  const low = steps.findLast((value) => value <= least * (1 + 1e-9)) ?? least;
  const high = steps.find((value) => value >= most * (1 - 1e-9) && value > low) ?? low * 10;
  const [from, to] = [Math.log10(low), Math.log10(high)];
  const ticks = steps
    .filter((value) => value >= low && value <= high)
    .map((value) => {
      const { name, factor } = microsUnit(value * (1 + 1e-9));
      return { value, label: `${tickNumber(value / factor)} ${name}` };
    });
  return {
    shareOf: (value) => clamped((Math.log10(Math.max(value, low)) - from) / (to - from)),
    ticks,
    unit: '',
  };
}

const NINES_MIN = 3;
const NINES_MAX = 6;

/** Percentiles by the logarithm of what lies above them: 90, 99 and 99.9 % are one step apart. */
export function percentileScale(highest: number): Scale {
  const end = Math.max(NINES_MIN, Math.ceil(ninesOf(highest) - 1e-9));
  const labelled = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter(
    (percentile) => ninesOf(percentile) <= end + 1e-6,
  );
  const ticks = labelled.map((value) => ({ value, label: String(value) }));
  return { shareOf: (percentile) => clamped(ninesOf(percentile) / end), ticks, unit: '%' };
}

/** 1 for 90 %, 2 for 99 %; the axis ends before 100 %. */
export function ninesOf(percentile: number): number {
  return Math.min(NINES_MAX, -Math.log10(Math.max(1 - percentile / 100, 10 ** -NINES_MAX)));
}

const RATIOS_ABOVE = [1.05, 1.1, 1.25, 1.5, 2, 3, 5, 10, 20, 50, 100, 1000, 1e4, 1e6, 1e9, 1e15];
const RATIOS_BELOW = [
  0.95, 0.9, 0.8, 0.7, 0.5, 0.3, 0.2, 0.1, 0.05, 0.02, 0.01, 1e-3, 1e-4, 1e-6, 1e-9, 1e-15,
];

/** Ratios around 1, on a logarithmic axis: half and double are equally far from it. */
export function ratioScale(ratios: readonly number[]): Scale {
  const bounded = ratios.map((ratio) => Math.min(1e15, Math.max(1e-15, ratio)));
  const least = bounded.reduce((below, ratio) => Math.min(below, ratio), 1);
  const most = bounded.reduce((above, ratio) => Math.max(above, ratio), 1);
  const high = RATIOS_ABOVE.find((ratio) => ratio >= most) ?? 1e15;
  const low = RATIOS_BELOW.find((ratio) => ratio <= least) ?? 1e-15;
  const width = Math.log(high / low);
  const shareOf = (ratio: number) => clamped(Math.log(Math.max(ratio, low) / low) / width);
  const chosen = [...new Set([1, low, high])].filter(
    (ratio) => ratio === 1 || Math.abs(shareOf(ratio) - shareOf(1)) >= LABEL_SHARE,
  );
  for (const ratio of [...RATIOS_ABOVE, ...RATIOS_BELOW]) {
    const isWithin = ratio > low && ratio < high;
    if (
      isWithin &&
      chosen.every((other) => Math.abs(shareOf(ratio) - shareOf(other)) >= LABEL_SHARE)
    )
      chosen.push(ratio);
  }
  return { shareOf, ticks: chosen.map((value) => tick(value)), unit: '' };
}

/** What a label needs of the axis. */
const LABEL_SHARE = 0.2;

function steppedScale(min: number, max: number, kind: FigureKind, stepsMax: number): Scale {
  const { name, factor } = unitOf(kind, max);
  const [low, high] = max / factor < LEAST ? [0, 1] : [min / factor, max / factor];
  const step = stepOf((high - low) / stepsMax);
  const first = Math.floor(low / step + 1e-9);
  const last = Math.max(first + 1, Math.ceil(high / step - 1e-9));
  const ticks = Array.from({ length: last - first + 1 }, (_, index) => ({
    ...tick((first + index) * step),
    value: (first + index) * step * factor,
  }));
  return {
    shareOf: (value) => clamped((value / factor / step - first) / (last - first)),
    ticks,
    unit: name,
  };
}

function tick(value: number): Tick {
  return { value, label: tickNumber(value) };
}

function unitOf(kind: FigureKind, max: number): Unit {
  if (kind === 'micros') return microsUnit(max);
  if (kind === 'bytes') return bytesUnit(max);
  return kind === 'share' ? { name: '%', factor: 0.01 } : { name: '', factor: 1 };
}

function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (STEPS.find((step) => step * power >= least * (1 - 1e-9)) ?? 10);
}

/** 1, 2 and 5 of every decade where there are few decades, else 1 and 3, else powers of ten so that about six remain. */
function logSteps(least: number, most: number): number[] {
  const decades = Math.log10(most / least);
  const [first, last] = [Math.floor(Math.log10(least)), Math.ceil(Math.log10(most)) + 1];
  const every = Math.max(1, Math.ceil(decades / 6));
  const steps = decades <= 2 ? [1, 2, 5] : decades <= 3 ? [1, 3] : [1];
  const count = Math.ceil((last - first) / every) + 1;
  return Array.from({ length: count }, (_, index) => first + index * every).flatMap((power) =>
    steps.map((step) => step * 10 ** power),
  );
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
