/** Protects what a run concludes: bars by ratio and by limit, crossovers from rounds, an end when it is stopped. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Bench } from 'tinybench';
import { measureSuite, ROUNDS } from '../../../native-bench/measure.ts';
import type { Contender, ContenderSuite, Sample } from '../../../native-bench/suite.ts';

const NEVER = new AbortController().signal;

/** One that needs so many microseconds of CPU, round by round. */
function contender(name: string, cpuUs: readonly number[], turns: string[] = []): Contender {
  let round = 0;
  return {
    name,
    warmUp: () => Promise.resolve(),
    measure: () => {
      turns.push(name);
      const sample: Sample = {
        p50Us: cpuUs[round] ?? 1,
        p99Us: null,
        loopUs: null,
        cpuUs: cpuUs[round] ?? 1,
        perS: null,
      };
      round++;
      return Promise.resolve(sample);
    },
  };
}

function suiteOf(
  contenders: readonly Contender[],
  facts: Partial<ContenderSuite> = {},
): ContenderSuite {
  return { name: 'made up', contenders, ...facts, [Symbol.asyncDispose]: () => Promise.resolve() };
}

test('contenders take turns, every other round backwards', async () => {
  const turns: string[] = [];
  await measureSuite(
    suiteOf([contender('a', [], turns), contender('b', [], turns)]),
    NEVER,
    () => undefined,
  );
  assert.equal(turns.join(''), 'abbaabbaab');
  assert.equal(ROUNDS, 5);
});

test('a ratio is the median over rounds, a limit is held against the best round', async () => {
  const { bars } = await measureSuite(
    suiteOf([contender('ours', [10, 10, 90, 10, 10]), contender('theirs', [20, 20, 20, 20, 5])], {
      bars: [
        { task: 'ours', metric: 'cpuUs', against: 'theirs', ratioMax: 0.5 },
        { task: 'ours', metric: 'cpuUs', against: 'theirs', ratioMax: 0.49 },
        { task: 'theirs', metric: 'p50Us', max: 5 },
        { task: 'ours', metric: 'bytes', max: 99 },
      ],
      sizesBytes: { ours: 100 },
    }),
    NEVER,
    () => undefined,
  );
  assert.deepEqual(
    bars.map(({ verdict, value }) => [verdict, value]),
    [
      ['pass', 0.5],
      ['FAIL', 0.5],
      ['pass', 5],
      ['FAIL', 100],
    ],
  );
});

test('a crossover adds what is computed to what is measured', async () => {
  const { crossovers } = await measureSuite(
    suiteOf([contender('work', [100, 100, 100, 100, 100])], {
      crossovers: [
        {
          name: 'http.compress-body',
          metric: 'p50Us',
          points: [100, 200, 400, 800].map((size) => ({
            size,
            below: { addedUs: size },
            above: { task: 'work', addedUs: size / 2 },
          })),
        },
      ],
    }),
    NEVER,
    () => undefined,
  );
  assert.equal(Math.round(Number(crossovers[0]?.measured)), 200, 'size = 100 + size / 2');
  assert.deepEqual(crossovers[0]?.points[0], { size: 100, belowUs: 100, aboveUs: 150 });
});

test('a bar on a task that does not exist is an error, not a pass', async () => {
  const suite = suiteOf([contender('ours', [])], {
    bars: [{ task: 'our', metric: 'p50Us', max: 5 }],
  });
  await assert.rejects(
    measureSuite(suite, NEVER, () => undefined),
    /no task is called "our"/,
  );
});

test('real tasks of tinybench are measured, and a task that throws ends the run', async () => {
  const suite = (work: () => unknown) => ({
    bench: new Bench({ name: 'real', time: 20, warmupTime: 1 }).add('task', work),
    measuresCpu: true,
    [Symbol.asyncDispose]: () => Promise.resolve(),
  });
  const {
    rows: [row],
  } = await measureSuite(
    suite(() => delay(1)),
    NEVER,
    () => undefined,
  );
  assert.ok((row?.figures.p50Us ?? 0) >= 500, 'a wait counts in time');
  assert.ok((row?.figures.cpuUs ?? Infinity) < 0.9 * (row?.figures.p50Us ?? 0), 'and not in CPU');
  await assert.rejects(
    measureSuite(
      suite(() => {
        throw new Error('broken');
      }),
      NEVER,
      () => undefined,
    ),
    /broken/,
  );
});

test('a stopped run ends between two turns', async () => {
  const control = new AbortController();
  const turns: string[] = [];
  const run = measureSuite(suiteOf([contender('a', [], turns)]), control.signal, (round) => {
    if (round === 2) control.abort(new Error('stopped'));
  });
  await assert.rejects(run, /stopped/);
  assert.equal(turns.length, 2);
});
