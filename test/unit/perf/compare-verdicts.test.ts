/** Protects the figures of `perf:compare`: ratios are taken round by round, bars judge CPU per request, what is not known stays empty. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ComparedCase } from '../../../perf/compare/cases.ts';
import { targetContender } from '../../../perf/compare/contenders.ts';
import type { Measured } from '../../../perf/compare/measure.ts';
import { comparisonText } from '../../../perf/compare/tables.ts';
import { verdictOf } from '../../../perf/compare/verdicts.ts';
import type { RoundResult } from '../../../perf/result.ts';

const CASE: ComparedCase = {
  name: 'stream-repeat',
  description: '',
  headers: {},
  bars: [
    { contender: 'other', atLeast: 10 },
    { contender: 'unknown', atLeast: 10 },
  ],
  pathsOf: () => null,
};

function round(
  cpuMicrosPerRequest: number,
  requestsPerS: number,
  clientCpuShare = 0.5,
): RoundResult {
  return {
    elapsedS: 1,
    succeeded: requestsPerS,
    shed: 0,
    failed: 0,
    requestsPerS,
    latency: null,
    shedLatency: null,
    clientCpuShare,
    timeline: [],
    server: {
      cpuMicrosPerRequest,
      cpuShare: 0.8,
      rssBytes: 1,
      rssPeakBytes: 2 ** 20,
      loopDelayP99: null,
      loopDelayMax: null,
      handles: null,
      redisCommandsPerRequest: null,
      sqlStatementsPerRequest: null,
    },
  };
}

function measured(name: string, rounds: readonly RoundResult[]): Measured {
  return {
    contender: targetContender({ name, baseUrl: 'http://127.0.0.1:1' }, null),
    rounds,
    latency: round(0, 0),
    bodyBytes: 100,
    streams: 25,
  };
}

const SLUICE = measured('sluice', [
  round(10, 1000, 0.95),
  round(20, 500, 0.95),
  round(10, 1000, 0.5),
]);

test("a ratio is the median of the rounds' ratios, not the ratio of medians", () => {
  // The machine was half as fast in the second round, for both.
  const {
    contenders: [sluice, other],
  } = verdictOf(CASE, [
    SLUICE,
    measured('other', [round(100, 90), round(220, 45), round(90, 100)]),
  ]);
  assert.deepEqual(other?.cpuRatio, { median: 10, lowest: 9, highest: 11 });
  assert.equal(other.rateRatio.median, 0.09);
  assert.equal(sluice?.cpuRatio?.median, 1);
  assert.equal(sluice?.isClientBound, true);
  assert.equal(other.isClientBound, false);
});

test('a bar is kept at its limit and missed below it; nobody is judged without a CPU time', () => {
  const verdict = verdictOf(CASE, [
    SLUICE,
    measured('other', [round(100, 90), round(199, 45), round(99, 100)]),
    measured('unknown', [round(Number.NaN, 90), round(Number.NaN, 90)]),
  ]);
  const [sluice, other, unknown] = verdict.contenders;
  assert.equal(sluice?.check, null);
  assert.equal(other?.check?.passed, false);
  assert.equal(unknown?.check, null);
  assert.equal(unknown?.cpuRatio, null);
  const kept = verdictOf(CASE, [SLUICE, measured('other', [round(100, 90)])]);
  assert.equal(kept.contenders[1]?.check?.passed, true);
});

test('a round without a tick of processor time is no ratio', () => {
  const {
    contenders: [, other],
  } = verdictOf(CASE, [SLUICE, measured('other', [round(0, 90), round(220, 45), round(90, 100)])]);
  assert.deepEqual(other?.cpuRatio, { median: 10, lowest: 9, highest: 11 });
});

test('the printed tables give ratios before figures, and a dash for what is not known', () => {
  const text = comparisonText([
    verdictOf(CASE, [SLUICE, measured('unknown', [round(Number.NaN, 90)])]),
  ]);
  assert.ok(text.indexOf('Ratios') < text.indexOf('Absolute figures'));
  assert.match(text, /\| stream-repeat \| unknown +\| +– \| +0\.09/);
  assert.match(text, /\| sluice +\| +10\.0 \| +1000 \*/);
});

test('warnings tell of other work in an answer, and of a machine that was not quiet', () => {
  const other = { ...measured('other', [round(100, 90)]), bodyBytes: 50, streams: 3 };
  const starved = { ...round(100, 90), server: { ...round(100, 90).server, cpuShare: 0.2 } };
  const [, answersLess, isStarved] = verdictOf(CASE, [
    SLUICE,
    other,
    measured('starved', [starved]),
  ]).contenders;
  assert.deepEqual(answersLess?.warnings, [
    'it answers 50 bytes, Sluice 100: not the same work',
    'it answers 3 streams, Sluice 25: not the same work',
  ]);
  assert.match(
    isStarved?.warnings.join() ?? '',
    /^server and generator had 50 % of a processor at most: other programs ran/,
  );
});
