/** One running instance per DATA_DIR, whatever happened before and whoever starts at the same time. */
import assert from 'node:assert/strict';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { StartError } from '../../../src/lib/start-error.ts';
import { openDataDir } from '../../../src/platform/data-dir/data-dir.ts';
import { startFixture } from '../../support/child-lines.ts';

describe('DATA_DIR', () => {
  let folder = '';
  before(async () => { folder = await mkdtemp(join(tmpdir(), 'sluice-lock-')); });
  after(async () => { await rm(folder, { recursive: true, force: true }); });

  test('is created with its parents, and locked against a second opener', async () => {
    const path = join(folder, 'a/b/c');
    const first = await openDataDir(path);
    await assert.rejects(openDataDir(path), (error) => error instanceof StartError && error.message.includes(String(process.pid)));
    await first[Symbol.asyncDispose]();
    await (await openDataDir(path))[Symbol.asyncDispose]();
    assert.deepEqual(await readdir(path), []);
  });

  test('that is a file is refused by name', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(openDataDir(join(folder, 'file')), /DATA_DIR=.*cannot be used.*expected a directory/);
  });

  test('a lock file of a dead process, of a reused process id, or of nonsense is taken over', async () => {
    const leftovers = [
      JSON.stringify({ pid: 4_194_303, startTime: '1', token: 'x' }),
      JSON.stringify({ pid: process.pid, startTime: 'another start', token: 'x' }),
      '{"pid":', '',
    ];
    for (const leftover of leftovers) {
      const path = join(folder, 'stale');
      await (await openDataDir(path))[Symbol.asyncDispose]();
      await writeFile(join(path, 'sluice.lock'), leftover);
      await (await openDataDir(path))[Symbol.asyncDispose]();
    }
  });

  test('after SIGKILL of its owner the next start gets it', async () => {
    const path = join(folder, 'killed');
    await (await openDataDir(path))[Symbol.asyncDispose]();
    const owner = startFixture('lock-holder', [path]);
    assert.equal(await owner.firstLine, 'held');
    await assert.rejects(openDataDir(path), new RegExp(String(owner.child.pid)));
    owner.child.kill('SIGKILL');
    await owner.exited;
    await (await openDataDir(path))[Symbol.asyncDispose]();
  });

  test('of twelve processes that race for a stale lock exactly one wins, five times', async () => {
    for (let round = 0; round < 5; round += 1) {
      const path = join(folder, `race-${round}`);
      await (await openDataDir(path))[Symbol.asyncDispose]();
      await writeFile(join(path, 'sluice.lock'), JSON.stringify({ pid: 4_194_303, startTime: '1', token: 'x' }));
      const racers = Array.from({ length: 12 }, () => startFixture('lock-holder', [path]));
      const lines = await Promise.all(racers.map(({ firstLine }) => firstLine));
      assert.equal(lines.filter((line) => line === 'held').length, 1, lines.join('\n'));
      for (const { child } of racers) child.stdin?.end();
      await Promise.all(racers.map(({ exited }) => exited));
      assert.deepEqual(await readdir(path), []);
    }
  });
});
