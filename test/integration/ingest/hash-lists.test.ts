/** Hash lists on the command line: what is of known titles goes in, pages are read once, and refusals have names. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import lzString from 'lz-string';
import { createHashListImport } from '../../../src/features/ingest/hash-lists/import-hash-lists.ts';
import { HashListStore } from '../../../src/features/ingest/hash-lists/store.ts';
import { createReleaseImport } from '../../../src/features/ingest/releases/import-releases.ts';
import { IngestStore } from '../../../src/features/ingest/store.ts';
import { TitleFinder } from '../../../src/features/ingest/title-finder.ts';
import { NO_TITLES } from '../../../src/features/metadata/contract.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';

const list = (names: readonly string[]) =>
  lzString.compressToEncodedURIComponent(
    JSON.stringify(
      names.map((filename, at) => ({
        filename,
        hash: Buffer.from(filename.padEnd(20).slice(-20)).toString('hex'),
        bytes: 1_000_000_000 + at,
      })),
    ),
  );
const page = (names: readonly string[]) =>
  `<iframe src="https://example.org/hashlist#${list(names)}"></iframe>`;

describe('hash lists', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  let folder: string;
  const fetcher = createFetcher({ allowPrivate: [] });

  before(async () => {
    library = await openTestLibrary();
    folder = await mkdtemp(join(tmpdir(), 'sluice-hash-lists-'));
    await library.library.importTitles(
      [
        importedTitle({ publicId: 'sl:sintel', title: 'Sintel', year: 2010 }),
        importedTitle({ publicId: 'sl:pioneer', type: 'series', title: 'Pioneer One', year: 2010 }),
      ],
      NO_ABORT,
    );
  });
  after(async () => {
    await fetcher[Symbol.asyncDispose]();
    await library[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function run(sources: readonly string[], isAgain = false, signal = NO_ABORT) {
    const finder = new TitleFinder({
      store: new IngestStore(library.database),
      subjects: library.library,
      onDemand: NO_TITLES,
    });
    const releases = createReleaseImport({
      finder,
      subjects: library.library,
      streams: library.library,
      audience: { announce: () => Promise.resolve() },
    });
    const refusals: string[] = [];
    const { importHashLists } = createHashListImport({
      fetcher,
      releases,
      store: new HashListStore(library.database),
    });
    const listener = {
      progress: () => undefined,
      refused: (name: string, reason: string) =>
        void refusals.push(`${name.replace(folder, '')}: ${reason}`),
    };
    return { counts: await importHashLists(sources, isAgain, listener, signal), refusals };
  }

  test('a folder is read once; a new page and an address with a list in it later', async () => {
    await mkdir(join(folder, 'a', '.git'), { recursive: true });
    await writeFile(
      join(folder, 'a', '1.html'),
      page(['Sintel.2010.1080p.mkv', 'Unknown.Film.2012.720p', 'Pioneer.One.S01E02.mkv']),
    );
    await writeFile(
      join(folder, 'a', '2.html'),
      page(['Sintel.2010.1080p.mkv', 'Sintel.2010.2160p.mkv']),
    );
    await writeFile(join(folder, 'a', '3.html'), page(['Sintel.2010.480p.mkv']).slice(0, 80));
    await writeFile(join(folder, 'a', '4.html'), '<html></html>');
    await writeFile(join(folder, 'a', '.git', '5.html'), page(['Sintel.2010.360p.mkv']));
    await writeFile(join(folder, 'README.md'), 'not a page');
    const first = await run([folder]);
    assert.deepEqual(first.counts, { pages: 4, seen: 0, refused: 2, entries: 4, linked: 3 });
    assert.match(
      first.refusals.join('\n'),
      /4\.html: no hash list is in it[^]*3\.html: the list is cut off/,
    );
    const second = await run([
      folder,
      `https://example.org/hashlist#${list(['Sintel.2010.576p.mkv'])}`,
    ]);
    assert.deepEqual(second.counts, { pages: 5, seen: 2, refused: 2, entries: 1, linked: 1 });
    await library.library.importTitles(
      [importedTitle({ publicId: 'sl:unknown', title: 'Unknown Film', year: 2012 })],
      NO_ABORT,
    );
    const again = await run([join(folder, 'a', '1.html')], true);
    assert.deepEqual(again.counts, { pages: 1, seen: 0, refused: 0, entries: 3, linked: 3 });
    const [row] = await library.database
      .sql`SELECT count(*)::int AS n FROM stream WHERE source = 'hash list'`;
    assert.equal(row?.['n'], 5);
  });

  test('it ends when it is told to, and says what is not there', async () => {
    const { refusals } = await run([join(folder, 'nowhere'), 'http://127.0.0.1:9/x']);
    assert.match(refusals.join('\n'), /nowhere: ENOENT[^]*not a public address/);
    const stopped = AbortSignal.abort(new Error('stopped'));
    await assert.rejects(run([folder], false, stopped), /stopped/);
  });
});
