/** Imports that are told to end while they wait, whose database goes away, or whose disk is full: at once, in words, nothing half done. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { FolderStore } from '../../../src/features/folders/store.ts';
import { MediaFolders } from '../../../src/features/folders/folders.ts';
import { Poller } from '../../../src/features/feeds/poller.ts';
import { FeedStore } from '../../../src/features/feeds/store.ts';
import { createBulkImport } from '../../../src/features/ingest/bulk/import-lines.ts';
import type { BulkPosition, ReleaseImport } from '../../../src/features/ingest/contract.ts';
import { createHashListImport } from '../../../src/features/ingest/hash-lists/import-hash-lists.ts';
import { HashListStore } from '../../../src/features/ingest/hash-lists/store.ts';
import { createImdbImport } from '../../../src/features/ingest/imdb/import-imdb.ts';
import { rowOf } from '../../../src/features/ingest/importer.ts';
import { magnetStream } from '../../../src/features/ingest/readers/torrent.ts';
import { PrivateStreamStore } from '../../../src/features/private-streams/store.ts';
import { feedSource } from '../../../src/features/sources/providers/feed.ts';
import { CancelController, type CancelSignal } from '../../../src/lib/async/cancel.ts';
import { stageLines } from '../../../src/lib/import-line/stage-lines.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { openBulkLoad } from '../../../src/platform/db/bulk-load.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import type { JobQueue } from '../../../src/platform/jobs/queue.ts';
import type { TaskPool } from '../../../src/platform/pool/task-pool.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { silentLogger } from '../../support/cache-parts.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { NO_ABORT, until } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';

const CANCEL_MS_MAX = 2000;
const BATCH = 10_000;
const NOBODY = { announce: () => Promise.resolve() };
const RELEASES: ReleaseImport = { importReleases: () => Promise.resolve([]) };

/** The pool's task in this thread. */
const pool = {
  run: (_: string, { bytes, firstLine, format, header, known }: StageInput) =>
    Promise.resolve(stageLines(bytes, firstLine, format, header, known)),
} as unknown as TaskPool;

interface StageInput {
  readonly bytes: Uint8Array;
  readonly firstLine: number;
  readonly format: 'ndjson';
  readonly header: string[];
  readonly known: string;
}

const line = (at: number) =>
  JSON.stringify({
    infoHash: (at + 1).toString(16).padStart(40, '0'),
    name: `Sintel.2010.${at}.1080p`,
    title: { type: 'movie', imdb: 'tt1727587', name: 'Sintel', year: 2010 },
  });

describe('imports that are interrupted', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  /** Answers nothing, ever. */
  let silent: Server;
  let url: string;
  let asked = 0;
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
  const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });

  before(async () => {
    library = await openTestLibrary();
    silent = createServer(() => asked++);
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(silent.address() as AddressInfo).port}`;
  });
  beforeEach(async () => {
    await library.empty();
    asked = 0;
  });
  after(async () => {
    silent.closeAllConnections();
    silent.close();
    await fetcher[Symbol.asyncDispose]();
    await library[Symbol.asyncDispose]();
  });

  const openLoad = (signal: CancelSignal) =>
    openBulkLoad({ uri: library.uri, connectTimeoutMs: 30_000, signal }, silentLogger);
  const bulkParts = () => ({
    pool,
    jobs: {} as JobQueue,
    titles: library.library,
    openBulkLoad: openLoad,
    audience: NOBODY,
  });
  const sql = (text: string) => library.database.sql.unsafe(text);

  /** Told to end while it waits. */
  async function cancelled(
    work: (signal: CancelSignal) => Promise<unknown>,
    isWaiting: () => boolean | Promise<boolean>,
  ): Promise<void> {
    const control = new CancelController();
    const running = work(control.signal);
    const ended = assert.rejects(running);
    await until(isWaiting);
    const fromMs = performance.now();
    control.abort(new Error('told to end'));
    await ended;
    assert.ok(performance.now() - fromMs < CANCEL_MS_MAX);
  }

  const onServer: Readonly<Record<string, (signal: CancelSignal) => Promise<unknown>>> = {
    'a feed': (signal) => {
      const store = new FeedStore(library.database);
      const source = feedSource({ id: 'feed:1', name: 'Silent', url }, null, upstreams);
      const options = { source: 'feed:1', type: null, intervalMinutes: 30, isForced: true };
      return new Poller({ store, releases: RELEASES }).poll(source, options, signal);
    },
    'a scan of a share': (signal) =>
      new MediaFolders({
        store: new FolderStore(library.database),
        ring: new KeyRing(['a secret of this test, long enough']),
        fetcher,
        releases: RELEASES,
        audience: NOBODY,
        hostUrl: null,
      }).scan(url, null, { progress: () => undefined, refused: () => undefined }, signal),
    'a page of hash lists': (signal) =>
      createHashListImport({
        fetcher,
        releases: RELEASES,
        store: new HashListStore(library.database),
      }).importHashLists(
        [url],
        false,
        { progress: () => undefined, refused: () => undefined },
        signal,
      ),
    "IMDb's tables": (signal) =>
      createImdbImport({
        fetcher,
        jobs: {} as JobQueue,
        openBulkLoad: openLoad,
        audience: NOBODY,
      }).importTables(
        { sources: [`${url}/title.basics.tsv.gz`], votesMin: 0, withAdult: false },
        { step: () => undefined, merged: () => undefined },
        signal,
      ),
  };
  for (const [name, work] of Object.entries(onServer))
    test(`${name}: ends within 2 s of the cancel, while the server says nothing`, () =>
      cancelled(work, () => asked > 0));

  async function importAll(from: BulkPosition | null, positions: BulkPosition[]) {
    const chunks = async function* () {
      for (let at = 0; at < BATCH * 2; at += 1000)
        yield Buffer.from(Array.from({ length: 1000 }, (_, one) => `${line(at + one)}\n`).join(''));
    };
    const progress = (position: BulkPosition) => void positions.push(position);
    const listener = { progress, refused: () => undefined };
    return createBulkImport(bulkParts()).importLines(chunks(), 'ndjson', from, listener, NO_ABORT);
  }

  async function streamsAndLinks(): Promise<readonly number[]> {
    const [row] = await sql(
      'SELECT count(*)::int AS streams, (SELECT count(*)::int FROM stream_link) AS links FROM stream',
    );
    return [Number(row?.['streams']), Number(row?.['links'])];
  }

  /** As soon as more streams than one batch are written. */
  const atSecondBatch = (statement: string) => `
    CREATE FUNCTION interrupt() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF (SELECT count(*) FROM stream) > ${BATCH * 1.5} THEN ${statement}; END IF;
      RETURN NULL;
    END $$;
    CREATE TRIGGER interrupt AFTER INSERT ON stream EXECUTE FUNCTION interrupt()`;

  for (const [what, statement, code] of [
    ['the disk is full', `RAISE EXCEPTION 'full' USING ERRCODE = '53100'`, 'database.not-writable'],
    [
      'the database goes away',
      'PERFORM pg_terminate_backend(pg_backend_pid())',
      'database.unavailable',
    ],
  ] as const)
    test(`${what} in the middle of an import: batches before it stay whole, and it goes on behind them`, async () => {
      const positions: BulkPosition[] = [];
      await sql(atSecondBatch(statement));
      try {
        await assert.rejects(importAll(null, positions), { code });
      } finally {
        await sql('DROP TRIGGER interrupt ON stream; DROP FUNCTION interrupt');
      }
      const [streams = 0, links] = await streamsAndLinks();
      assert.equal(streams, links);
      assert.ok(streams >= BATCH && streams < BATCH * 2, `${streams} streams`);
      const counts = await importAll(positions.at(-1) ?? null, positions);
      assert.deepEqual(await streamsAndLinks(), [BATCH * 2, BATCH * 2]);
      assert.equal(counts.streamsAdded, BATCH * 2);
    });

  test('the disk is full when a profile brings a stream: it has none of it, and the next try has all', async () => {
    const profileId = '11111111-1111-4111-8111-111111111111';
    await library.library.importTitles(
      [importedTitle({ publicId: 'sl:sintel', title: 'Sintel', year: 2010 })],
      NO_ABORT,
    );
    await sql(`INSERT INTO user_profile (profile_id, legacy_config) VALUES ('${profileId}', '{}')`);
    const [title] = await sql(`SELECT media_id::int AS id FROM media`);
    const mediaId = Number(title?.['id']);
    const magnet = magnetStream(`magnet:?xt=urn:btih:${'d'.repeat(40)}&dn=Sintel.2010.1080p`);
    const whole = { season: 0, episodeFrom: 0, episodeTo: 0 };
    const placements = [{ ...whole, fileIndex: -1, filename: '', fileSizeBytes: 0 }];
    const brought = { mediaId, row: rowOf(magnet), placements };
    const store = new PrivateStreamStore(library.database);
    const add = () => store.add(profileId, brought, 10, NO_ABORT);
    await sql(`
      CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'full' USING ERRCODE = '53100'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON private_stream_link EXECUTE FUNCTION full_disk()`);
    await assert.rejects(add(), { code: '53100' });
    assert.equal(await store.count(profileId, NO_ABORT), 0);
    await sql('DROP TRIGGER full_disk ON private_stream_link; DROP FUNCTION full_disk');
    await add();
    assert.equal(await store.count(profileId, NO_ABORT), 1);
  });
});
