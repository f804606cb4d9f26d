/** Protects requests from queueing at a server that is known to be down, and finds the end of it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { Outage } from '../../../../src/platform/db/outage.ts';

function watched(probe: () => Promise<unknown>, graceMs = 0) {
  const changes: boolean[] = [];
  const outage = new Outage({ graceMs, pauseMsFirst: 20, pauseMsMax: 40, probe, onChange: (isDown) => changes.push(isDown) });
  return { outage, changes };
}

describe('outage', () => {
  it('lets nothing through but one probe after the pause, and ends when that succeeds', async () => {
    let probes = 0;
    const { outage, changes } = watched(() => { probes += 1; return Promise.resolve(); });
    assert.equal(outage.allows(), true);
    outage.failed();
    outage.failed();
    assert.equal(outage.allows(), false);
    assert.equal(probes, 0);
    await pause(30);
    assert.equal(outage.allows(), false);
    assert.equal(outage.allows(), false);
    await pause(1);
    assert.equal(probes, 1);
    assert.equal(outage.allows(), true);
    assert.deepEqual(changes, [true, false]);
  });

  it('waits longer after each failed probe', async () => {
    let probes = 0;
    const { outage, changes } = watched(() => { probes += 1; return Promise.reject(new Error('down')); });
    outage.failed();
    await pause(25);
    outage.allows();
    await pause(25);
    outage.allows();
    assert.equal(probes, 1);
    assert.deepEqual(changes, [true]);
  });

  it('lets statements try during the grace', () => {
    const { outage } = watched(() => Promise.resolve(), 60_000);
    outage.failed();
    assert.equal(outage.isDown, true);
    assert.equal(outage.allows(), true);
  });
});
