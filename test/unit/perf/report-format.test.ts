/** Protects the numbers of a report: three digits, units that fit also where rounding crosses to the next one, no empty digits on axes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatRange } from '../../../perf/report/figures.ts';
import {
  formatBytes,
  formatMicros,
  formatRatio,
  formatSeconds,
  formatShare,
  plainNumber,
  shortNumber,
  threeDigits,
  tickNumber,
} from '../../../perf/report/format.ts';

test('three significant digits, thousands apart', () => {
  const cases: [number, string][] = [
    [0, '0'],
    [5e-324, '0'],
    [0.0123456, '0.0123'],
    [0.5, '0.500'],
    [0.9996, '1.00'],
    [1.234, '1.23'],
    [9.996, '10.0'],
    [99.96, '100'],
    [999.6, '1,000'],
    [21_456, '21,500'],
    [1e15, '1,000,000,000,000,000'],
  ];
  for (const [value, text] of cases) assert.equal(threeDigits(value), text);
});

test('durations and sizes take the unit that fits', () => {
  const cases: [string, string][] = [
    [formatMicros(0), '0 µs'],
    [formatMicros(812.4), '812 µs'],
    [formatMicros(999.6), '1.00 ms'],
    [formatMicros(16_600), '16.6 ms'],
    [formatMicros(999_600), '1.00 s'],
    [formatMicros(4_560_000), '4.56 s'],
    [formatBytes(0), '0 KiB'],
    [formatBytes(1536), '1.50 KiB'],
    [formatBytes(140 * 1024 * 1024), '140 MiB'],
    [formatBytes(8 * 1024 ** 3), '8.00 GiB'],
    [formatShare(0.031), '3.10 %'],
    [formatRatio(1.2345), '1.23×'],
    [formatSeconds(2), '2 s'],
    [formatSeconds(59.97), '60 s'],
    [formatSeconds(90), '1 min 30 s'],
    [formatSeconds(600), '10 min'],
  ];
  for (const [text, expected] of cases) assert.equal(text, expected);
});

test('whole numbers in full, axes and limits without zeros that say nothing', () => {
  assert.equal(plainNumber(2_000_000), '2,000,000');
  assert.equal(plainNumber(2.04), '2.04');
  assert.equal(shortNumber(0.6), '0.6');
  assert.equal(shortNumber(3500), '3,500');
  assert.equal(shortNumber(-0.4567), '-0.457');
  assert.equal(tickNumber(2.5), '2.5');
  assert.equal(tickNumber(0.1 + 0.2), '0.3');
  assert.equal(tickNumber(2_500_000), '2.5M');
});

test('a range names its unit once, and nothing where both ends read the same', () => {
  assert.equal(formatRange('micros', 3920, 4040), '3.92 – 4.04 ms');
  assert.equal(formatRange('micros', 900, 1100), '900 µs – 1.10 ms');
  assert.equal(formatRange('rate', 20_900, 21_800), '20,900 – 21,800');
  assert.equal(formatRange('micros', 4040, 4041), '');
});
