/** Protects callers from waiting longer than the total deadline, and the server from being hammered. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import { sleepBeforeMs, withRetries } from '../../../../src/platform/db/retry.ts';

const raised = (code: string) => Object.assign(new Error(code), { code, query: 'select 1' });
const never = new AbortController().signal;

describe('retries', () => {
  it('sleeps never exceed what is left, and grow to two seconds', () => {
    const left = fc.double({ min: -10, max: 1e6, noNaN: true });
    const chance = fc.double({ min: 0, max: 0.999, noNaN: true });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 200 }), left, chance, (attempt, leftMs, random) => {
        const sleepMs = sleepBeforeMs(attempt, leftMs, () => random);
        if (leftMs <= 0) assert.equal(sleepMs, undefined);
        else assert.ok(sleepMs !== undefined && sleepMs > 0 && sleepMs <= Math.min(leftMs, 2000));
      }),
    );
    assert.equal(
      sleepBeforeMs(1, 1e6, () => 0),
      12.5,
    );
    assert.equal(
      sleepBeforeMs(50, 1e6, () => 0),
      1000,
    );
  });

  it('ends with the last error when the deadline has passed', async () => {
    let attempts = 0;
    const startedAt = performance.now();
    const attempt = () => {
      attempts += 1;
      return Promise.reject(raised('ECONNREFUSED'));
    };
    await assert.rejects(withRetries({ deadlineMs: 1200, signal: never }, attempt), {
      code: 'ECONNREFUSED',
    });
    assert.ok(attempts >= 2 && attempts <= 16, `${attempts} attempts`);
    assert.ok(performance.now() - startedAt >= 1000);
  });

  it('tells each repetition what is left', async () => {
    const left: number[] = [];
    await assert.rejects(
      withRetries({ deadlineMs: 80, signal: never }, (leftMs) => {
        left.push(leftMs);
        return Promise.reject(raised('40001'));
      }),
    );
    assert.equal(left[0], Infinity);
    assert.ok(left.slice(1).every((leftMs) => leftMs > 0 && leftMs <= 80));
  });

  it('gives up at once on what repeating does not cure', async () => {
    for (const code of ['57014', '53300', '23505']) {
      let attempts = 0;
      const attempt = () => {
        attempts += 1;
        return Promise.reject(raised(code));
      };
      await assert.rejects(withRetries({ deadlineMs: 60_000, signal: never }, attempt), { code });
      assert.equal(attempts, 1);
    }
  });

  it('reports the outage, not that the last attempt had too little time left', async () => {
    let attempts = 0;
    const attempt = () => {
      attempts += 1;
      return Promise.reject(
        attempts === 1 ? raised('ECONNREFUSED') : new AppError('database.timeout', 'late'),
      );
    };
    await assert.rejects(withRetries({ deadlineMs: 60_000, signal: never }, attempt), {
      code: 'ECONNREFUSED',
    });
    assert.equal(attempts, 2);
  });

  it('wakes up when the caller leaves', async () => {
    const abort = new AbortController();
    const options = { deadlineMs: 60_000, signal: abort.signal, random: () => 0.9 };
    const work = withRetries(options, () => Promise.reject(raised('08006')));
    setTimeout(() => abort.abort(new Error('gone')), 30);
    await assert.rejects(work, /gone/);
  });
});
