/** Folders and shares of videos: linked, played in parts, scanned again, marked when they are gone. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, rename, rm, symlink, truncate, utimes, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import { servedFilesRoute } from '../../../src/features/folders/file-routes.ts';
import { MediaFolders } from '../../../src/features/folders/folders.ts';
import { folderRoutes } from '../../../src/features/folders/routes.ts';
import { FolderStore } from '../../../src/features/folders/store.ts';
import type { ReleaseImport } from '../../../src/features/ingest/contract.ts';
import { createReleaseImport } from '../../../src/features/ingest/releases/import-releases.ts';
import { IngestStore } from '../../../src/features/ingest/store.ts';
import { TitleFinder } from '../../../src/features/ingest/title-finder.ts';
import { NO_TITLES } from '../../../src/features/metadata/contract.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';
import { startToyServer, type ToyServer } from '../../support/toy-server.ts';

const SIZE = 700_000_000;
const FILES = {
  'Sintel (2010)/Sintel.2010.1080p.mkv': 'sintel',
  'Sintel (2010)/Extras/Making of.mkv': 'extra',
  'Pioneer One/Season 1/01 - Earthfall.mkv': 'one',
  'Pioneer One/Season 1/02 - The Man.mkv': 'two',
  'Nobody Knows This (2011).mp4': 'x',
  'notes.txt': 'no video',
};

const COLLECTION = '<d:resourcetype><d:collection/></d:resourcetype>';
const davRow = (href: string, prop: string) =>
  `<d:response><d:href>${href}</d:href><d:propstat><d:prop>${prop}</d:prop></d:propstat></d:response>`;

describe('folders of videos', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  let store: FolderStore;
  let folder: string;
  let outside: string;
  let toy: ToyServer;
  let hostUrl: string;
  const fetcher = createFetcher({ allowPrivate: [] });

  before(async () => {
    library = await openTestLibrary();
    store = new FolderStore(library.database);
    toy = await startToyServer({}, {}, [servedFilesRoute(store)]);
    hostUrl = `http://127.0.0.1:${toy.port}`;
  });
  beforeEach(async () => {
    await library.empty();
    await library.database.sql`TRUNCATE media_folder, folder_file RESTART IDENTITY CASCADE`;
    await library.library.importTitles(
      [
        importedTitle({ publicId: 'sl:sintel', title: 'Sintel', year: 2010 }),
        importedTitle({ publicId: 'sl:pioneer', type: 'series', title: 'Pioneer One', year: 2010 }),
      ],
      NO_ABORT,
    );
    outside = await mkdtemp(join(tmpdir(), 'sluice-folders-'));
    folder = join(outside, 'videos');
    for (const [path, text] of Object.entries(FILES)) await put(path, text);
  });
  after(async () => {
    await toy[Symbol.asyncDispose]();
    await fetcher[Symbol.asyncDispose]();
    await library[Symbol.asyncDispose]();
    await rm(outside, { recursive: true, force: true });
  });

  async function put(path: string, text: string): Promise<void> {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
    // Of holes: smaller files are no films.
    await truncate(join(folder, path), SIZE);
  }

  async function scan(
    place = folder,
    host: string | null = hostUrl,
    whileScanned = async () => {},
  ) {
    const finder = new TitleFinder({
      store: new IngestStore(library.database),
      subjects: library.library,
      onDemand: NO_TITLES,
    });
    const told: number[] = [];
    const audience = {
      announce: ({ episodes = [] }: { episodes?: readonly object[] }) =>
        Promise.resolve(void told.push(episodes.length)),
    };
    const imports = createReleaseImport({
      finder,
      subjects: library.library,
      streams: library.library,
      audience,
    });
    const releases: ReleaseImport = {
      importReleases: async (...asked) => {
        const outcomes = await imports.importReleases(...asked);
        await whileScanned();
        return outcomes;
      },
    };
    const ring = new KeyRing(['a secret of this test, long enough']);
    const folders = new MediaFolders({ store, ring, fetcher, releases, audience, hostUrl: host });
    const refusals: string[] = [];
    const listener = {
      progress: () => undefined,
      refused: (path: string, reason: string) => void refusals.push(`${path}: ${reason}`),
    };
    return { counts: await folders.scan(place, null, listener, NO_ABORT), refusals, told, folders };
  }

  async function addresses(publicId: string): Promise<readonly string[]> {
    const rows = await library.database.sql`
      SELECT s.locator FROM stream s JOIN stream_link l USING (stream_id) JOIN media m USING (media_id)
      WHERE m.public_id = ${publicId} AND s.is_visible AND l.is_visible ORDER BY l.episode_from`;
    return rows.map((row) => String(row['locator']));
  }

  test('videos are linked, and a second scan looks at none', async () => {
    const { counts, refusals } = await scan();
    assert.deepEqual(counts, { videos: 5, unchanged: 0, linked: 3, refused: 2, gone: 0 });
    assert.match(refusals.join('\n'), /Making of\.mkv: it is a sample[^]*Nobody|Nobody[^]*Making/);
    assert.equal((await addresses('sl:sintel')).length, 1);
    assert.equal((await addresses('sl:pioneer')).length, 2);
    const again = await scan();
    assert.deepEqual(again.counts, { videos: 5, unchanged: 5, linked: 0, refused: 0, gone: 0 });
  });

  test('players read any part of a file, and nothing beside the folder', async () => {
    await scan();
    const [url = ''] = await addresses('sl:sintel');
    const part = await fetch(url, { headers: { range: 'bytes=1-3' } });
    assert.deepEqual(
      [part.status, part.headers.get('content-range'), await part.text()],
      [206, `bytes 1-3/${SIZE}`, 'int'],
    );
    const last = await fetch(url, { headers: { range: 'bytes=-2' } });
    assert.equal(await last.text(), '\0\0');
    const none = await fetch(url, { headers: { range: `bytes=${SIZE}-` } });
    assert.deepEqual([none.status, none.headers.get('content-range')], [416, `bytes */${SIZE}`]);
    const head = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-length')], [200, String(SIZE)]);
    const known = await fetch(url, {
      headers: { 'if-none-match': head.headers.get('etag') ?? '' },
    });
    assert.equal(known.status, 304);
    assert.equal((await fetch(`${hostUrl}/files/${'A'.repeat(22)}/x.mkv`)).status, 404);
    assert.equal((await fetch(`${hostUrl}/files/..%2f..%2fetc/passwd`)).status, 404);
    await writeFile(join(outside, 'secret.mkv'), 'secret');
    const path = join(folder, 'Sintel (2010)/Sintel.2010.1080p.mkv');
    await rm(path);
    await symlink(join(outside, 'secret.mkv'), path);
    assert.equal((await fetch(url)).status, 404);
  });

  test('what is gone is marked and hidden, and shown again when it is back; what has changed is looked at', async () => {
    await scan();
    const [url = ''] = await addresses('sl:sintel');
    const path = join(folder, 'Sintel (2010)/Sintel.2010.1080p.mkv');
    await rename(path, join(outside, 'away.mkv'));
    const without = await scan();
    assert.deepEqual(without.counts, { videos: 4, unchanged: 4, linked: 0, refused: 0, gone: 1 });
    assert.deepEqual(without.told, [1]);
    assert.deepEqual(await addresses('sl:sintel'), []);
    assert.equal((await fetch(url)).status, 404);
    assert.deepEqual((await scan()).counts.gone, 0);
    await rename(join(outside, 'away.mkv'), path);
    const back = await scan();
    assert.deepEqual([back.counts.linked, back.counts.unchanged], [1, 4]);
    assert.deepEqual(await addresses('sl:sintel'), [url]);
    await utimes(path, new Date(), new Date(1_000_000));
    assert.equal((await scan()).counts.unchanged, 4);
  });

  test('a folder that cannot be read, or is empty all at once, changes nothing', async () => {
    await scan();
    await rename(folder, `${folder}-away`);
    await assert.rejects(scan(), /the folder cannot be read: ENOENT/);
    await mkdir(folder);
    await assert.rejects(scan(), /no video is in it any more: is it mounted/);
    assert.equal((await addresses('sl:sintel')).length, 1);
    await assert.rejects(scan(outside, null), /HOST_URL is not set/);
    const { folders } = await scan(`${folder}-away`);
    const listed = JSON.stringify(await folders.list(NO_ABORT));
    assert.match(listed, /is it mounted/);
  });

  test('over HTTP: listed, added, reported, scanned, deleted with what it brought', async () => {
    const { folders, told } = await scan();
    const queued: unknown[] = [];
    const enqueue = (_: unknown, payload: unknown) => {
      queued.push(payload);
      return Promise.resolve({ id: '7', isNew: true });
    };
    await using server = await startToyServer(
      {},
      { guards: () => null },
      folderRoutes({ folders, jobs: { enqueue } }),
    );
    const ask = async (path: string, method = 'GET', body?: object) => {
      const answer = await fetch(`${server.baseUrl}/api/v1/admin/folders${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return [answer.status, await answer.text()] as const;
    };
    const [status, listed] = await ask('');
    assert.equal(status, 200);
    assert.match(listed, /"files":5,"linked":3,"gone":0/);
    const [added, answer] = await ask('', 'POST', { root: outside, type: 'movie' });
    assert.equal(added, 200);
    assert.match(answer, /"folder":2,"job":"7","poll":"\/api\/v1\/admin\/tasks\/7"/);
    assert.match((await ask('/1'))[1], /Making of\.mkv[^]*sample/);
    assert.equal((await ask('/1/scan', 'POST'))[0], 200);
    assert.deepEqual(queued, [{ folderId: 2 }, { folderId: 1 }]);
    for (const body of [{}, { root: ' ' }, { root: folder, type: 'film' }, { root: 'https://' }])
      assert.ok([400, 422].includes((await ask('', 'POST', body))[0]), JSON.stringify(body));
    for (const [method, path] of [
      ['GET', '/9'],
      ['GET', '/x'],
      ['POST', '/9/scan'],
      ['DELETE', '/9'],
    ] as const)
      assert.equal((await ask(path, method))[0], 404, `${method} ${path}`);
    const [url = ''] = await addresses('sl:sintel');
    told.length = 0;
    assert.deepEqual(await ask('/1', 'DELETE'), [200, '{"status":"deleted"}\n']);
    assert.deepEqual(told, [3]);
    assert.deepEqual(await addresses('sl:sintel'), []);
    assert.equal((await fetch(url)).status, 404);
    assert.equal((await ask('/1'))[0], 404);
    assert.ok(!(await ask(''))[1].includes('"id":1'));
    assert.equal((await scan()).counts.linked, 3);
  });

  test('a folder that is deleted while it is scanned leaves nothing in the lists', async () => {
    const deleted = scan(folder, hostUrl, async () => {
      await library.database.sql`DELETE FROM media_folder`;
    });
    await assert.rejects(deleted, /deleted while it was scanned/);
    assert.deepEqual(await addresses('sl:sintel'), []);
    assert.deepEqual(await addresses('sl:pioneer'), []);
  });

  test('a WebDAV share is listed with its login, and played without', async () => {
    let isOpen = true;
    const server = createServer((request, response) => {
      const { method, url = '' } = request;
      if (method === 'HEAD') return response.writeHead(isOpen ? 200 : 401).end();
      const hasLogin =
        request.headers.authorization === `Basic ${Buffer.from('me:pass word').toString('base64')}`;
      if (!hasLogin) return response.writeHead(401).end();
      const rows =
        url === '/dav/'
          ? davRow('/dav/', COLLECTION) + davRow('/dav/Films%20A/', COLLECTION)
          : davRow(
              '/dav/Films%20A/Sintel%202010.mkv',
              `<d:getcontentlength>${SIZE}</d:getcontentlength>`,
            );
      return response
        .writeHead(207, { 'content-type': 'application/xml' })
        .end(`<d:multistatus xmlns:d="DAV:">${rows}</d:multistatus>`);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    try {
      const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
      const { counts, folders } = await scan(`http://me:pass%20word@${host}/dav`, null);
      assert.deepEqual(counts, { videos: 1, unchanged: 0, linked: 1, refused: 0, gone: 0 });
      assert.deepEqual(await addresses('sl:sintel'), [
        `http://${host}/dav/Films%20A/Sintel%202010.mkv`,
      ]);
      assert.ok(!JSON.stringify(await folders.list(NO_ABORT)).includes('pass'));
      await assert.rejects(scan(`http://me:wrong@${host}/dav`, null), /the share answers 401/);
      await library.database.sql`TRUNCATE folder_file`;
      isOpen = false;
      await assert.rejects(
        scan(`http://me:pass%20word@${host}/dav`, null),
        /without name and password/,
      );
    } finally {
      server.close();
    }
  });
});
