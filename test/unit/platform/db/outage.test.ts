/** Protects requests from queueing at a server that is known to be down, and finds the end of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Outage } from '../../../../src/platform/db/outage.ts';

function watched(probe: () => Promise<unknown>, graceMs = 0) {
  const changes: boolean[] = [];
  const outage = new Outage({
    graceMs,
    pauseMsFirst: 20,
    pauseMsMax: 40,
    probe,
    onChange: (isDown) => changes.push(isDown),
  });
  return { outage, changes };
}

describe('outage', () => {
  it('lets nothing through until a probe succeeds, without anybody asking', async () => {
    let probes = 0;
    const { outage, changes } = watched(() => {
      probes += 1;
      return Promise.resolve();
    });
    assert.equal(outage.isPassable, true);
    outage.failed();
    outage.failed();
    assert.deepEqual([outage.isPassable, outage.isDown, probes], [false, true, 0]);
    while (outage.isDown) await pause(5);
    assert.deepEqual([outage.isPassable, probes], [true, 1]);
    assert.deepEqual(changes, [true, false]);
  });

  it('goes on probing, with longer pauses, until it is closed', async () => {
    const at: number[] = [];
    const { outage, changes } = watched(() => {
      at.push(performance.now());
      return Promise.reject(new Error('down'));
    });
    outage.failed();
    while (at.length < 3) await pause(5);
    const [first = 0, second = 0] = at;
    assert.ok(second - first >= 35, `${second - first} ms`);
    assert.deepEqual(changes, [true]);
    outage.close();
    await pause(100);
    assert.equal(at.length, 3);
  });

  it('ends when a connection was opened by somebody else, and can begin again', async () => {
    let probes = 0;
    const { outage, changes } = watched(() => {
      probes += 1;
      return Promise.resolve();
    });
    outage.failed();
    outage.recovered();
    await pause(50);
    assert.equal(probes, 0);
    outage.failed();
    assert.deepEqual(changes, [true, false, true]);
    outage.close();
  });

  it('lets statements try during the grace', () => {
    const { outage } = watched(() => Promise.resolve(), 60_000);
    outage.failed();
    assert.deepEqual([outage.isDown, outage.isPassable], [true, true]);
    outage.close();
  });
});
