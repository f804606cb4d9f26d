import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { refusalOf, Refusals } from '../../../../src/platform/redis/refusals.ts';
import { silentLogger } from '../../../support/cache-parts.ts';

function replyError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ReplyError' });
}

const READONLY = replyError("READONLY You can't write against a read only replica.");

describe('refusals of Redis', () => {
  it('the code is found as Redis 6, Redis 7 and scripts of both put it', () => {
    assert.equal(refusalOf(READONLY), 'READONLY');
    assert.equal(
      refusalOf(
        replyError(
          "OOM command not allowed when used memory > 'maxmemory'. script: 82cd, on @user_script:1.",
        ),
      ),
      'OOM',
    );
    const six =
      'ERR Error running script (call to f_82cd): @user_script:2: @user_script: 2: -MISCONF Redis is configured to save';
    assert.equal(refusalOf(replyError(six)), 'MISCONF');
    assert.equal(
      refusalOf(
        replyError(
          "ERR The user executing the script can't run this command or subcommand script: 82cd",
        ),
      ),
      'NOPERM',
    );
    for (const other of [
      'WRONGTYPE Operation against a key',
      "ERR unknown command 'OOM'",
      'OOMPH',
      '',
    ]) {
      assert.equal(refusalOf(replyError(other)), null, other);
    }
    assert.equal(refusalOf(new Error('READONLY said somebody else')), null);
  });

  it('a wrong server is left at once, then in pauses that grow to 4 s, however many commands it refuses', () => {
    let nowMs = 0;
    const reconnects: number[] = [];
    const refusals = new Refusals(
      silentLogger,
      { reconnect: () => reconnects.push(nowMs), moved: () => undefined },
      () => nowMs,
    );
    for (; nowMs < 20_000; nowMs += 50) refusals.refused('SET', READONLY);
    assert.deepEqual(reconnects, [0, 1000, 3000, 7000, 11_000, 15_000, 19_000]);
  });

  it('reads, and scripts that found nothing to write, do not end what is refused to writes', () => {
    let moved = 0;
    const refusals = new Refusals(
      silentLogger,
      { reconnect: () => undefined, moved: () => moved++ },
      () => 0,
    );
    refusals.refused('EVAL', READONLY);
    for (const command of ['GET', 'EVAL', 'PUBLISH', 'PING'] as const) refusals.taken(command);
    assert.deepEqual(refusals.kinds, ['READONLY']);
    refusals.taken('SET');
    assert.equal(refusals.any, false);
    assert.equal(moved, 1);
  });
});
