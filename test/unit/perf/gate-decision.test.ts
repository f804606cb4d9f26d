/** Protects the way from measured rounds to verdicts: order of rounds, looks, time, what a figure's change means. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  compareScenario,
  compareTwice,
  oneAfterTheOther,
  type Bout,
  type Session,
} from '../../../perf/gate/compare.ts';
import {
  changePercent,
  worsenings,
  type GateSample,
  type Pair,
} from '../../../perf/gate/metrics.ts';
import {
  judge,
  needsMoreRounds,
  overall,
  type Limits,
  type Plan,
} from '../../../perf/gate/verdict.ts';

const LIMITS: Limits = { cpu: 10, p95: 10, p99: 20, requestsPerS: 10, rss: 20 };
const PLAN: Plan = { looks: [8, 12], confidence: 0.95, scenarios: 1 };
const SAMPLE: GateSample = { cpu: 100, p95: 1000, p99: 2000, requestsPerS: 5000, rss: 1e8 };

/** Sessions whose head costs `factor` times as much, more or less by `wobble` in turn; every round takes a second. */
function machine(factor: number, wobble = 0.01) {
  const log: string[] = [];
  let clockMs = 0;
  let rounds = 0;
  const session: Session = {
    measurePair: (isBaseFirst) =>
      oneAfterTheOther((side) => {
        log.push(side === 'base' ? 'A' : 'B');
        clockMs += 1000;
        rounds += 1;
        const scale = side === 'head' ? factor * (1 + wobble * ((rounds % 3) - 1)) : 1;
        return Promise.resolve({
          cpu: 100 * scale,
          p95: 1000 * scale,
          p99: 2000 * scale,
          requestsPerS: 5000 / scale,
          rss: 1e8 * scale,
        });
      }, isBaseFirst),
    [Symbol.asyncDispose]: () => {
      log.push('closed');
      return Promise.resolve();
    },
  };
  const bout: Bout = {
    scenario: 'made up',
    limits: LIMITS,
    plan: PLAN,
    deadlineMs: Infinity,
    now: () => clockMs,
    open: () => {
      log.push('opened');
      clockMs += 5000;
      return Promise.resolve(session);
    },
  };
  return { log, bout };
}

test('rounds go A B B A, on servers that are closed in the end', async () => {
  const { log, bout } = machine(1);
  const { verdict, ended } = await compareScenario(bout);
  assert.equal(log.join(' '), `opened ${'A B B A '.repeat(4)}closed`);
  assert.deepEqual([verdict, ended], ['pass', 'decided']);
});

test('what is not decided at one look gets fresh servers for the next', async () => {
  const { log, bout } = machine(1.05, 0.08);
  const { verdict, ended, pairs } = await compareScenario(bout);
  assert.equal(log.filter((entry) => entry === 'opened').length, 2);
  assert.deepEqual([pairs.length, ended], [12, 'all rounds made']);
  assert.equal(
    verdict,
    'undecided',
    'the interval reaches beyond the limit, the estimate does not',
  );
});

test('the short form measures a failure again: what fails once only is undecided', async () => {
  const slow = machine(1.5);
  const twice = await compareTwice(slow.bout, Infinity);
  assert.deepEqual([twice.verdict, twice.ended], ['fail', 'decided, for the second time']);
  assert.equal(slow.log.filter((entry) => entry === 'opened').length, 2);
  const [first, later] = [machine(1.5), machine(1)];
  let sessions = 0;
  const once = await compareTwice(
    { ...first.bout, open: () => (sessions++ === 0 ? first.bout.open() : later.bout.open()) },
    Infinity,
  );
  assert.deepEqual([once.verdict, once.ended], ['undecided', 'decided, after 8 pairs that failed']);
  const quiet = machine(1);
  assert.equal((await compareTwice(quiet.bout, Infinity)).verdict, 'pass');
  assert.equal(quiet.log.filter((entry) => entry === 'opened').length, 1);
});

test('when time is up the gate says undecided rather than guessing', async () => {
  const { bout } = machine(1);
  const { verdict, ended, pairs } = await compareScenario({ ...bout, deadlineMs: 12_000 });
  assert.deepEqual([verdict, ended], ['undecided', 'time is up']);
  assert.ok(pairs.length >= 1 && pairs.length < 8, `${pairs.length} pairs`);
});

test('time that is up before anything began opens no server', async () => {
  const { bout, log } = machine(1);
  const { verdict, pairs, ended } = await compareScenario({ ...bout, deadlineMs: -1 });
  assert.deepEqual([verdict, ended, pairs, log], ['undecided', 'time is up', [], []]);
});

test('servers are closed when a round fails', async () => {
  const { bout, log } = machine(1);
  const open = async () => {
    const session = await bout.open();
    return { ...session, measurePair: () => Promise.reject(new Error('the server ended')) };
  };
  await assert.rejects(compareScenario({ ...bout, open }), /the server ended/);
  assert.equal(log.at(-1), 'closed');
});

function pairsOf(count: number, head: Partial<Record<keyof GateSample, number | null>>): Pair[] {
  return Array.from({ length: count }, () => ({ base: SAMPLE, head: { ...SAMPLE, ...head } }));
}

test('a regression of any figure fails, an improvement never does', () => {
  const verdictWith = (head: Partial<GateSample>) =>
    overall(judge(pairsOf(12, head), LIMITS, PLAN, true));
  assert.equal(verdictWith({ cpu: 115 }), 'fail');
  assert.equal(verdictWith({ p95: 1150 }), 'fail');
  assert.equal(verdictWith({ requestsPerS: 4400 }), 'fail');
  assert.equal(verdictWith({ rss: 1.25e8 }), 'fail');
  assert.equal(
    verdictWith({ cpu: 50, p95: 500, p99: 1000, requestsPerS: 10_000, rss: 5e7 }),
    'pass',
  );
  assert.equal(verdictWith({ cpu: 108, requestsPerS: 4800 }), 'pass', 'worse within the limit');
});

test('a figure without a limit is reported and never fails, one that was not measured is left out', () => {
  const verdicts = judge(
    pairsOf(12, { p99: 9000, rss: null }),
    { ...LIMITS, p99: null },
    PLAN,
    true,
  );
  assert.deepEqual(
    verdicts.map(({ metric, verdict }) => [metric, verdict]),
    [
      ['cpu', 'pass'],
      ['p95', 'pass'],
      ['p99', 'reported'],
      ['requestsPerS', 'pass'],
    ],
  );
  assert.equal(overall(verdicts), 'pass');
});

test('between looks an estimate beyond the limit asks for more rounds, and fails only when there are none left', () => {
  const pairs = [...pairsOf(7, { cpu: 112 }), ...pairsOf(1, { cpu: 105 })];
  const early = judge(pairs, LIMITS, PLAN, false);
  assert.equal(overall(early), 'undecided');
  assert.equal(needsMoreRounds(early), true);
  assert.equal(overall(judge(pairs, LIMITS, PLAN, true)), 'fail');
});

test('more scenarios make the bound that raises alarms stricter, not the one that passes', () => {
  const pairs = Array.from({ length: 12 }, (_, index) => ({
    base: SAMPLE,
    head: { ...SAMPLE, cpu: 101 + index },
  }));
  const [one] = judge(pairs, LIMITS, PLAN, true);
  const [many] = judge(pairs, LIMITS, { ...PLAN, scenarios: 8 }, true);
  assert.ok((many?.lower ?? 0) < (one?.lower ?? 0));
  assert.equal(many?.upper, one?.upper);
});

test('a worsening is positive for more time and for fewer requests alike', () => {
  assert.deepEqual(worsenings(pairsOf(1, { cpu: 200 }), 'cpu'), [Math.log(2)]);
  assert.deepEqual(worsenings(pairsOf(1, { requestsPerS: 2500 }), 'requestsPerS'), [Math.log(2)]);
  assert.deepEqual(worsenings(pairsOf(1, { p95: 0 }), 'p95'), [], 'nothing to divide by');
  assert.equal(Math.round(changePercent(Math.log(1.25), true)), 25);
  assert.equal(Math.round(changePercent(Math.log(1.25), false)), -20);
});
