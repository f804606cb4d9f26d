import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Breaker } from '../../../../src/platform/redis/breaker.ts';

function brokenBreaker() {
  const clock = { ms: 1000 };
  const breaker = new Breaker({ failuresMax: 3, openFirstMs: 100, openMaxMs: 350 }, () => clock.ms);
  const opened = [breaker.failed(), breaker.failed(), breaker.failed(), breaker.failed()];
  return { clock, breaker, opened };
}

describe('Breaker', () => {
  it('opens with the third failure in a row, once', () => {
    const { breaker, opened } = brokenBreaker();
    assert.deepEqual(opened, [false, false, true, false]);
    assert.equal(breaker.allows(), false);
    assert.equal(breaker.timesOpened, 1);
  });

  it('a success in between starts the count again', () => {
    const breaker = new Breaker({ failuresMax: 2, openFirstMs: 100, openMaxMs: 100 });
    breaker.failed();
    breaker.succeeded();
    assert.equal(breaker.failed(), false);
    assert.equal(breaker.allows(), true);
  });

  it('lets one probe through after the open time, which doubles up to its maximum', () => {
    const { clock, breaker } = brokenBreaker();
    for (const openMs of [100, 200, 350, 350]) {
      clock.ms += openMs - 1;
      assert.equal(breaker.allows(), false, `${openMs} ms are not over`);
      clock.ms += 1;
      assert.equal(breaker.allows(), true, 'the probe');
      assert.equal(breaker.allows(), false, 'only one');
      breaker.failed();
    }
  });

  it('closes when the probe succeeds', () => {
    const { clock, breaker } = brokenBreaker();
    clock.ms += 100;
    assert.equal(breaker.allows(), true);
    breaker.succeeded();
    assert.equal(breaker.isOpen, false);
    assert.equal(breaker.allows(), true);
  });
});
