/** One running instance per DATA_DIR, whatever happened before and whoever starts at the same time. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { StartError } from '../../../src/lib/start-error.ts';
import { openDataDir } from '../../../src/platform/data-dir/data-dir.ts';
import { readSecretKey } from '../../../src/platform/data-dir/secret-key.ts';
import { startTimeOf } from '../../../src/platform/data-dir/process-identity.ts';
import { startFixture } from '../../support/child-lines.ts';

describe('DATA_DIR', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-lock-'));
  });
  after(async () => {
    await rm(folder, { recursive: true, force: true });
  });

  test('is created with its parents, and locked against a second opener', async () => {
    const path = join(folder, 'a/b/c');
    const first = await openDataDir(path);
    await assert.rejects(
      openDataDir(path),
      (error) => error instanceof StartError && error.message.includes(String(process.pid)),
    );
    await first[Symbol.asyncDispose]();
    await (await openDataDir(path))[Symbol.asyncDispose]();
    assert.deepEqual(await readdir(path), []);
  });

  test('that is a file is refused by name', async () => {
    await writeFile(join(folder, 'file'), '');
    await assert.rejects(
      openDataDir(join(folder, 'file')),
      /DATA_DIR=.*cannot be used.*expected a directory/,
    );
  });

  test('in a file system of the kernel is refused by name before anything is made, through a link, too', async () => {
    const link = join(folder, 'link');
    await symlink('/proc', link);
    for (const path of [
      '/proc/x/y',
      '/proc',
      '/proc/self/x',
      '/sys/x',
      '/sys/kernel/x/y',
      '/dev/x/y',
      '/dev',
      join(link, 'a/b'),
    ]) {
      const expected =
        /DATA_DIR=.*cannot be used \(.*file system of the kernel.*expected a directory that can be created/;
      await assert.rejects(openDataDir(path), expected, path);
      await assert.rejects(
        readSecretKey(path),
        /SECRET_KEY is not set.*file system of the kernel.*DATA_DIR/,
        path,
      );
    }
  });

  test('below a file, in a loop of links, at a dangling link', async () => {
    await writeFile(join(folder, 'plain'), '');
    await symlink(join(folder, 'loop'), join(folder, 'loop'));
    await symlink(join(folder, 'nowhere/at/all'), join(folder, 'dangling'));
    for (const [name, reason] of [
      ['plain/a/b', 'ENOTDIR'],
      ['loop/a', 'ELOOP'],
      ['dangling', 'ENOENT'],
    ] as const) {
      await assert.rejects(
        openDataDir(join(folder, name)),
        new RegExp(`DATA_DIR=.*cannot be used \\(${reason}\\)`),
      );
    }
  });

  test('on a disk that is read-only', async (context) => {
    const path = join(folder, 'read-only');
    await mkdir(path);
    const isMounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'ro', 'tmpfs', path]).status === 0;
    if (!isMounted) return context.skip('needs the right to mount a tmpfs');
    try {
      await assert.rejects(openDataDir(path), /DATA_DIR=.*cannot be used \(EROFS\)/);
      await assert.rejects(openDataDir(join(path, 'a/b')), /DATA_DIR=.*cannot be used \(EROFS\)/);
    } finally {
      spawnSync('umount', [path]);
    }
  });

  test('of somebody else', async (context) => {
    const path = join(folder, 'closed');
    await mkdir(path, { mode: 0o500 });
    if (process.getuid?.() === 0) return context.skip('root may write everywhere');
    await assert.rejects(openDataDir(path), /DATA_DIR=.*cannot be used \(EACCES\)/);
    await assert.rejects(openDataDir(join(path, 'a')), /DATA_DIR=.*cannot be used \(EACCES\)/);
  });

  test('a lock file of a dead process, of a reused process id, or of nonsense is taken over', async () => {
    const leftovers = [
      JSON.stringify({ pid: 4_194_303, startTime: '1', token: 'x' }),
      JSON.stringify({ pid: process.pid, startTime: 'another start', token: 'x' }),
      '{"pid":',
      '',
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

  test('leftovers of owners and claimers that were killed are swept away', async () => {
    const path = join(folder, 'leftovers');
    await leaveDead(path);
    await writeFile(join(path, 'sluice.lock.zz.draft'), deadFile('zz'));
    await writeFile(join(path, 'keep-me'), '');
    const held = await openDataDir(path);
    assert.deepEqual((await readdir(path)).sort(), ['keep-me', 'sluice.lock']);
    await held[Symbol.asyncDispose]();
  });

  test('a stale lock is not taken while somebody alive holds the claim on it', async () => {
    const path = join(folder, 'claimed');
    await mkdir(path);
    await writeFile(join(path, 'sluice.lock'), deadFile('dead'));
    const startTime = (await startTimeOf(process.pid)) ?? '';
    await writeFile(
      join(path, 'sluice.lock.dead.claim'),
      JSON.stringify({ pid: process.pid, startTime, token: 'alive' }),
    );
    await assert.rejects(openDataDir(path), /is being taken by another start/);
    await rm(join(path, 'sluice.lock.dead.claim'));
    await (await openDataDir(path))[Symbol.asyncDispose]();
    assert.deepEqual(await readdir(path), []);
  });

  // Pauses between any two steps are what a lock that relies on timing does not survive.
  for (const [what, prepare] of Object.entries({
    'a stale lock': leaveDead,
    'a damaged lock': leaveNonsense,
    'no lock': leaveNothing,
  })) {
    test(`of twenty processes that race for ${what} and pause at random exactly one wins`, async () => {
      const path = join(folder, `race for ${what}`);
      await prepare(path);
      const racers = Array.from({ length: 20 }, () => startFixture('lock-holder', [path, 'slow']));
      const lines = await Promise.all(racers.map(({ firstLine }) => firstLine));
      const isRefusal = (line: string) =>
        /^refused: .*(in use by the running process \d+|is being taken)/.test(line);
      assert.equal(lines.filter((line) => line === 'held').length, 1, lines.join('\n'));
      assert.equal(lines.filter(isRefusal).length, 19, lines.join('\n'));
      for (const { child } of racers) child.stdin?.end();
      await Promise.all(racers.map(({ exited }) => exited));
      assert.deepEqual(
        (await readdir(path)).filter((name) => !name.endsWith('.claim')),
        [],
      );
    });
  }
});

const deadFile = (token: string) => JSON.stringify({ pid: 4_194_303, startTime: '1', token });

/** A dead owner, whose lock a claimer was taking over when it died, and so did its successor. */
async function leaveDead(path: string): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, 'sluice.lock'), deadFile('a'));
  await writeFile(join(path, 'sluice.lock.a.claim'), deadFile('b'));
  await writeFile(join(path, 'sluice.lock.b.claim'), deadFile('c'));
}

async function leaveNonsense(path: string): Promise<void> {
  await mkdir(path);
  await writeFile(join(path, 'sluice.lock'), '{"pid":1');
}

async function leaveNothing(path: string): Promise<void> {
  await mkdir(path);
}
