/** From a figure to a place on an axis, and the round numbers that label it. Total for every finite figure from 0 up. */
import { bytesUnit, microsUnit, tickNumber } from './format.ts';
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

/** From 0 to a round number above `max`. */
export function linearScale(max: number, kind: FigureKind, tickCount = 4): Scale {
  const { name, factor } = unitOf(kind, max);
  const top = max < LEAST ? 1 : max / factor;
  const step = stepOf(top / tickCount);
  const count = Math.max(1, Math.ceil(top / step - 1e-9));
  const end = step * count * factor;
  const ticks = Array.from({ length: count + 1 }, (_, index) => ({ value: step * index * factor, label: tickNumber(step * index) }));
  return { shareOf: (value) => clamped(value / end), ticks, unit: name };
}

/** Whole seconds from 0 to the end of the round, not rounded up: a timeline ends where it ends. */
export function secondsScale(endS: number, tickCount = 5): Scale {
  const end = endS < LEAST ? 1 : endS;
  const step = stepOf(end / tickCount);
  const ticks = Array.from({ length: Math.floor(end / step + 1e-9) + 1 }, (_, index) => ({ value: step * index, label: tickNumber(step * index) }));
  return { shareOf: (value) => clamped(value / end), ticks, unit: 's' };
}

/** Whole decades of microseconds around what is positive; zeros lie on the axis. */
export function logMicrosScale(values: readonly number[]): Scale {
  const positive = values.filter((value) => value >= 1);
  const least = positive.reduce((low, value) => Math.min(low, value), Infinity);
  const most = positive.reduce((high, value) => Math.max(high, value), 1);
  const bounds = decadeBounds(Number.isFinite(least) ? least : 1, most);
  const [low, high] = bounds.map((bound) => Math.log10(bound)) as [number, number];
  const shareOf = (value: number) => clamped((Math.log10(Math.max(value, 1e-9)) - low) / (high - low));
  return { shareOf, ticks: logTicks(bounds[0], bounds[1]), unit: '' };
}

const MAX_DECADES = 6;

/** Percentiles by the logarithm of what lies above them: 90, 99 and 99.9 % are one step apart. */
export function percentileScale(highest: number): Scale {
  const end = Math.min(MAX_DECADES, Math.max(3, Math.ceil(ninesOf(highest) - 1e-9)));
  const labelled = [50, 90, 99, 99.9, 99.99, 99.999, 99.9999].filter((percentile) => ninesOf(percentile) <= end + 1e-6);
  return {
    shareOf: (percentile) => clamped(ninesOf(percentile) / end),
    ticks: labelled.map((percentile) => ({ value: percentile, label: String(percentile) })),
    unit: '%',
  };
}

/** 1 for 90 %, 2 for 99 %; 100 % is as far as the axis goes. */
export function ninesOf(percentile: number): number {
  return Math.min(MAX_DECADES, -Math.log10(Math.max(1 - percentile / 100, 10 ** -MAX_DECADES)));
}

const RATIO_TICKS = [1.1, 1.25, 1.5, 2, 3, 5, 10, 30, 100, 1000, 1e4, 1e6, 1e9];

/** Ratios around 1, which is in the middle: half and double are equally far from it. */
export function ratioScale(ratios: readonly number[]): Scale {
  const farthest = ratios.filter((ratio) => ratio > 0).reduce((most, ratio) => Math.max(most, ratio, 1 / ratio), 1.05);
  const end = RATIO_TICKS.find((tick) => tick >= farthest) ?? 1e12;
  const inner = RATIO_TICKS.filter((tick) => tick < end && Math.log(tick) / Math.log(end) > 0.35 && Math.log(tick) / Math.log(end) < 0.7).slice(0, 1);
  const above = [...inner, end];
  const values = [...above.toReversed().map((tick) => 1 / tick), 1, ...above];
  const half = Math.log(end);
  return {
    shareOf: (ratio) => clamped(0.5 + Math.log(Math.max(ratio, 1e-300)) / half / 2),
    ticks: values.map((value) => ({ value, label: `${tickNumber(Number(value.toPrecision(2)))}×` })),
    unit: '',
  };
}

function unitOf(kind: FigureKind, max: number): { readonly name: string; readonly factor: number } {
  if (kind === 'micros') return microsUnit(max);
  if (kind === 'bytes') return bytesUnit(max);
  return kind === 'share' ? { name: '%', factor: 0.01 } : { name: '', factor: 1 };
}

function stepOf(least: number): number {
  const power = 10 ** Math.floor(Math.log10(least));
  return power * (STEPS.find((step) => step * power >= least * (1 - 1e-9)) ?? 10);
}

/** The bounds are 1, 2 or 5 times a power of ten, and never equal. */
function decadeBounds(least: number, most: number): readonly [number, number] {
  const power = 10 ** Math.floor(Math.log10(least));
  const low = ([5, 2, 1].find((step) => step * power <= least) ?? 1) * power;
  const topPower = 10 ** Math.floor(Math.log10(most));
  const high = ([1, 2, 5, 10].find((step) => step * topPower >= most) ?? 10) * topPower;
  return high > low * 1.5 ? [low, high] : [low, low * 2];
}

/** 1, 2 and 5 of every decade where there are few decades, else powers of ten, at most about six. */
function logTicks(low: number, high: number): Tick[] {
  const decades = Math.log10(high / low);
  const first = Math.floor(Math.log10(low));
  const last = Math.ceil(Math.log10(high));
  const every = Math.max(1, Math.ceil(decades / 6));
  const steps = decades <= 2 ? [1, 2, 5] : decades <= 3.2 ? [1, 3] : [1];
  const values = Array.from({ length: last - first + 1 }, (_, index) => first + index)
    .filter((power) => (power - first) % every === 0)
    .flatMap((power) => steps.map((step) => step * 10 ** power))
    .filter((value) => value >= low * 0.999 && value <= high * 1.001);
  return values.map((value) => {
    const { name, factor } = microsUnit(value * 1.0001);
    return { value, label: `${tickNumber(value / factor)} ${name}` };
  });
}

function clamped(share: number): number {
  return Math.min(1, Math.max(0, share));
}
