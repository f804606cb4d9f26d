/** A PostgreSQL that cannot write: saves say so and cost nothing, the log once, /ready as long as it lasts, and all else goes on. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmod, chown, mkdir, mkdtemp, readdir, rm, statfs, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test, type TestContext } from 'node:test';
import postgres from 'postgres';
import { SegmentFiles } from '../../../src/features/live/segment-files.ts';
import { AppError } from '../../../src/lib/errors.ts';
import { rawRequest } from '../../support/http-client.ts';
import { startTestPostgres } from '../../support/postgres-server.ts';
import { eventually } from '../../support/processes.ts';
import { startApp } from '../../support/start-app.ts';
import { createTestDatabase, skipWithoutPostgres } from '../../support/template-db.ts';

const NOBODY = 65_534;
const DISK_MB = 160;

async function save(baseUrl: string): Promise<{
  readonly status: number;
  readonly code: unknown;
  readonly retryAfter: string | null;
}> {
  const response = await fetch(`${baseUrl}/profiles`, {
    method: 'POST',
    body: '{}',
    headers: { 'content-type': 'application/json' },
  });
  const body = (await response.json()) as { readonly error?: { readonly code: string } };
  return {
    status: response.status,
    code: body.error?.code,
    retryAfter: response.headers.get('retry-after'),
  };
}

const REFUSED = { status: 503, code: 'database.not-writable', retryAfter: '60' };
const linesWith = (output: string, text: string) =>
  output.split('\n').filter((line) => line.includes(text)).length;

/** A small disk of its own; null, and the test skipped, where nothing may be mounted. */
async function mountSmallDisk(
  context: TestContext,
): Promise<(AsyncDisposable & { readonly folder: string }) | null> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-disk-'));
  const data = join(folder, 'data');
  await mkdir(data);
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${DISK_MB}m,mode=0700`, 'tmpfs', data], {
      stdio: 'ignore',
    });
  } catch {
    await remove();
    context.skip('needs the right to mount a tmpfs');
    return null;
  }
  await chown(data, NOBODY, NOBODY);
  await chmod(data, 0o700);
  return {
    folder,
    async [Symbol.asyncDispose]() {
      execFileSync('umount', ['--lazy', data]);
      await remove();
    },
  };
}

test('a full disk under live segments, for real: refused with a code, nothing half written, over when there is room', async (context) => {
  await using disk = await mountSmallDisk(context);
  if (disk === null) return;
  const data = join(disk.folder, 'data');
  const files = new SegmentFiles(data);
  const stream = '00000000-0000-4000-8000-000000000001';
  const segment = Buffer.alloc(1024 * 1024, 0x47);
  await files.write(stream, 'a.ts', segment);
  const { bavail, bsize } = await statfs(data);
  await writeFile(join(data, 'ballast'), Buffer.alloc(bavail * bsize));
  const isFull = (error: unknown) => error instanceof AppError && error.code === 'live.disk-full';
  await assert.rejects(files.write(stream, 'b.ts', segment), isFull);
  assert.deepEqual(await readdir(join(data, stream)), ['a.ts']);
  assert.equal((await files.read(stream, 'a.ts'))?.length, segment.length);
  await rm(join(data, 'ballast'));
  await files.write(stream, 'b.ts', segment);
  assert.equal((await files.read(stream, 'b.ts'))?.length, segment.length);
});

describe('a database that cannot write', { skip: skipWithoutPostgres }, () => {
  test('a failed save is an error of its own and gives the quota back', async () => {
    await using database = await createTestDatabase();
    const sql = postgres(database.uri, { max: 1, onnotice: () => undefined });
    await using app = await startApp({
      environment: {
        POSTGRES_URI: database.uri,
        PROFILES_PER_HOUR_MAX: '2',
        DEMO_CATALOG: 'false',
      },
    });
    await sql.unsafe(`
      CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER refuse BEFORE INSERT ON user_profile EXECUTE FUNCTION refuse()`);
    for (let attempt = 0; attempt < 4; attempt += 1)
      assert.deepEqual(await save(app.baseUrl), REFUSED);
    assert.doesNotMatch(app.output(), /request failed|\n\s+at /);
    await sql.unsafe('DROP TRIGGER refuse ON user_profile');
    const statuses = [
      await save(app.baseUrl),
      await save(app.baseUrl),
      await save(app.baseUrl),
    ].map(({ status }) => status);
    assert.deepEqual(statuses, [201, 201, 429]);
    await sql.end({ timeout: 2 });
  });

  test('a full disk, for real: said once, seen in /ready, over when there is room', async (context) => {
    await using disk = await mountSmallDisk(context);
    if (disk === null) return;
    await using server = await startTestPostgres(
      ['wal_level=minimal', 'max_wal_senders=0', 'autovacuum=off', 'shared_buffers=16MB'],
      disk.folder,
    );
    await using app = await startApp({
      environment: { POSTGRES_URI: server.uri, PROFILES_PER_HOUR_MAX: '1' },
    });
    const ballast = join(disk.folder, 'data/ballast');
    const { bavail, bsize } = await statfs(join(disk.folder, 'data'));
    await writeFile(ballast, Buffer.alloc(bavail * bsize));
    for (let attempt = 0; attempt < 5; attempt += 1)
      assert.deepEqual(await save(app.baseUrl), REFUSED);
    const ready = await rawRequest(`${app.baseUrl}/ready`);
    assert.equal(ready.status, 503);
    assert.match(ready.body.toString(), /"database":"failed: database.not-writable \(disk full\)"/);
    for (const path of [
      '/catalog/movie/latest.json',
      '/stream/movie/tt1254207.json',
      '/meta/movie/tt1254207.json',
    ]) {
      assert.equal((await rawRequest(`${app.baseUrl}${path}`)).status, 200, path);
    }
    assert.equal(linesWith(app.output(), 'the database cannot write'), 1, app.output());
    await rm(ballast);
    await eventually(
      'ready again',
      40_000,
      async () => (await rawRequest(`${app.baseUrl}/ready`)).status === 200,
    );
    assert.equal((await save(app.baseUrl)).status, 201);
    assert.equal(linesWith(app.output(), 'the database can write again'), 1, app.output());
    assert.equal(linesWith(app.output(), 'the database cannot write'), 1);
  });
});
