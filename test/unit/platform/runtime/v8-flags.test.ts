/** Protects the old generation from the garbage of requests: what a cache once kept does not decide where later answers are made. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';
import { promisify } from 'node:util';

const MODULE = join(import.meta.dirname, '../../../../src/platform/runtime/v8-flags.js');
/** Bytes by which the old generation grows with 500,000 answers that nobody keeps, after 400,000 from the same place that were kept. */
const PROGRAM = `
import { getHeapSpaceStatistics } from 'node:v8';
import { allocateYoung } from ${JSON.stringify(MODULE)};
if (process.argv[1] === 'young') allocateYoung();
class Tier {
  kept = [];
  lookup(value, index) {
    const found = { value, tier: 'l2', stale: false };
    if (index < 400_000) this.kept.push(found);
    return found;
  }
}
const tier = new Tier();
let sum = 0;
async function lookups(from, to) {
  for (let index = from; index < to; index++) {
    sum += tier.lookup({ index }, index).value.index;
    if (index % 5000 === 0) await new Promise((resolve) => { setImmediate(resolve); });
  }
}
const oldBytes = () => getHeapSpaceStatistics().find((space) => space.space_name === 'old_space').space_used_size;
await lookups(0, 400_000);
tier.kept = [];
const before = oldBytes();
await lookups(400_000, 900_000);
console.log(oldBytes() - before);`;

async function growthBytes(mode: 'young' | 'as V8 likes'): Promise<number> {
  // A full collection in between would take away what had grown; below 512 MB there is none.
  const flags = [
    '--max-semi-space-size=1',
    '--initial-old-space-size=512',
    '--input-type=module',
    '-e',
    PROGRAM,
    mode,
  ];
  return Number((await promisify(execFile)(process.execPath, flags)).stdout);
}

test('answers that nobody keeps are garbage of the young generation; V8 would make them in the old one', async () => {
  const [ours, usual] = [await growthBytes('young'), await growthBytes('as V8 likes')];
  assert.ok(
    ours * 4 < usual,
    `the old generation grew by ${ours} bytes, without the setting by ${usual}`,
  );
});
