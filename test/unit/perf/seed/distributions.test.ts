/** Protects what measurements rest on: how many streams titles have, and how often each is asked for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { zipfPopularity } from '../../../../perf/seed/popularity.ts';
import { mix, Random, skewed } from '../../../../perf/seed/random.ts';
import { streamsPerTitle } from '../../../../perf/seed/streams-per-title.ts';
import { makeTitles } from '../../../../perf/seed/titles.ts';

const sum = (values: Iterable<number>) => [...values].reduce((total, value) => total + value, 0);
const quantile = (sorted: readonly number[], part: number) =>
  sorted[Math.floor((sorted.length - 1) * part)] ?? NaN;
const sortedCounts = (titles: number, streams: number, seed = 1) =>
  [...streamsPerTitle(new Random(seed), titles, streams)].sort((one, other) => one - other);

describe('streams per title', () => {
  it('has a median of 12 and a 99th percentile of 400, over all titles, at 20 streams a title', () => {
    for (const seed of [1, 2, 3]) {
      const counts = sortedCounts(100_000, 2_000_000, seed);
      assert.equal(sum(counts), 2_000_000);
      const [median, p99] = [quantile(counts, 0.5), quantile(counts, 0.99)];
      assert.ok(median >= 11 && median <= 13, `median ${median}`);
      assert.ok(p99 >= 350 && p99 <= 450, `99th percentile ${p99}`);
      assert.ok(quantile(counts, 1) >= 5000, 'the largest ones are far larger');
    }
  });

  it('leaves some titles without any when there are fewer, the others as they were', () => {
    const counts = sortedCounts(100_000, 1_000_000);
    const withStreams = counts.filter((count) => count > 0);
    assert.equal(sum(counts), 1_000_000);
    assert.ok(
      withStreams.length > 40_000 && withStreams.length < 60_000,
      `${withStreams.length} titles have streams`,
    );
    assert.ok(Math.abs(quantile(withStreams, 0.5) - 12) <= 1);
  });

  it('makes all numbers larger when there are more', () => {
    const counts = sortedCounts(100_000, 10_000_000);
    assert.equal(sum(counts), 10_000_000);
    const median = quantile(counts, 0.5);
    assert.ok(median > 50 && median < 70, `median ${median}`);
  });

  it('adds up for any number of titles and streams, and gives no title a negative number', () => {
    for (const titles of [1, 2, 3, 4, 50, 1000]) {
      for (const streams of [0, 1, 2, 19, 500, 12_345, 3_000_000]) {
        const counts = sortedCounts(titles, streams);
        assert.equal(counts.length, titles);
        assert.equal(sum(counts), streams, `${titles} titles, ${streams} streams`);
        assert.ok((counts[0] ?? 0) >= 0);
      }
    }
  });
});

describe('popularity', () => {
  const TITLES = 20_000;
  const popularity = zipfPopularity(1, TITLES);
  const all = Array.from({ length: TITLES }, (_, title) => popularity(title));

  it('is that of Zipf: the title of rank r has 1/r of the first', () => {
    const sorted = all.toSorted((one, other) => other - one);
    const first = sorted[0] ?? 0;
    sorted.forEach((value, index) =>
      assert.ok(Math.abs(value * (index + 1) - first) < 1e-6 * first),
    );
  });

  it('stays distinct in the column, which has 24 bits of precision', () => {
    assert.equal(new Set(all.map((value) => Math.fround(value))).size, TITLES);
  });

  it('is repeatable, differs by seed, and has nothing to do with the number of streams', () => {
    assert.equal(zipfPopularity(1, TITLES)(7), popularity(7));
    assert.notEqual(zipfPopularity(2, TITLES)(7), popularity(7));
    const titles = [
      ...makeTitles(new Random(1), { titles: TITLES, streams: 20 * TITLES, seed: 1 }),
    ].slice(2);
    const meanOf = (list: typeof titles) =>
      sum(list.map((title) => Math.min(title.streams, 500))) / list.length;
    const byPopularity = titles.toSorted((one, other) => other.popularity - one.popularity);
    const ratio =
      meanOf(byPopularity.slice(0, TITLES / 2)) / meanOf(byPopularity.slice(TITLES / 2));
    assert.ok(
      ratio > 0.9 && ratio < 1.1,
      `the popular half has ${ratio} times the streams of the other`,
    );
  });
});

describe('random numbers', () => {
  it('repeat for a seed, and two seeds share no sequence', () => {
    const draw = (seed: number) => {
      const random = new Random(seed);
      return Array.from({ length: 1000 }, () => random.word());
    };
    assert.deepEqual(draw(1), draw(1));
    const first = new Set(draw(1));
    assert.ok(draw(2).filter((word) => first.has(word)).length < 3);
  });

  it('spread different numbers to different ones, which keeps infohashes apart', () => {
    assert.equal(
      new Set(Array.from({ length: 100_000 }, (_, number) => mix(number))).size,
      100_000,
    );
  });

  it('have the middle and the width that are asked for', () => {
    const random = new Random(1);
    const values = Array.from({ length: 20_000 }, () => random.logNormal(12, 1.5)).sort(
      (one, other) => one - other,
    );
    assert.ok(Math.abs(quantile(values, 0.5) - 12) < 0.7);
    assert.ok(Math.abs(quantile(values, 0.99) - 393) < 60);
    const often = skewed(['a', 'b', 'c']);
    assert.ok(
      often.filter((entry) => entry === 'a').length >
        2 * often.filter((entry) => entry === 'c').length,
    );
  });
});
