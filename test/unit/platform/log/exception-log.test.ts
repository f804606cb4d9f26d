/** Warnings and errors by kind: what makes one kind, what is kept, and that no secret is. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AppError } from '../../../../src/lib/errors.ts';
import { EXCEPTIONS_MAX } from '../../../../src/lib/exceptions/exception-record.ts';
import { ExceptionLog } from '../../../../src/platform/log/exception-log.ts';
import { createTestLogger, type LoggedLine } from '../../../support/test-logger.ts';

test('one kind of failure is one entry with a count, whatever numbers it names', () => {
  let nowMs = 1000;
  const log = new ExceptionLog(() => nowMs);
  const lines: LoggedLine[] = [];
  const logger = log.watch(createTestLogger(lines)).child({ cache: 'sets' });
  for (const attempt of [1, 2, 3]) {
    nowMs += 1000;
    const err = new AppError('database.timeout', `statement ${attempt} took ${attempt * 7} ms`);
    logger.warn({ err, requestId: `r-${attempt}` }, 'a job failed');
  }
  logger.info({}, 'all is well');
  logger.error({}, 'another thing');
  const [other, first] = log.records();
  assert.equal(log.records().length, 2);
  assert.equal(lines.length, 5);
  assert.equal(other?.message, 'another thing');
  assert.equal(first?.count, 3);
  assert.deepEqual(
    [first.level, first.type, first.message, first.detail, first.requestId],
    ['warning', 'database.timeout', 'a job failed', 'statement 3 took 21 ms', 'r-3'],
  );
  assert.deepEqual([first.firstSeenAtMs, first.lastSeenAtMs], [2000, 4000]);
  assert.match(first.traceback, /exception-log\.test/);
});

test('what is taken is handed on once, and again where it could not be kept', () => {
  const log = new ExceptionLog();
  const logger = log.watch(createTestLogger());
  logger.warn({}, 'first');
  const taken = log.take();
  assert.deepEqual(log.take(), []);
  logger.warn({}, 'first');
  log.giveBack(taken);
  assert.equal(log.take()[0]?.count, 2);
  assert.equal(log.records()[0]?.count, 2);
  assert.equal(log.clear('0000000000000000'), 0);
  assert.equal(log.clear(null), 1);
  assert.deepEqual(log.records(), []);
});

test('10,000 kinds leave the newest ones', () => {
  const log = new ExceptionLog();
  const logger = log.watch(createTestLogger());
  const letters = 'abcdefghij';
  for (let number = 0; number < 10_000; number++) {
    const name = String(number).replaceAll(/\d/g, (digit) => letters[Number(digit)] ?? '');
    logger.error({ err: new Error(`no ${name} here`) }, 'failed');
  }
  assert.equal(log.records().length, EXCEPTIONS_MAX);
  assert.equal(log.take().length, EXCEPTIONS_MAX);
  assert.equal(log.records()[0]?.detail, 'no jjjj here');
});

test('secrets of messages and stacks are masked', () => {
  const log = new ExceptionLog();
  const err = new Error('GET https://user:canarypass@host/S-canarytoken1234567/x?apikey=canarykey');
  log.watch(createTestLogger()).error({ err }, 'failed at redis://:canarypass@host');
  assert.doesNotMatch(JSON.stringify(log.records()), /canary/);
});
