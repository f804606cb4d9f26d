/** The embedded PostgreSQL through everything that can happen to its owner and to its files. */
import assert from 'node:assert/strict';
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { findBinaries, installedBinaries } from '../../../src/platform/postgres-server/binaries.ts';
import { runProgram } from '../../../src/platform/postgres-server/run-program.ts';
import { serverUser } from '../../../src/platform/postgres-server/server-user.ts';
import { startFixture, type ChildLines } from '../../support/child-lines.ts';
import { eventually, processesMentioning } from '../../support/processes.ts';

interface Facts {
  readonly uri: string;
  readonly firstBoot: boolean;
  readonly version: string;
}

/** Ended at last, so that a failing test leaves nothing running. */
const owners: ChildLines[] = [];

async function own(dataDir: string) {
  const owner = startFixture('embedded-owner', [dataDir]);
  owners.push(owner);
  const facts = JSON.parse(await owner.firstLine) as Facts;
  return { owner, facts };
}

/** The first column of the result, as numbers. */
async function query(uri: string, statement: string): Promise<number[]> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined, connect_timeout: 5 });
  try {
    const rows = await sql.unsafe(statement).values();
    return rows.map((row) => Number(row[0]));
  } finally {
    await sql.end({ timeout: 2 });
  }
}

const postgresOf = async (folder: string) => (await processesMentioning(folder)).filter(({ command }) => /postgres/.test(command));

describe('embedded PostgreSQL', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-embedded-'));
    await chmod(folder, 0o755);
  });
  after(async () => {
    for (const { child } of owners) child.kill('SIGKILL');
    await Promise.all(owners.map(({ exited }) => exited));
    await rm(folder, { recursive: true, force: true });
  });

  test('keeps its data over a clean stop and over SIGKILL, and leaves no process behind', async () => {
    const dataDir = join(folder, 'life');
    await mkdir(dataDir);
    const first = await own(dataDir);
    assert.equal(first.facts.firstBoot, true);
    assert.match(first.facts.version, /^18\.\d+$/);
    await query(first.facts.uri, 'CREATE TABLE kept AS SELECT 42 AS answer');
    first.owner.child.stdin?.end();
    assert.equal(await first.owner.exited, 0);
    assert.deepEqual(await postgresOf(dataDir), []);

    const second = await own(dataDir);
    assert.equal(second.facts.firstBoot, false);
    await query(second.facts.uri, 'INSERT INTO kept VALUES (43)');
    second.owner.child.kill('SIGKILL');
    const third = await own(dataDir);
    assert.deepEqual(await query(third.facts.uri, 'SELECT answer FROM kept ORDER BY 1'), [42, 43]);
    third.owner.child.kill('SIGKILL');
    await eventually('nothing is left', 10_000, async () => (await postgresOf(dataDir)).length === 0);
  });

  test('is started again, on the same address, when it dies under us', async () => {
    const dataDir = join(folder, 'dies');
    await mkdir(dataDir);
    const { owner, facts } = await own(dataDir);
    const pid = Number((await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0]);
    process.kill(pid, 'SIGKILL');
    await eventually('it answers again', 15_000, () => query(facts.uri, 'SELECT 1').then(() => true, () => false));
    owner.child.stdin?.end();
    assert.equal(await owner.exited, 0);
    assert.deepEqual(await postgresOf(dataDir), []);
  });

  test('lets nobody in without the password, which only the owner can read', async () => {
    const dataDir = join(folder, 'life');
    const { owner, facts } = await own(dataDir);
    const stranger = new URL(facts.uri);
    stranger.password = 'wrong';
    await assert.rejects(query(stranger.href, 'SELECT 1'), /password authentication failed/);
    assert.equal((await stat(join(dataDir, 'postgres-password'))).mode & 0o077, 0);
    owner.child.stdin?.end();
    await owner.exited;
  });

  test('recovers from a first start that was killed half-way', async () => {
    const dataDir = join(folder, 'half');
    await mkdir(dataDir);
    const owner = startFixture('embedded-owner', [dataDir]);
    owner.firstLine.catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, 350));
    owner.child.kill('SIGKILL');
    await owner.exited;
    const again = await own(dataDir);
    assert.deepEqual(await query(again.facts.uri, 'SELECT 1 AS one'), [1]);
    again.owner.child.stdin?.end();
    await again.owner.exited;
  });

  test('refuses a cluster of another major version', async () => {
    const dataDir = join(folder, 'old');
    await mkdir(join(dataDir, 'postgres/cluster'), { recursive: true });
    await writeFile(join(dataDir, 'postgres/cluster/PG_VERSION'), '15\n');
    const owner = startFixture('embedded-owner', [dataDir]);
    await assert.rejects(owner.firstLine, /PostgreSQL 15 .*brings 18/);
  });

  test('works for root under a folder that only root can enter, and finds its data again', {
    skip: process.getuid?.() === 0 ? false : 'needs root',
  }, async () => {
    const closed = join(folder, 'closed');
    await mkdir(closed, { mode: 0o700 });
    const dataDir = join(closed, 'data');
    await mkdir(dataDir);
    const first = await own(dataDir);
    await query(first.facts.uri, 'CREATE TABLE kept AS SELECT 7 AS answer');
    first.owner.child.stdin?.end();
    assert.equal(await first.owner.exited, 0);
    const outside = (await readFile(join(dataDir, 'postgres-location'), 'utf8')).trim();
    const second = await own(dataDir);
    assert.deepEqual(await query(second.facts.uri, 'SELECT answer FROM kept'), [7]);
    second.owner.child.stdin?.end();
    await second.owner.exited;
    await rm(outside, { recursive: true, force: true });
  });

  test('runs from a copy when npm has blocked the script that links its libraries, and a umask closed the files', async () => {
    const native = join(folder, 'package/native');
    await cp(installedBinaries(), native, {
      recursive: true, filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    await cp(join(installedBinaries(), '../package.json'), join(folder, 'package/package.json'));
    for (const name of ['bin', 'bin/postgres', 'bin/initdb', 'share/postgresql']) await chmod(join(native, name), 0o700);
    const home = join(folder, 'copies');
    await mkdir(join(home, 'postgres-binaries-17.0.0'), { recursive: true });
    const { root, version } = await findBinaries(native, await serverUser(home), home);
    assert.match(version, /^18\.\d+$/);
    assert.equal(root, (await findBinaries(native, await serverUser(home), home)).root);
    // Those of another version are gone.
    assert.deepEqual(await readdir(home), [basename(root)]);
    const user = await serverUser(join(home, 'none'));
    const signal = AbortSignal.timeout(30_000);
    await runProgram({ executable: join(root, 'bin/initdb'), parameters: ['--version'], user }, signal);
    await assert.rejects(
      runProgram({ executable: join(root, 'bin/initdb'), parameters: ['-D', '/proc/nowhere'], user }, signal),
      /initdb failed: .*\/proc\/nowhere/,
    );
  });
});
