/** `npm run perf:seed` as a program: into the embedded database, stopped, killed, refused; and with bounded memory. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import postgres from 'postgres';
import { dumpSchema } from '../../support/schema-dump.ts';
import { eventually, processesMentioning } from '../../support/processes.ts';
import { startApp } from '../../support/start-app.ts';
import { createTestDatabase, skipWithoutPostgres } from '../../support/template-db.ts';

const MAIN = join(import.meta.dirname, '../../../perf/seed/main.js');
const PLANS = join(import.meta.dirname, '../../../perf/seed-plans.js');
const RUN_TIMEOUT_MS = 500_000;

interface SeederRun {
  readonly child: ChildProcess;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly stdout: string;
    readonly stderr: string;
  }>;
  /** Resolves when the text was printed. */
  printed(text: string): Promise<void>;
}

function startSeeder(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>> = {},
  program = MAIN,
): SeederRun {
  const child = spawn(process.execPath, [program, ...parameters], {
    env: { PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? '/', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  const timer = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS);
  return {
    child,
    ended: new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => {
        clearTimeout(timer);
        resolve({ code, stdout, stderr });
      });
    }),
    printed: (text) => eventually(`${text} printed`, 60_000, () => stdout.includes(text)),
  };
}

const oneLine = (stderr: string) => assert.equal(stderr.trim().split('\n').length, 1, stderr);

async function countsAndSchema(uri: string) {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    const [row] =
      await sql`SELECT (SELECT count(*)::int FROM media) AS media, (SELECT count(*)::int FROM stream) AS streams`;
    return { ...row, schema: await dumpSchema(sql) };
  } finally {
    await sql.end({ timeout: 5 });
  }
}

describe('the seeder on a database of the operator', { skip: skipWithoutPostgres }, () => {
  test('killed or interrupted in the middle, it leaves rows, indexes and triggers as they were', async () => {
    await using database = await createTestDatabase();
    const before = await countsAndSchema(database.uri);
    const parameters = ['--uri', database.uri, '--titles', '5000', '--streams', '100000'];
    for (const [signal, phase] of [
      ['SIGKILL', 'keys and B-tree'],
      ['SIGINT', 'COPY'],
      ['SIGTERM', 'keys and B-tree'],
    ] as const) {
      const seeder = startSeeder(parameters);
      await seeder.printed(`\n${phase}`);
      seeder.child.kill(signal);
      const { code, stderr } = await seeder.ended;
      if (signal === 'SIGKILL') assert.equal(code, null);
      else {
        assert.equal(code, 130);
        assert.equal(stderr, 'stopped: the database is as it was before\n');
      }
      // A killed one's session ends when the server has noticed.
      await eventually('the session ended', 60_000, async () => {
        const sql = postgres(database.uri, { max: 1 });
        const rows =
          await sql`SELECT FROM pg_stat_activity WHERE application_name = 'sluice seed' AND datname = current_database()`;
        await sql.end({ timeout: 5 });
        return rows.length === 0;
      });
      assert.deepEqual(await countsAndSchema(database.uri), before, signal);
    }
  });

  test('its memory does not grow with the number of streams', async () => {
    const peakMb = async (streams: number) => {
      await using database = await createTestDatabase();
      const run = await startSeeder([
        '--uri',
        database.uri,
        '--titles',
        '3000',
        '--streams',
        String(streams),
      ]).ended;
      assert.equal(run.code, 0, run.stderr);
      return Number(/Peak memory of the seeder: (\d+) MB/.exec(run.stdout)?.[1]);
    };
    const [few, many] = [await peakMb(60_000), await peakMb(240_000)];
    // The garbage collector's timing moves it by some megabytes; the rows of the difference are 90 MB.
    assert.ok(
      many < few + 50 && many < 300,
      `${few} MB for 60,000 streams, ${many} MB for 240,000`,
    );
  });

  test('the plans of the request path are printed for what was seeded', async () => {
    await using database = await createTestDatabase();
    assert.equal((await startSeeder(['--uri', database.uri, '--streams', '20000']).ended).code, 0);
    const plans = await startSeeder(['--uri', database.uri], {}, PLANS).ended;
    assert.equal(plans.code, 0, plans.stderr);
    assert.match(
      plans.stdout,
      /^\| streams of an episode of a series with \d+ links \| \d{2,} \|/m,
    );
    assert.match(plans.stdout, /Index Scan using stream_pkey on stream/);
  });

  test('errors are one line', async () => {
    await using empty = await createTestDatabase({ migrationsDir: null });
    const cases: readonly [readonly string[], RegExp][] = [
      [['--titles', 'x'], /expected a whole number/],
      [['--uri', empty.uri], /lacks \d+ migrations.*main\.js migrate/],
      [
        ['--uri', 'postgres://user:hunter2@127.0.0.1:1/x'],
        /user:\*\*\*@127\.0\.0\.1:1\/x does not answer/,
      ],
    ];
    for (const [parameters, text] of cases) {
      const { code, stderr } = await startSeeder(parameters).ended;
      assert.equal(code, 1);
      assert.match(stderr, text);
      assert.doesNotMatch(stderr, /hunter2/);
      oneLine(stderr);
    }
  });
});

describe('the seeder on the embedded database', () => {
  test('starts and stops it, fills what npm start then serves, and keeps out while that runs', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'sluice-seed-'));
    try {
      await chmod(dataDir, 0o755);
      const parameters = ['--titles', '100', '--streams', '1000'];
      const interrupted = startSeeder(['--titles', '5000', '--streams', '100000'], {
        DATA_DIR: dataDir,
      });
      await interrupted.printed('\nCOPY');
      interrupted.child.kill('SIGINT');
      assert.equal((await interrupted.ended).code, 130);
      assert.deepEqual(await processesMentioning(dataDir), [], 'no server is left behind');
      const first = await startSeeder(parameters, { DATA_DIR: dataDir }).ended;
      assert.equal(first.code, 0, first.stderr);
      assert.match(
        first.stdout,
        /1,000 streams, seed 1, into the embedded PostgreSQL in .*sluice-seed-/,
      );
      assert.match(first.stdout, /together +\d+\.\d s +[\d,]+ streams\/s/);
      assert.deepEqual(await processesMentioning(dataDir), []);
      await using app = await startApp({ environment: { DATA_DIR: dataDir } });
      const answer = await fetch(`${app.baseUrl}/stream/movie/tt10000002.json`);
      assert.ok(((await answer.json()) as { streams: unknown[] }).streams.length > 0);
      const refused = await startSeeder(parameters, { DATA_DIR: dataDir }).ended;
      assert.equal(refused.code, 1);
      assert.match(refused.stderr, new RegExp(`is in use by the running process ${app.pid}`));
      oneLine(refused.stderr);
      assert.equal((await fetch(`${app.baseUrl}/ready`)).status, 200);
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });
});
