/** Taking a MediaFusion database over: what comes, what does not, what a killed process and a second time leave. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { fillMediaFusion } from '../../../perf/ingest/mediafusion-database.ts';
import { poll } from '../../../src/lib/async/wait.ts';
import { packagePath } from '../../../src/platform/config/package-root.ts';
import { runProgram, type ProgramRun } from '../../support/run-program.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

const TITLES = 70;
/** Two batches: the second one is cut off. */
const STREAMS = 16_000;
const QUIET = { CINEMETA_URL: 'none', ANIME_LIST_URL: 'none', LOG_LEVEL: 'warn' };

interface Counts {
  readonly lines: number;
  readonly titlesAdded: number;
  readonly streamsAdded: number;
  readonly streamsChanged: number;
  readonly linksAdded: number;
  readonly profiles: number;
  readonly leftOut: { readonly blocked: number; readonly ofUsers: number };
}

describe('import mediafusion', { skip: skipWithoutPostgres }, () => {
  let theirs: TestDatabase;
  let ours: TestDatabase;
  let sql: Sql;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-mediafusion-'));
    theirs = await createTestDatabase({ migrationsDir: null });
    ours = await createTestDatabase();
    await fillMediaFusion(theirs.uri, { titles: TITLES, streams: STREAMS });
    sql = postgres(ours.uri, { max: 1, onnotice: () => undefined });
  });
  after(async () => {
    await sql.end({ timeout: 5 });
    await theirs[Symbol.asyncDispose]();
    await ours[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  const environment = () => ({ ...QUIET, POSTGRES_URI: ours.uri, DATA_DIR: join(folder, 'data') });

  function importer(...parameters: readonly string[]): Promise<ProgramRun> {
    return runProgram(['import', 'mediafusion', ...parameters], environment());
  }

  async function count(table: string): Promise<number> {
    const [row] = await sql.unsafe(`SELECT count(*)::int AS count FROM ${table}`);
    return Number(row?.['count']);
  }

  /** Kills the process once some streams are there. */
  async function killedImport(): Promise<void> {
    const child = spawn(
      process.execPath,
      [packagePath('dist/src/main.js'), 'import', 'mediafusion', '--from', theirs.uri],
      { env: { PATH: process.env['PATH'] ?? '', ...environment() }, stdio: 'ignore' },
    );
    const ended = new Promise((resolve) => child.once('close', resolve));
    await poll(async () => child.exitCode !== null || (await count('stream')) > 0, {
      everyMs: 20,
      timeoutMs: 120_000,
    });
    child.kill('SIGKILL');
    await ended;
  }

  test('what a killed import has done is neither lost nor done twice', async () => {
    await killedImport();
    const before = await count('stream');
    assert.ok(before > 0 && before < 15_000, `${before} streams before the kill`);
    const run = await importer('--from', theirs.uri, '--json');
    assert.equal(run.code, 0, run.stderr);
    const counts = JSON.parse(run.stdout) as Counts;
    const [expected] = await postgresOf(
      theirs.uri,
      (other) => other<{ streams: number; blocked: number; own: number }[]>`
      SELECT count(*) FILTER (WHERE NOT is_blocked AND is_public)::int AS streams,
        count(*) FILTER (WHERE is_blocked)::int AS blocked,
        count(*) FILTER (WHERE NOT is_blocked AND NOT is_public)::int AS own FROM stream`,
    );
    assert.equal(await count('stream'), expected?.streams);
    assert.equal(counts.streamsAdded, expected?.streams);
    assert.equal(counts.titlesAdded, TITLES);
    assert.equal(await count('media'), TITLES);
    assert.deepEqual(
      [counts.leftOut.blocked, counts.leftOut.ofUsers, counts.profiles],
      [expected?.blocked, expected?.own, 20],
    );
    assert.deepEqual([...(await sql`SELECT to_regclass('takeover') AS left`)], [{ left: null }]);
  });

  test('titles have what is known of them, streams their attributes, trackers and files, profiles their settings', async () => {
    const [title] = await sql`
      SELECT m.title, m.description, m.year, (SELECT title FROM media_title t WHERE t.media_id = m.media_id) AS other,
        (SELECT url FROM media_image i WHERE i.media_id = m.media_id) AS poster
      FROM media m JOIN media_external_id x USING (media_id) WHERE x.external_id = 'tt1000005'`;
    assert.deepEqual(title, {
      title: 'Title No 5',
      description: 'What happens in 5',
      year: 1955,
      other: 'Otherwise 5',
      poster: 'https://example.org/5.jpg',
    });
    const [stream] = await sql`
      SELECT resolution, quality, codec, bit_depth, audio, hdr, languages, flags, seeders,
        array_length(string_to_array(trackers, E'\\n'), 1) AS trackers
      FROM stream_readable WHERE name = 'Title.No.2.1080p.WEB-DL.x265-1'`;
    assert.deepEqual(stream, {
      resolution: '1080p',
      quality: 'WEB-DL',
      codec: 'hevc',
      bit_depth: 10,
      audio: ['DTS Lossless'],
      hdr: [],
      languages: ['Tamil'],
      flags: ['proper'],
      seeders: 1,
      trackers: 3,
    });
    const links = await sql`
      SELECT l.season, l.episode_from, l.episode_to, l.file_index, l.filename FROM stream_link l JOIN stream s USING (stream_id)
      WHERE s.name LIKE 'Title.No.5.%-4' ORDER BY l.file_index`;
    assert.deepEqual(
      links.map((row) => Object.values(row)),
      [
        [1, 1, 1, 0, 'Season 1/E1.mkv'],
        [1, 2, 2, 1, 'Season 1/E2.mkv'],
      ],
    );
    const [profile] = await sql`
      SELECT legacy_config AS config, legacy_secrets AS secrets FROM user_profile
      WHERE profile_id = '00000000-0000-4000-8000-000000000003'`;
    assert.deepEqual(profile, { config: { mxs: 4, sr: ['1080p'] }, secrets: 'sealed3' });
  });

  test('the second time nothing is written', async () => {
    const run = await importer('--from', theirs.uri, '--json');
    const { titlesAdded, streamsAdded, streamsChanged, linksAdded, profiles } = JSON.parse(
      run.stdout,
    ) as Counts;
    assert.deepEqual(
      [titlesAdded, streamsAdded, streamsChanged, linksAdded, profiles],
      [0, 0, 0, 0, 0],
    );
  });

  test('what is no such database is refused, and nothing says the password', async () => {
    const file = join(folder, 'address');
    const wrong = new URL(ours.uri);
    wrong.password = 'canary-password';
    wrong.searchParams.set('sslmode', 'sometimes');
    await writeFile(file, wrong.href);
    const away = 'postgres://somebody:canary-password@127.0.0.1:1/nothing';
    const runs = await Promise.all([
      importer('--from', ours.uri),
      importer('--from', `@${file}`),
      importer('--from', away),
      importer('--frmo', away),
      importer(),
    ]);
    const told = runs.map(({ stdout, stderr }) => stdout + stderr);
    for (const { code } of runs) assert.notEqual(code, 0);
    assert.match(told[0] ?? '', /no \w+: expected one of MediaFusion v6/);
    assert.match(told[4] ?? '', /expected --from postgres/);
    for (const text of told) assert.ok(!text.includes('canary-password'), text);
  });
});

async function postgresOf<T>(uri: string, ask: (sql: Sql) => PromiseLike<T>): Promise<T> {
  const other = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    return await ask(other);
  } finally {
    await other.end({ timeout: 5 });
  }
}
