/** The way out of the embedded PostgreSQL: what is exported and restored is the same database, and Sluice runs on it. */
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { freePort } from '../../support/free-port.ts';
import { rawRequest } from '../../support/http-client.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp } from '../../support/start-app.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

const withoutPsql = spawnSync('psql', ['--version']).status === 0 ? false : 'needs psql';
const MAIN = join(import.meta.dirname, '../../../src/main.js');
/** What COPY has to escape, and what a dump tool trips over. */
const AWKWARD = [
  'tab\there',
  'line\nbreak',
  'back\\slash',
  '\\.',
  '\\N',
  "quote's",
  '😀 ü',
  '',
  '\r',
  '$$;COMMIT;',
];

async function restore(file: string, uri: string): Promise<string> {
  const psql = spawn('psql', ['-X', '-q', '-v', 'ON_ERROR_STOP=1', uri], {
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  let stderr = '';
  psql.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  psql.stdin.on('error', () => undefined);
  createReadStream(file).pipe(psql.stdin);
  const [code] = (await once(psql, 'close')) as [number];
  return code === 0 ? '' : stderr;
}

/** Every row of every table and the state of every sequence. */
async function contentOf(uri: string): Promise<Record<string, unknown>> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  const content: Record<string, unknown> = {};
  const tables = await sql<{ name: string }[]>`
    SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1`;
  for (const { name } of tables) {
    const [row] = await sql.unsafe<{ rows: number; hash: string | null }[]>(
      `SELECT count(*)::int AS rows, md5(string_agg(t::text, E'\\n' ORDER BY t::text COLLATE "C")) AS hash FROM "${name}" AS t`,
    );
    content[name] = `${row?.rows} rows, ${row?.hash}`;
  }
  const triggers =
    await sql`SELECT tgrelid::regclass::text, tgname, tgenabled FROM pg_trigger WHERE NOT tgisinternal ORDER BY 1, 2`;
  // The job engine's own schema is made anew by the next worker.
  const sequences = await sql`
    SELECT sequencename, last_value::text FROM pg_sequences WHERE schemaname = 'public' ORDER BY 1`;
  await sql.end({ timeout: 2 });
  return { ...content, triggers: [...triggers], sequences: [...sequences] };
}

async function fillWithAwkwardTexts(uri: string): Promise<void> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  for (const [index, text] of AWKWARD.entries()) {
    await sql`INSERT INTO user_profile (profile_id, legacy_config, legacy_secrets)
      VALUES (gen_random_uuid(), ${sql.json({ index, text })}, ${text})`;
  }
  await sql.end({ timeout: 2 });
}

describe(
  'export-database',
  { skip: skipWithoutPostgres !== false ? skipWithoutPostgres : withoutPsql },
  () => {
    let folder = '';
    let target: TestDatabase;
    before(async () => {
      folder = await mkdtemp(join(tmpdir(), 'sluice-export-'));
      await chmod(folder, 0o755);
      target = await createTestDatabase({ migrationsDir: null });
    });
    after(async () => {
      await target[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    });

    async function exportTo(
      name: string,
      environment: Readonly<Record<string, string>>,
    ): Promise<string> {
      const run = await runProgram(['export-database'], environment);
      assert.equal(run.code, 0, run.stderr);
      const rows = [...run.stdout.matchAll(/^COPY .* FROM stdin;\n([^]*?)^\\\.$/gm)].flatMap(
        ([, lines = '']) => lines.split('\n').slice(0, -1),
      );
      assert.match(run.stderr, new RegExp(`Exported ${rows.length} rows of \\d+ tables`));
      assert.match(run.stdout, /\n-- The export is complete\.\n$/);
      const file = join(folder, name);
      await writeFile(file, run.stdout);
      return file;
    }

    test('of the embedded server, running and stopped; restored, Sluice serves the same from it', async () => {
      const dataDir = join(folder, 'data');
      const app = await startApp({ environment: { DATA_DIR: dataDir } });
      const saved = await fetch(`${app.baseUrl}/profiles`, {
        method: 'POST',
        body: '{"mr":2}',
        headers: { 'content-type': 'application/json' },
      });
      const { profile } = (await saved.json()) as { readonly profile: string };
      const paths = [
        '/catalog/movie/latest.json',
        '/stream/movie/tt1254207.json',
        `/${profile}/stream/movie/tt1254207.json`,
      ];
      const bodies = async (baseUrl: string) =>
        Promise.all(
          paths.map(async (path) => {
            const { status, body } = await rawRequest(`${baseUrl}${path}`);
            assert.equal(status, 200, path);
            return body.toString().replaceAll(/127\.0\.0\.1:\d+/g, 'here');
          }),
        );
      const served = await bodies(app.baseUrl);
      const running = await exportTo('running.sql', { DATA_DIR: dataDir });
      assert.equal(await app.stop('SIGTERM'), 0, app.output());
      const stopped = await exportTo('stopped.sql', { DATA_DIR: dataDir });
      assert.equal(await readFile(stopped, 'utf8'), await readFile(running, 'utf8'));
      assert.equal(await restore(running, target.uri), '');
      await using again = await startApp({
        environment: { DATA_DIR: dataDir, POSTGRES_URI: target.uri },
      });
      assert.match(again.output(), /Schema is up to date/);
      assert.match(again.output(), /Demo catalogue is there/);
      assert.deepEqual(await bodies(again.baseUrl), served);
      await app[Symbol.asyncDispose]();
    });

    test('of POSTGRES_URI: every row, sequence and trigger comes back', async () => {
      await using source = await createTestDatabase();
      await using copy = await createTestDatabase({ migrationsDir: null });
      // Also writes the words of titles that are searched for: a restored database must not need it again.
      for (const role of ['migrate', 'import-demo'])
        assert.equal((await runProgram([role], { POSTGRES_URI: source.uri })).code, 0);
      await fillWithAwkwardTexts(source.uri);
      const sql = postgres(source.uri, { max: 1, onnotice: () => undefined });
      await sql.unsafe('CREATE TABLE somebody_elses (x int)');
      await sql.end({ timeout: 2 });
      const file = await exportTo('uri.sql', { POSTGRES_URI: source.uri });
      assert.equal(await restore(file, copy.uri), '');
      const { somebody_elses: foreign, ...expected } = await contentOf(source.uri);
      assert.ok(foreign !== undefined);
      assert.deepEqual(await contentOf(copy.uri), expected);
      assert.equal(
        (await runProgram(['migrate'], { POSTGRES_URI: copy.uri })).stdout,
        'Schema is up to date\n',
      );
      assert.match(
        await restore(file, copy.uri),
        /already exists/,
        'a database that is not empty is left as it is',
      );
      assert.deepEqual(await contentOf(copy.uri), expected);
    });

    test('one that was cut off restores nothing', async () => {
      await using source = await createTestDatabase();
      await using copy = await createTestDatabase({ migrationsDir: null });
      const whole = await readFile(
        await exportTo('whole.sql', { POSTGRES_URI: source.uri }),
        'utf8',
      );
      const cut = join(folder, 'cut.sql');
      await writeFile(cut, whole.slice(0, whole.lastIndexOf('COMMIT;')));
      await restore(cut, copy.uri);
      assert.deepEqual(await contentOf(copy.uri), { triggers: [], sequences: [] });
    });

    test('a reader that goes away is an error, not half an export', async () => {
      await using source = await createTestDatabase();
      const child = spawn(process.execPath, [MAIN, 'export-database'], {
        env: { PATH: process.env['PATH'] ?? '', POSTGRES_URI: source.uri },
        stdio: ['ignore', 'pipe', 'pipe'],
      });
      child.stdout.destroy();
      let stderr = '';
      child.stderr.on('data', (chunk: Buffer) => {
        stderr += chunk.toString();
      });
      const [code] = (await once(child, 'close')) as [number];
      assert.equal(code, 1);
      assert.match(stderr, /^the export was cut off \(.*\n$/);
    });

    test('is refused where there is nothing: one line each', async () => {
      const cases = [
        [{ DATA_DIR: join(folder, 'nothing') }, /^DATA_DIR=.*holds no database/],
        [
          { POSTGRES_URI: `postgres://u:hunter2@127.0.0.1:${await freePort()}/x` },
          /^POSTGRES_URI=.*ECONNREFUSED/,
        ],
      ] as const;
      for (const [environment, message] of cases) {
        const run = await runProgram(['export-database'], environment);
        assert.deepEqual([run.code, run.stdout], [1, '']);
        assert.match(run.stderr, message);
        assert.equal(run.stderr.trim().split('\n').length, 1, run.stderr);
      }
      await using empty = await createTestDatabase({ migrationsDir: null });
      assert.match(
        (await runProgram(['export-database'], { POSTGRES_URI: empty.uri })).stderr,
        /no schema of Sluice/,
      );
    });
  },
);
