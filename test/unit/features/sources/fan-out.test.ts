/** When an answer stops waiting for sources, and what becomes of those that are slower. */
import assert from 'node:assert/strict';
import { afterEach, test } from 'node:test';
import type { SearchSubject } from '../../../../src/features/sources/contract.ts';
import { FanOut, type FanOutOptions } from '../../../../src/features/sources/fan-out.ts';
import { SourceBudgets } from '../../../../src/features/sources/source-budgets.ts';
import { Latch } from '../../../../src/lib/async/latch.ts';
import { CancelController } from '../../../../src/lib/async/cancel.ts';
import { settledWithin } from '../../../../src/lib/async/wait.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { FakeSource, finds, hangs } from '../../../support/fake-source.ts';

const MOVIE: SearchSubject = {
  mediaId: 1,
  type: 'movie',
  imdbId: 'tt1000001',
  tmdbId: '',
  tvdbId: '',
  names: ['A'],
  year: 1968,
  endYear: 0,
  isAnime: false,
  released: '',
  episodes: [],
  season: 0,
  episode: 0,
};
const LONG_MS = 60_000;
let life = new CancelController();

afterEach(() => {
  life.abort(new Error('the test is over'));
  life = new CancelController();
});

function fanOut(sources: readonly FakeSource[], changes: Partial<FanOutOptions> = {}) {
  const found: string[] = [];
  const unexpected: unknown[] = [];
  const fan = new FanOut(sources, MOVIE, {
    budgets: new SourceBudgets(),
    deadlineMs: LONG_MS,
    lateAfterMs: changes.deadlineMs ?? LONG_MS,
    backgroundMs: LONG_MS,
    signal: life.signal,
    hasAny: () => found.length > 0,
    onFound: ({ id }, releases) => {
      found.push(...releases.map(({ name }) => `${id}: ${name}`));
      fan.look();
    },
    onUnexpected: (_, error) => unexpected.push(error),
    ...changes,
  });
  return { fan, found, unexpected };
}

/** Of a source that always took so long. */
function learnt(id: string, elapsedMs: number, budgets = new SourceBudgets()): SourceBudgets {
  for (let at = 0; at < 8; at++) budgets.record(id, elapsedMs);
  return budgets;
}

test('an answer waits until all have answered', async () => {
  const goOn = new Latch<void>();
  const slow = new FakeSource('slow', async () => goOn.opened);
  const { fan, found } = fanOut([new FakeSource('a', finds('A')), slow]);
  assert.equal(await settledWithin(fan.answerable, 20), false);
  goOn.open();
  await fan.answerable;
  await fan.finished;
  assert.deepEqual(found, ['a: A']);
  assert.ok(fan.progress().every(({ state }) => state === 'answered'));
});

test('the deadline ends the waiting, the sources go on', async () => {
  const { fan } = fanOut([new FakeSource('hung', hangs)], { deadlineMs: 20 });
  await fan.answerable;
  assert.equal(fan.isFinished, false);
  assert.deepEqual(
    fan.progress().map(({ state }) => state),
    ['asked'],
  );
});

test('that a source hangs is learnt at the deadline, not when it is given up', async () => {
  const budgets = new SourceBudgets();
  for (let search = 0; search < 4; search++) {
    const { fan } = fanOut([new FakeSource('hung', hangs)], { budgets, deadlineMs: 5 });
    await fan.answerable;
  }
  assert.equal(budgets.waitMs('hung', 5), 0);
});

test('a source is not late because its answer had little time left', async () => {
  const budgets = new SourceBudgets();
  for (let search = 0; search < 4; search++) {
    const { fan } = fanOut([new FakeSource('hung', hangs)], {
      budgets,
      deadlineMs: 1,
      lateAfterMs: LONG_MS,
    });
    await fan.answerable;
  }
  assert.equal(budgets.waitMs('hung', LONG_MS), LONG_MS);
});

test('a source that is mostly too slow is not waited for, once there is something', async () => {
  const budgets = learnt('slow', LONG_MS);
  const goOn = new Latch<void>();
  const first = new FakeSource('a', async (call) => {
    await goOn.opened;
    await finds('A')(call, MOVIE);
  });
  const { fan } = fanOut([first, new FakeSource('slow', hangs)], { budgets });
  assert.equal(await settledWithin(fan.answerable, 20), false);
  goOn.open();
  await fan.answerable;
  assert.equal(fan.isFinished, false);
});

test('where a source has led stays with the operator', async () => {
  const blocked = new AppError('fetch.blocked-address', '10.1.2.3 is not a public address');
  const { fan } = fanOut([new FakeSource('a', () => Promise.reject(blocked))]);
  await fan.finished;
  assert.deepEqual(fan.failures().get('a'), {
    code: 'fetch.blocked-address',
    message: 'it leads to an address that is not public',
  });
});

test('an answer of nothing helps nobody: where all are slow, the first that finds something ends the waiting', async () => {
  const budgets = learnt('slow', LONG_MS);
  const goOn = new Latch<void>();
  const slow = new FakeSource('slow', async ({ found, signal }, subject) => {
    await goOn.opened;
    await finds('A')({ found, signal }, subject);
    await hangs({ found, signal }, subject);
  });
  const { fan } = fanOut([slow], { budgets });
  assert.equal(await settledWithin(fan.answerable, 20), false);
  goOn.open();
  await fan.answerable;
});

test('a fast source that hangs is waited for a little longer than usual', async () => {
  const budgets = learnt('fast', 50);
  const { fan } = fanOut([new FakeSource('a', finds('A')), new FakeSource('fast', hangs)], {
    budgets,
  });
  await fan.answerable;
  assert.equal(fan.isFinished, false);
});

test('sources that ignore their signal are given up when the time behind is over', async () => {
  const deaf = new FakeSource('deaf', () => new Promise(() => undefined));
  const { fan } = fanOut([deaf], { deadlineMs: 5, backgroundMs: 30 });
  await fan.finished;
  assert.equal(fan.failures().get('deaf')?.code, 'fetch.timeout');
});

test('one that fails says why; what is no expected failure says nothing of itself', async () => {
  const { fan, unexpected } = fanOut([
    new FakeSource('a', () => Promise.reject(new AppError('fetch.failed', 'it does not answer'))),
    new FakeSource('b', () => {
      throw new TypeError('https://user:secret@example.org');
    }),
  ]);
  await fan.finished;
  assert.deepEqual(fan.failures().get('a'), {
    code: 'fetch.failed',
    message: 'it does not answer',
  });
  assert.equal(fan.failures().get('b')?.code, 'server.failure');
  assert.ok(!JSON.stringify([...fan.failures()]).includes('secret'));
  assert.equal(unexpected.length, 1);
});

test('what is found before a failure counts, what comes after the end does not', async () => {
  let late: () => void = () => undefined;
  const { fan, found } = fanOut([
    new FakeSource('a', async (call, subject) => {
      await finds('A')(call, subject);
      late = () => call.found([]);
      throw new AppError('fetch.failed', 'cut off');
    }),
  ]);
  await fan.finished;
  late();
  assert.deepEqual(found, ['a: A']);
});

test('without sources it is over at once', async () => {
  const { fan } = fanOut([]);
  await fan.answerable;
  assert.equal(fan.isFinished, true);
});
