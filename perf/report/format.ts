/** Numbers as a reader wants them: three significant digits, a unit that fits, separators for thousands. */

const KIB = 1024;
const MIB = KIB * KIB;
const GIB = MIB * KIB;

/** What stands where there is no figure. */
export const NONE = '–';

/** 0.0123, 1.20, 45.6, 789, 12,300. */
export function threeDigits(value: number): string {
  const rounded = Number(value.toPrecision(3));
  const size = Math.abs(rounded);
  if (size < 1e-6) return '0';
  const decimals = size >= 100 ? 0 : 2 - Math.floor(Math.log10(size));
  return grouped(rounded, decimals);
}

/** Whole numbers in full (1,048,576), others with three digits. */
export function plainNumber(value: number): string {
  return Number.isInteger(value) ? grouped(value, 0) : threeDigits(value);
}

/** Three digits without the zeros that end them: 0.6, 3,500. Whole numbers in full. */
export function shortNumber(value: number): string {
  const shown = Number.isInteger(value) ? value : Number(value.toPrecision(3));
  return SHORT.format(shown);
}

/** A label of an axis: no digits that say nothing. Millions are shortened. */
export function tickNumber(value: number): string {
  const size = Math.abs(value);
  for (const [limit, unit] of [
    [1e12, 'T'],
    [1e9, 'G'],
    [1e6, 'M'],
  ] as const) {
    if (size >= limit) return `${SHORT.format(Number((value / limit).toPrecision(3)))}${unit}`;
  }
  return shortNumber(Number(value.toPrecision(3)));
}

/** 812 µs, 1.23 ms, 4.56 s. */
export function formatMicros(micros: number): string {
  const { name, factor } = microsUnit(Number(micros.toPrecision(3)));
  return `${threeDigits(micros / factor)} ${name}`;
}

/** 96.0 MiB, 1.50 GiB. */
export function formatBytes(bytes: number): string {
  const { name, factor } = bytesUnit(bytes);
  return `${threeDigits(bytes / factor)} ${name}`;
}

/** 0.031 is 3.10 %. */
export function formatShare(share: number): string {
  return `${threeDigits(share * 100)} %`;
}

export function formatRatio(ratio: number): string {
  return `${threeDigits(ratio)}×`;
}

/** 12 s, 1 min 30 s, 10 min. */
export function formatSeconds(seconds: number): string {
  if (seconds < 60) return `${plainNumber(Number(seconds.toPrecision(3)))} s`;
  const whole = Math.round(seconds);
  const rest = whole % 60;
  return `${grouped(Math.floor(whole / 60), 0)} min${rest === 0 ? '' : ` ${rest} s`}`;
}

/** 2026-01-31 14:05 UTC. */
export function formatTime(iso: string): string {
  return `${new Date(iso).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

export interface Unit {
  readonly name: string;
  /** How many of the base unit (µs, bytes) make one of this. */
  readonly factor: number;
}

export function microsUnit(micros: number): Unit {
  if (micros >= 1e6) return { name: 's', factor: 1e6 };
  return micros >= 1e3 ? { name: 'ms', factor: 1e3 } : { name: 'µs', factor: 1 };
}

export function bytesUnit(bytes: number): Unit {
  if (bytes >= 1000 * MIB) return { name: 'GiB', factor: GIB };
  return bytes >= MIB ? { name: 'MiB', factor: MIB } : { name: 'KiB', factor: KIB };
}

// Making one takes far longer than using it, and a report has thousands of numbers.
const FIXED = Array.from(
  { length: 9 },
  (_, digits) =>
    new Intl.NumberFormat('en-US', {
      minimumFractionDigits: digits,
      maximumFractionDigits: digits,
    }),
);
const SHORT = new Intl.NumberFormat('en-US', { maximumFractionDigits: 9 });

function grouped(value: number, decimals: number): string {
  return (FIXED[decimals] ?? SHORT).format(value);
}
