/** Protects the database server: no set of processes may open more connections than it was sized for. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { shareOfInstance, splitShare } from '../../../../src/platform/db/split-budget.ts';

describe('connection budget', () => {
  it('never hands out more than the instance has, and leaves no lane empty', () => {
    const connections = fc.integer({ min: 4, max: 10_000 });
    const processCounts = fc.integer({ min: 1, max: 64 });
    fc.assert(
      fc.property(connections, processCounts, fc.boolean(), (max, processes, replica) => {
        fc.pre(Math.floor(max / processes) >= 4);
        const share = shareOfInstance(max, processes, replica);
        const budget = splitShare(share, replica);
        const servers = [budget.primary, ...(budget.replica ? [budget.replica] : [])];
        for (const { hot, page, rest } of servers) {
          assert.ok(hot >= 1 && rest >= 1);
          assert.ok(
            page >= 1 || hot + rest === 2,
            'pages share the connections of the rest only where there are two',
          );
        }
        assert.equal(
          servers.reduce((sum, { hot, page, rest }) => sum + hot + page + rest, 0),
          share,
        );
        assert.ok(share * processes <= max);
        assert.equal(budget.replica !== undefined, replica);
      }),
    );
  });

  it('keeps the hot lane small, and that of pages smaller: who has more connections has more of the CPU', () => {
    assert.deepEqual(splitShare(40, false), {
      primary: { hot: 4, page: 2, rest: 34 },
      replica: undefined,
    });
    assert.deepEqual(splitShare(10, true), {
      primary: { hot: 1, page: 1, rest: 3 },
      replica: { hot: 1, page: 1, rest: 3 },
    });
    assert.deepEqual(splitShare(2, false), {
      primary: { hot: 1, page: 0, rest: 1 },
      replica: undefined,
    });
    assert.deepEqual(splitShare(320, false), {
      primary: { hot: 4, page: 20, rest: 296 },
      replica: undefined,
    });
  });

  it('says which variable to raise, and to what', () => {
    assert.throws(() => shareOfInstance(4, 4, false), {
      name: 'StartError',
      message: /DB_MAX_CONNECTIONS is 4 .* set it to 8 or more/,
    });
    assert.throws(() => shareOfInstance(9, 3, true), {
      name: 'StartError',
      message: /at least 4 \(primary and replica\)/,
    });
    assert.throws(() => splitShare(3, true), {
      name: 'StartError',
      message: /raise DB_MAX_CONNECTIONS/,
    });
    assert.throws(() => splitShare(Number.NaN, false), { name: 'StartError' });
  });
});
