/** Protects against repeating what must not be repeated: the rules are SQLSTATEs, never messages. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { AppError } from '../../../../src/lib/errors.ts';
import {
  isConnectionFailure,
  isRepeatable,
  isServerRefusal,
  makesSessionUseless,
  toAppError,
} from '../../../../src/platform/db/failure.ts';

/** As postgres.js raises them: with the query attached. */
const raised = (code: string) => Object.assign(new Error('any text'), { code, query: 'select 1' });

describe('failures of statements', () => {
  for (const code of [
    '40001',
    '40P01',
    '57P01',
    '57P03',
    '25006',
    '08000',
    '08003',
    '08006',
    '08P01',
    'CONNECTION_CLOSED',
    'CONNECTION_DESTROYED',
    'CONNECTION_ENDED',
    'CONNECT_TIMEOUT',
    'ECONNREFUSED',
    'ECONNRESET',
    'EPIPE',
  ]) {
    it(`repeats a read after ${code}, and is unavailable in the end`, () => {
      assert.equal(isRepeatable(raised(code)), true);
      const expected = code === '25006' ? 'database.not-writable' : 'database.unavailable';
      assert.equal((toAppError(raised(code), 'x') as AppError).code, expected);
    });
  }

  it('tells a server that cannot write from one that does not answer', () => {
    for (const code of ['53100', '53200', '58030', '25006']) {
      assert.equal((toAppError(raised(code), 'x') as AppError).code, 'database.not-writable');
    }
  });

  for (const code of [
    '57014',
    '53300',
    '23505',
    '42P01',
    '22P02',
    '28P01',
    '3D000',
    '53200',
    '0800',
    'UNDEFINED',
  ]) {
    it(`does not repeat after ${code}`, () => assert.equal(isRepeatable(raised(code)), false));
  }

  it('maps a cancelled statement to a timeout and a full server to exhaustion', () => {
    assert.equal((toAppError(raised('57014'), 'x') as AppError).code, 'database.timeout');
    assert.equal((toAppError(raised('53300'), 'x') as AppError).code, 'database.exhausted');
  });

  it('is unavailable, and not asked again, when it does not let us in', () => {
    for (const code of ['28P01', '28000', '3D000']) {
      assert.equal((toAppError(raised(code), 'x') as AppError).code, 'database.unavailable');
    }
  });

  it('leaves errors about the statement itself, and our own, as they are', () => {
    for (const error of [
      raised('23505'),
      new AppError('database.exhausted', 'full'),
      new TypeError('bug'),
    ]) {
      assert.equal(toAppError(error, 'x'), error);
      assert.equal(isRepeatable(error), false);
    }
  });

  it('does not take another service for the database', () => {
    const redisDown = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:6379'), {
      code: 'ECONNREFUSED',
    });
    assert.equal(isConnectionFailure(redisDown), false);
    assert.equal(toAppError(redisDown, 'x'), redisDown);
  });

  it('asks the primary when the replica is full, and drops a connection to a demoted primary', () => {
    assert.equal(isServerRefusal(raised('53300')), true);
    assert.equal(isServerRefusal(raised('40001')), false);
    assert.equal(makesSessionUseless(raised('25006')), true);
    assert.equal(makesSessionUseless(raised('40001')), false);
    assert.equal(makesSessionUseless(undefined), false);
  });
});
