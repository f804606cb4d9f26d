/** The embedded PostgreSQL through everything that can happen to its owner and to its files. */
import assert from 'node:assert/strict';
import {
  appendFile,
  chmod,
  chown,
  cp,
  lstat,
  mkdir,
  mkdtemp,
  readFile,
  readdir,
  rm,
  stat,
  writeFile,
} from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { findBinaries, installedBinaries } from '../../../src/platform/postgres-server/binaries.ts';
import { runProgram } from '../../../src/platform/postgres-server/run-program.ts';
import { isReachableFor, serverUser } from '../../../src/platform/postgres-server/server-user.ts';
import { startFixture, type ChildLines } from '../../support/child-lines.ts';
import { eventually, listProcesses, processesMentioning } from '../../support/processes.ts';

interface Facts {
  readonly uri: string;
  readonly firstBoot: boolean;
  readonly version: string;
}

/** Ended at last, so that a failing test leaves nothing running. */
const owners: ChildLines[] = [];

/** In every /etc/passwd, which initdb insists on; not root and not nobody. */
const ORDINARY = 1;

interface OwnerOptions {
  readonly umask?: string;
  readonly uid?: number;
}

async function own(dataDir: string, { umask = '022', uid }: OwnerOptions = {}) {
  const owner = startFixture('embedded-owner', [dataDir, umask], uid);
  owners.push(owner);
  const facts = JSON.parse(await owner.firstLine) as Facts;
  return { owner, facts };
}

/** The first column of the result, as numbers. */
async function query(uri: string, statement: string): Promise<number[]> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined, connect_timeout: 60 });
  try {
    const rows = await sql.unsafe(statement).values();
    return rows.map((row) => Number(row[0]));
  } finally {
    await sql.end({ timeout: 2 });
  }
}

async function stop(owner: ChildLines): Promise<void> {
  owner.child.stdin?.end();
  assert.equal(await owner.exited, 0);
}

async function postmasterOf(dataDir: string): Promise<number> {
  return Number(
    (await readFile(join(dataDir, 'postgres/cluster/postmaster.pid'), 'utf8')).split('\n')[0],
  );
}

/** One that has ended and that nobody has waited for does not run. */
const runs = async (wanted: number) => (await listProcesses()).some(({ pid }) => pid === wanted);

const needsRoot = { skip: process.getuid?.() === 0 ? false : 'needs root' };

const postgresOf = async (folder: string) =>
  (await processesMentioning(folder)).filter(({ command }) => /postgres/.test(command));

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
    await stop(first.owner);
    assert.deepEqual(await postgresOf(dataDir), []);

    const second = await own(dataDir);
    assert.equal(second.facts.firstBoot, false);
    await query(second.facts.uri, 'INSERT INTO kept VALUES (43)');
    second.owner.child.kill('SIGKILL');
    const third = await own(dataDir);
    assert.deepEqual(await query(third.facts.uri, 'SELECT answer FROM kept ORDER BY 1'), [42, 43]);
    third.owner.child.kill('SIGKILL');
    await eventually(
      'nothing is left',
      60_000,
      async () => (await postgresOf(dataDir)).length === 0,
    );
  });

  test('is started again, on the same address, when it dies under us', async () => {
    const dataDir = join(folder, 'dies');
    await mkdir(dataDir);
    const { owner, facts } = await own(dataDir);
    process.kill(await postmasterOf(dataDir), 'SIGKILL');
    await eventually('it answers again', 60_000, () =>
      query(facts.uri, 'SELECT 1').then(
        () => true,
        () => false,
      ),
    );
    await stop(owner);
    assert.deepEqual(await postgresOf(dataDir), []);
  });

  test('lets nobody in without the password, which only the owner can read', async () => {
    const dataDir = join(folder, 'life');
    const { owner, facts } = await own(dataDir);
    const stranger = new URL(facts.uri);
    stranger.password = 'wrong';
    await assert.rejects(query(stranger.href, 'SELECT 1'), /password authentication failed/);
    assert.equal((await stat(join(dataDir, 'postgres-password'))).mode & 0o077, 0);
    await stop(owner);
  });

  test('is waited for, not taken for running, when it was killed together with its owner', async () => {
    const dataDir = join(folder, 'crash');
    await mkdir(dataDir);
    const { owner, facts } = await own(dataDir);
    await query(facts.uri, 'CREATE TABLE kept AS SELECT generate_series(1, 100000) AS answer');
    // What is left says that the server is ready: postmaster.pid.
    process.kill(await postmasterOf(dataDir), 'SIGKILL');
    owner.child.kill('SIGKILL');
    const again = await own(dataDir);
    assert.deepEqual(await query(again.facts.uri, 'SELECT count(*) FROM kept'), [100_000]);
    await stop(again.owner);
  });

  test('that has lost its watchdog, too, is ended by the next start', async () => {
    const dataDir = join(folder, 'orphan');
    await mkdir(dataDir);
    const { owner, facts } = await own(dataDir);
    await query(facts.uri, 'CREATE TABLE kept AS SELECT 1 AS answer');
    const watchdogs = (await processesMentioning(dataDir)).filter(({ command }) =>
      command.includes('sluice-watchdog server'),
    );
    assert.equal(watchdogs.length, 2);
    owner.child.kill('SIGSTOP');
    for (const { pid } of watchdogs) process.kill(pid, 'SIGKILL');
    owner.child.kill('SIGKILL');
    await owner.exited;
    const orphan = await postmasterOf(dataDir);
    assert.ok(await runs(orphan), 'PostgreSQL goes on, as nobody has told it to end');
    const again = await own(dataDir);
    // A zombie that nobody has collected yet does not count.
    assert.ok(!(await listProcesses()).some(({ pid }) => pid === orphan));
    assert.deepEqual(await query(again.facts.uri, 'SELECT answer FROM kept'), [1]);
    await stop(again.owner);
  });

  test('recovers from first starts that were killed at any moment, and leaves nothing of them', async () => {
    const dataDir = join(folder, 'half');
    await mkdir(dataDir);
    for (const afterMs of [60, 150, 250, 400, 600, 900]) {
      const owner = startFixture('embedded-owner', [dataDir]);
      owner.firstLine.catch(() => undefined);
      await new Promise((resolve) => setTimeout(resolve, afterMs));
      owner.child.kill('SIGKILL');
      await owner.exited;
      await eventually(
        'no process is left',
        60_000,
        async () => (await processesMentioning(dataDir)).length === 0,
      );
    }
    const again = await own(dataDir);
    assert.deepEqual(await query(again.facts.uri, 'SELECT 1 AS one'), [1]);
    await stop(again.owner);
    // A copy of the binaries belongs there when the checkout is where the server's user cannot read; its drafts do not.
    const isCopy = (name: string): boolean =>
      /^postgres-binaries-[^.]+\.\d+\.[^.]+(\.\d+)?$/.test(name);
    const left = [
      ...(await readdir(dataDir)),
      ...(await readdir(join(dataDir, 'postgres'))),
    ].filter((name) => !isCopy(name));
    assert.deepEqual(left.sort(), ['cluster', 'log', 'postgres', 'postgres-password']);
  });

  test('refuses a cluster of another major version', async () => {
    const dataDir = join(folder, 'old');
    await mkdir(join(dataDir, 'postgres/cluster'), { recursive: true });
    await writeFile(join(dataDir, 'postgres/cluster/PG_VERSION'), '15\n');
    const owner = startFixture('embedded-owner', [dataDir]);
    await assert.rejects(owner.firstLine, /PostgreSQL 15 .*brings 18/);
  });

  test('refuses a damaged cluster instead of replacing it', async () => {
    const dataDir = join(folder, 'damaged');
    await mkdir(join(dataDir, 'postgres/cluster/base'), { recursive: true });
    await assert.rejects(
      startFixture('embedded-owner', [dataDir]).firstLine,
      /no readable PG_VERSION/,
    );
    assert.deepEqual(await readdir(join(dataDir, 'postgres/cluster')), ['base']);
  });

  test("that cannot start says why, in PostgreSQL's own words", async () => {
    const dataDir = join(folder, 'reason');
    await mkdir(dataDir);
    const { owner } = await own(dataDir);
    await stop(owner);
    const cluster = join(dataDir, 'postgres/cluster');
    await appendFile(join(cluster, 'postgresql.conf'), 'no_such_setting = 1\n');
    await assert.rejects(
      startFixture('embedded-owner', [dataDir]).firstLine,
      /did not start: .*no_such_setting/,
    );
    await rm(join(cluster, 'global/pg_control'));
    await writeFile(join(cluster, 'postgresql.conf'), '');
    await assert.rejects(
      startFixture('embedded-owner', [dataDir]).firstLine,
      /did not start: .*pg_control/,
    );
  });

  test(
    'works for root under a folder that only root can enter, and finds its data again',
    needsRoot,
    async () => {
      const closed = join(folder, 'closed');
      await mkdir(closed, { mode: 0o700 });
      const dataDir = join(closed, 'data');
      await mkdir(dataDir);
      // A cautious root's umask must not close the place outside.
      const first = await own(dataDir, { umask: '077' });
      await query(first.facts.uri, 'CREATE TABLE kept AS SELECT 7 AS answer');
      const copy = join(closed, 'copy');
      await cp(dataDir, copy, { recursive: true });
      // A copy of DATA_DIR leads to the same database: refused while the first runs.
      await assert.rejects(
        startFixture('embedded-owner', [copy]).firstLine,
        new RegExp(`in use by .*${first.owner.child.pid}`),
      );
      await stop(first.owner);
      const outside = (await readFile(join(dataDir, 'postgres-location'), 'utf8')).trim();
      const second = await own(dataDir);
      assert.deepEqual(await query(second.facts.uri, 'SELECT answer FROM kept'), [7]);
      await stop(second.owner);
      await rm(outside, { recursive: true, force: true });
      await assert.rejects(
        startFixture('embedded-owner', [dataDir]).firstLine,
        /DATA_DIR=.*cannot be read \(ENOENT\)/,
      );
    },
  );

  test('refuses to begin anew when its folder has been closed since', needsRoot, async () => {
    const parent = join(folder, 'closed-later');
    const dataDir = join(parent, 'data');
    await mkdir(join(dataDir, 'postgres/cluster'), { recursive: true });
    await chmod(parent, 0o700);
    await assert.rejects(
      startFixture('embedded-owner', [dataDir]).firstLine,
      /DATA_DIR: user 65534.* cannot enter/,
    );
  });

  test('of an ordinary user goes on when root starts it', needsRoot, async (context) => {
    if (!(await isReachableFor({ uid: ORDINARY, gid: ORDINARY }, import.meta.dirname))) {
      return context.skip('this program is in a folder that an ordinary user cannot enter');
    }
    const dataDir = join(folder, 'ordinary');
    await mkdir(dataDir);
    await chown(dataDir, ORDINARY, ORDINARY);
    const first = await own(dataDir, { uid: ORDINARY });
    await query(first.facts.uri, 'CREATE TABLE kept AS SELECT 9 AS answer');
    await stop(first.owner);
    const second = await own(dataDir);
    assert.deepEqual(await query(second.facts.uri, 'SELECT answer FROM kept'), [9]);
    await stop(second.owner);
    assert.equal((await stat(join(dataDir, 'postgres/cluster/PG_VERSION'))).uid, ORDINARY);
  });

  test('runs from a copy when npm has blocked the script that links its libraries, and a umask closed the files', async () => {
    const native = join(folder, 'package/native');
    await cp(installedBinaries(), native, {
      recursive: true,
      filter: async (path) => !(await lstat(path)).isSymbolicLink(),
    });
    await cp(join(installedBinaries(), '../package.json'), join(folder, 'package/package.json'));
    for (const name of ['bin', 'bin/postgres', 'bin/initdb', 'share/postgresql'])
      await chmod(join(native, name), 0o700);
    const home = join(folder, 'copies');
    await mkdir(join(home, 'postgres-binaries-17.0.0'), { recursive: true });
    const { root, version } = await findBinaries(native, await serverUser(home), home);
    assert.match(version, /^18\.\d+$/);
    assert.equal(root, (await findBinaries(native, await serverUser(home), home)).root);
    // Those of another version are gone.
    assert.deepEqual(await readdir(home), [basename(root)]);
    const user = await serverUser(join(home, 'none'));
    const signal = AbortSignal.timeout(240_000);
    await runProgram(
      { executable: join(root, 'bin/initdb'), parameters: ['--version'], user },
      signal,
    );
    await assert.rejects(
      runProgram(
        { executable: join(root, 'bin/initdb'), parameters: ['-D', '/proc/nowhere'], user },
        signal,
      ),
      /initdb failed in DATA_DIR: .*\/proc\/nowhere/,
    );
  });
});
