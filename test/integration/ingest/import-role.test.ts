/** The role `import` as operators use it: beside a running server, which shows what came at once. */
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { bencode } from '../../support/bencode.ts';
import { poll } from '../../../src/lib/async/wait.ts';
import { jsonOf, rawRequest } from '../../support/http-client.ts';
import { runProgram, type ProgramRun } from '../../support/run-program.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const QUIET = { CINEMETA_URL: 'none', ANIME_LIST_URL: 'none', FETCH_ALLOW_PRIVATE: '127.0.0.1' };

interface ListedStream {
  readonly infoHash?: string;
  readonly fileIdx?: number;
  readonly url?: string;
  readonly ytId?: string;
}

describe('the role import', { skip: skipWithoutPostgres }, () => {
  let app: RunningApp;
  let folder: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-import-'));
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: { ...QUIET, REDIS_URL: '' },
    });
  });
  after(async () => {
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  function importer(...parameters: readonly string[]): Promise<ProgramRun> {
    const DATA_DIR = join(folder, 'data');
    return runProgram(['import', ...parameters], {
      ...QUIET,
      POSTGRES_URI: app.databaseUri ?? '',
      DATA_DIR,
    });
  }

  async function streamsOf(path: string): Promise<readonly ListedStream[]> {
    const body = jsonOf(await rawRequest(`${app.baseUrl}/stream/${path}.json`));
    return body['streams'] as ListedStream[];
  }

  function torrent(name: string, paths: readonly string[], extra: object = {}): Buffer {
    const files = paths.map((path) => ({ length: 300_000_000, path: path.split('/') }));
    return bencode({ info: { files, name, 'piece length': 1, pieces: 'x'.repeat(20), ...extra } });
  }

  test('a guide comes in, and a file that is none is refused by name and changes nothing', async () => {
    const [good, page] = [join(folder, 'guide.xml'), join(folder, 'expired.xml')];
    const start = new Date().toISOString().replaceAll(/[-:T]/g, '').slice(0, 14);
    const programme = `<programme start="${start}" channel="one"><title>News</title></programme>`;
    await writeFile(good, `<tv>${programme}</tv>`);
    await writeFile(page, '<html>Account expired</html>');
    const guide = ['--type', 'xmltv', '--name', 'My guide', '--json'];
    const first = await importer(good, ...guide);
    assert.equal(first.code, 0, first.stderr);
    const counts = { channels: 1, programmes: 1, refused: 0, outside: 0, reasons: [] };
    assert.deepEqual(JSON.parse(first.stdout), { name: 'My guide', ...counts });
    const second = await importer(page, ...guide);
    assert.equal(second.code, 1);
    assert.match(second.stdout, /"error":"guide.bad-file","reason":".*it is a web page"/);
    assert.match(second.stderr, /^refused My guide: .*it is a web page \(guide.bad-file\)$/m);
  });

  test('of a list of channels with bad entries the others come in, and each reason is counted', async () => {
    const [list, page] = [join(folder, 'list.m3u'), join(folder, 'page.m3u')];
    const bad = '#EXTINF:-1,Without an address\n'.repeat(3);
    await writeFile(list, `#EXTM3U\n${bad}#EXTINF:-1,One\nhttp://one.example/1.ts\n`);
    await writeFile(page, '<html>Account expired</html>');
    const provider = ['--type', 'm3u', '--name', 'My list', '--json'];
    const first = await importer(list, ...provider);
    assert.equal(first.code, 1, first.stderr);
    const said = JSON.parse(first.stdout) as {
      channels: number;
      refused: number;
      reasons: { reason: string; count: number }[];
      refusals: { line: number }[];
    };
    assert.deepEqual([said.channels, said.refused, said.reasons[0]?.count], [1, 3, 3]);
    assert.deepEqual(
      said.refusals.map(({ line }) => line),
      [2, 3, 4],
    );
    assert.match(first.stderr, /refused .*list\.m3u:2: /);
    const second = await importer(page, ...provider);
    assert.equal(second.code, 1);
    assert.match(second.stdout, /"error":"iptv.bad-playlist","reason":"this is no channel list/);
  });

  test('a folder is imported, what is refused is named, and a second time changes nothing', async () => {
    const inbox = join(folder, 'inbox');
    await mkdir(join(inbox, 'deeper'), { recursive: true });
    await writeFile(
      join(inbox, 'deeper', 'season.torrent'),
      torrent('Pioneer.One.S01', ['Pioneer.One.S01E01.mkv', '.pad/16', 'Pioneer.One.S01E02.mkv']),
    );
    await writeFile(join(inbox, 'broken.torrent'), torrent('x', ['x.mkv']).subarray(0, 30));
    const path = 'series/tt1748166:1:2';
    // Asked for before, so that the answer "nothing" is in the cache.
    const before = await streamsOf(path);
    for (let round = 0; round < 2; round++) {
      const run = await importer(
        inbox,
        '--type',
        'series',
        '--title',
        'Pioneer One',
        '--imdb',
        'tt1748166',
        '--json',
      );
      assert.equal(run.code, 1, run.stderr);
      const summary = JSON.parse(run.stdout) as Record<string, unknown>;
      assert.deepEqual([summary['done'], summary['imported'], summary['refused']], [2, 1, 1]);
      assert.match(run.stderr, /refused .*broken\.torrent: not a usable \.torrent file: it ends/);
      const added = (await streamsOf(path)).filter(
        (stream) => !before.some((old) => old.infoHash === stream.infoHash),
      );
      assert.deepEqual(
        added.map(({ fileIdx }) => fileIdx),
        [2],
      );
    }
  });

  test('a title that nobody knew is made, with the episodes that came', async () => {
    const file = join(folder, 'own.torrent');
    await writeFile(file, torrent('Our.Own.Show.S02', ['Our.Own.Show.S02E05.mkv']));
    assert.deepEqual(await streamsOf('series/tt7777777:2:5'), []);
    const run = await importer(
      file,
      '--type',
      'series',
      '--title',
      'Our Own Show',
      '--year',
      '2020',
      '--imdb',
      'tt7777777',
    );
    assert.equal(run.code, 0, run.stderr);
    const streams = await streamsOf('series/tt7777777:2:5');
    assert.equal(streams.length, 1);
    const { meta } = jsonOf(await rawRequest(`${app.baseUrl}/meta/series/tt7777777.json`)) as {
      meta: { name: string; videos: { season: number; episode: number }[] };
    };
    assert.equal(meta.name, 'Our Own Show');
    assert.deepEqual(
      meta.videos.map(({ season, episode }) => [season, episode]),
      [[2, 5]],
    );
  });

  test('of a private torrent it says that lists leave it out', async () => {
    const file = join(folder, 'members.torrent');
    await writeFile(file, torrent('Sintel.2010.1080p', ['Sintel.2010.1080p.mkv'], { private: 1 }));
    const line = { infoHash: 'c'.repeat(40), name: 'Sintel.2010', private: true };
    const lines = join(folder, 'members.ndjson');
    const title = { type: 'movie', imdb: 'tt1727587', name: 'Sintel', year: 2010 };
    await writeFile(lines, JSON.stringify({ ...line, title }));
    const run = await importer(file, lines, '--type', 'movie', '--imdb', 'tt1727587');
    assert.equal(run.code, 0, run.stderr);
    assert.match(run.stderr, /imported .*members\.torrent: .*lists leave it out: it is a private/);
    assert.match(run.stderr, /0 lines refused; lists leave out private torrents \(1\)/);
  });

  test('addresses: a video by its type and size, a page is refused', async () => {
    const server = createServer((request, response) => {
      const isVideo = request.url === '/Sintel.2010.720p.mp4';
      response.setHeader('content-type', isVideo ? 'video/mp4' : 'text/html');
      response.setHeader('content-length', isVideo ? '123456789' : '2');
      response.end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    try {
      const run = await importer(
        `${base}/Sintel.2010.720p.mp4`,
        `${base}/page`,
        'https://youtu.be/eRsGyueVLvQ',
        '--type',
        'movie',
        '--imdb',
        'tt1727587',
      );
      assert.match(run.stderr, /refused .*\/page: what is there is text\/html: expected a video/);
      const streams = await streamsOf('movie/tt1727587');
      assert.ok(streams.some(({ url }) => url === `${base}/Sintel.2010.720p.mp4`));
      assert.ok(streams.some(({ ytId }) => ytId === 'eRsGyueVLvQ'));
    } finally {
      server.close();
    }
  });

  test('with --watch, what comes while the rest is imported is imported, and what comes later', async () => {
    const inbox = join(folder, 'watched');
    await mkdir(inbox);
    const put = (name: string) =>
      writeFile(join(inbox, `${name}.torrent`), torrent(name, [`${name}.mkv`]));
    const server = createServer((_request, response) => {
      // The folder has been read by now: it comes first.
      void put('Sintel.2010.720p').then(() => response.writeHead(404).end());
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.mp4`;
    const controller = new AbortController();
    let told = '';
    const heard = async (text: RegExp) => {
      const isTold = () => Promise.resolve(text.test(told));
      assert.ok(await poll(isTold, { everyMs: 100, timeoutMs: 30_000 }), told);
    };
    const running = runProgram(
      ['import', inbox, address, '--watch', '--type', 'movie', '--imdb', 'tt1727587'],
      { ...QUIET, POSTGRES_URI: app.databaseUri ?? '', DATA_DIR: join(folder, 'data') },
      { stop: controller.signal, onStderr: (text) => void (told += text) },
    );
    try {
      await heard(/imported .*Sintel\.2010\.720p\.torrent/);
      await put('Sintel.2010.480p');
      await heard(/imported .*Sintel\.2010\.480p\.torrent/);
      assert.doesNotMatch(told, /720p\.torrent[^]*imported .*720p\.torrent/);
    } finally {
      controller.abort();
      await running;
      server.close();
    }
    assert.ok((await streamsOf('movie/tt1727587')).length > 0);
  });

  test('what cannot be told is refused with what to say', async () => {
    const run = await importer(
      `magnet:?xt=urn:btih:${'b'.repeat(40)}&dn=Some.Unheard.Of.Film.2019`,
    );
    assert.equal(run.code, 1);
    assert.match(run.stderr, /no title is known as "Some Unheard Of Film": name the type/);
    const wrong = await importer('nowhere.torrent');
    assert.match(wrong.stderr, /^nowhere\.torrent: ENOENT: expected a file, a folder/);
    const badYear = await importer('x', '--title', 'A', '--year', 'soon');
    assert.match(badYear.stderr, /--year is "soon": expected a whole number/);
  });

  test('says in one line why a provider is not taken', async () => {
    const address = 'http://provider.example/';
    const { code, stderr } = await importer(address, '--type', 'xtream', '--name', 'Account');
    assert.notEqual(code, 0);
    assert.match(stderr, /Account: url: expected an address like .* \(iptv\.bad-provider\)/);
    assert.doesNotMatch(stderr, /\n\s+at /);
  });
});
