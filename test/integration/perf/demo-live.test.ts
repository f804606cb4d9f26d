/** Protects `npm run demo:live`: the walk goes from a cold title to a complete answer, and leaves nothing behind. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { test } from 'node:test';

const SCRIPT = join(import.meta.dirname, '../../../perf/demo-live.js');

test('the walk shows fast results, then the rest', async () => {
  const child = spawn(process.execPath, ['--enable-source-maps', SCRIPT, '--once'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const code = await new Promise((resolve) => child.once('exit', resolve));
  assert.equal(code, 0, output);
  const [cold = '', again = '', complete = '', unknown = ''] = output.split(/^\d\. /m).slice(1);
  const torrents = (part: string) => part.match(/^ {5}▶/gm)?.length ?? 0;
  assert.match(cold, /Still searching: 1 of 3 sources/);
  assert.match(cold, /Did not answer: Zilean/);
  assert.equal(torrents(cold), 2);
  assert.match(again, /Still searching/);
  assert.equal(torrents(complete), 3);
  assert.doesNotMatch(complete, /Still searching/);
  assert.equal(torrents(unknown), 1);
});
