/** Protects the gate's promise: quiet on equal code, loud on a regression, honest when it cannot tell. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareScenario,
  compareTwice,
  type Bout,
  type ScenarioVerdict,
} from '../../../perf/gate/compare.ts';
import { medianInterval, medianOf } from '../../../perf/gate/median-interval.ts';
import { FULL_LOOKS, SHORT_LOOKS, type Limits } from '../../../perf/gate/verdict.ts';
import { Random } from '../../../perf/seed/random.ts';
import { NoisyMachine, USUAL_NOISE } from './gate-noise.ts';

const LIMITS: Limits = { cpu: 10, p95: 10, p99: 20, requestsPerS: 10, rss: 30 };
const NOISE_FROM = 0.05;
const NOISE_TO = 0.15;

interface Outcome {
  readonly failed: number;
  readonly undecided: number;
}

/** Gates on machines whose rounds scatter by 5 to 15 %, drift, and are disturbed now and then. */
async function simulate(
  gates: number,
  scenarios: number,
  slowdown: number,
  looks = FULL_LOOKS,
  limits = LIMITS,
): Promise<Outcome> {
  let [failed, undecided] = [0, 0];
  for (let gate = 0; gate < gates; gate += 1) {
    const roundSpread = NOISE_FROM + (NOISE_TO - NOISE_FROM) * (gate / gates);
    const machine = new NoisyMachine(gate * 7919 + 1, { ...USUAL_NOISE, roundSpread });
    const verdicts: ScenarioVerdict[] = [];
    for (let scenario = 0; scenario < scenarios; scenario += 1) {
      const bout: Bout = {
        scenario: 'simulated',
        limits,
        plan: { looks, confidence: 0.95, scenarios },
        deadlineMs: Infinity,
        now: () => 0,
        open: () => Promise.resolve(machine.open(slowdown)),
      };
      verdicts.push(
        looks === SHORT_LOOKS ? await compareTwice(bout, Infinity) : await compareScenario(bout),
      );
    }
    if (verdicts.some(({ verdict }) => verdict === 'fail')) failed += 1;
    else if (verdicts.some(({ verdict }) => verdict === 'undecided')) undecided += 1;
  }
  return { failed, undecided };
}

test('equal code raises fewer than 2 false alarms in 100 gates of one scenario', async (t) => {
  const { failed, undecided } = await simulate(2000, 1, 1);
  t.diagnostic(`2,000 gates: ${failed} false alarms, ${undecided} undecided`);
  assert.ok(failed <= 40, `${failed} false alarms`);
});

test('equal code raises fewer than 2 false alarms in 100 gates of eight scenarios', async (t) => {
  const { failed, undecided } = await simulate(500, 8, 1);
  t.diagnostic(`500 gates: ${failed} false alarms, ${undecided} undecided`);
  assert.ok(failed <= 10, `${failed} false alarms`);
});

test('a fifth more of everything is found in more than 95 of 100 gates', async (t) => {
  const { failed, undecided } = await simulate(2000, 1, 1.2);
  t.diagnostic(`2,000 gates: ${failed} found, ${undecided} undecided`);
  assert.ok(failed > 1900, `${failed} of 2,000 found`);
});

test('the short form with its wider limits is as quiet, and finds a half more', async (t) => {
  const wide: Limits = { cpu: 25, p95: 100, p99: null, requestsPerS: 40, rss: 50 };
  const quiet = await simulate(2000, 3, 1, SHORT_LOOKS, wide);
  const loud = await simulate(2000, 3, 1.5, SHORT_LOOKS, wide);
  t.diagnostic(`2,000 gates each: ${quiet.failed} false alarms; ${loud.failed} found`);
  assert.ok(quiet.failed <= 40, `${quiet.failed} false alarms`);
  assert.ok(loud.failed > 1900, `${loud.failed} of 2,000 found`);
});

test('a quiet machine needs the first look only', async () => {
  const machine = new NoisyMachine(5, {
    ...USUAL_NOISE,
    roundSpread: 0.01,
    disturbedShare: 0,
    processSpread: 0,
  });
  const verdict = await compareScenario({
    scenario: 'quiet',
    limits: LIMITS,
    plan: { looks: FULL_LOOKS, confidence: 0.95, scenarios: 1 },
    deadlineMs: Infinity,
    now: () => 0,
    open: () => Promise.resolve(machine.open(1)),
  });
  assert.equal(verdict.verdict, 'pass');
  assert.equal(verdict.ended, 'decided');
  assert.equal(verdict.pairs.length, FULL_LOOKS[0]);
});

/** Rounds that are disturbed one in ten times by a factor of up to five. */
function heavyTailed(random: Random, count: number): number[] {
  const round = () =>
    Math.log(random.logNormal(1, 0.05)) + (random.onceIn(10) ? 0.2 + random.fraction() * 1.4 : 0);
  return Array.from({ length: count }, () => round() - round());
}

function percentileBootstrap(
  values: readonly number[],
  tail: number,
  statistic: (sample: number[]) => number,
  random: Random,
) {
  const resampled = Array.from({ length: 999 }, () =>
    statistic(values.map(() => random.pick(values))),
  ).sort((a, b) => a - b);
  return {
    lower: resampled[Math.round(999 * tail)] ?? 0,
    upper: resampled[Math.round(999 * (1 - tail))] ?? 0,
  };
}

test('the interval holds its level with few pairs and heavy tails, where the bootstrap of the mean does not', (t) => {
  const [samples, tail] = [400, 0.025];
  const meanOf = (values: readonly number[]) =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  for (const count of [8, 12, 18]) {
    const random = new Random(count);
    const missed = { median: 0, bootstrapOfMedian: 0, bootstrapOfMean: 0 };
    for (let sample = 0; sample < samples; sample += 1) {
      const values = heavyTailed(random, count);
      const misses = ({ lower, upper }: { lower: number; upper: number }) =>
        lower > 0 || upper < 0 ? 1 : 0;
      missed.median += misses(medianInterval(values, tail, tail));
      missed.bootstrapOfMedian += misses(percentileBootstrap(values, tail, medianOf, random));
      missed.bootstrapOfMean += misses(percentileBootstrap(values, tail, meanOf, random));
    }
    t.diagnostic(
      `${count} pairs, 95 % intervals, ${samples} samples: ${JSON.stringify(missed)} missed`,
    );
    // 5 % and three standard errors of 400 samples.
    assert.ok(
      missed.median <= samples * 0.083,
      `${missed.median} of ${samples} intervals of ${count} pairs missed the median`,
    );
    assert.ok(missed.bootstrapOfMean > missed.median, 'else the mean would do');
  }
});

test('too few values give no bound, and never a verdict by luck', () => {
  assert.deepEqual(medianInterval([0.5, 0.6, 0.7], 0.025, 0.025), {
    median: 0.6,
    lower: -Infinity,
    upper: Infinity,
  });
  const { lower, upper } = medianInterval([8, 1, 7, 2, 6, 3, 5, 4], 0.005, 0.025);
  assert.deepEqual([lower, upper], [1, 8]);
});

test('the interval is the percentile bootstrap of the median, at most one value wider on a side', () => {
  const random = new Random(3);
  for (const count of [9, 13, 27]) {
    const values = Array.from({ length: count }, () => random.fraction());
    const sorted = values.toSorted((a, b) => a - b);
    const ours = medianInterval(values, 0.025, 0.025);
    const drawn = percentileBootstrap(values, 0.025, medianOf, random);
    const steps = sorted.indexOf(drawn.lower) - sorted.indexOf(ours.lower);
    assert.ok(steps === 0 || steps === 1, `${count} values: ${steps} ranks apart`);
  }
});
