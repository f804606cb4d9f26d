/** The API of imports: who may, what would be linked, what is linked, and files of lines as jobs that survive a restart. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { poll } from '../../../src/lib/async/wait.ts';
import { bencode } from '../../support/bencode.ts';
import { runProgram } from '../../support/run-program.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';

const QUIET = {
  CINEMETA_URL: 'none',
  ANIME_LIST_URL: 'none',
  REDIS_URL: '',
  // On a machine that others use, too.
  ENABLE_BROWNOUT: 'false',
  HTTP_TURN_BUDGET_MS: '0',
  WORKER_SINGLE_MODE: 'true',
};
const KEY = 'a-key-of-this-test';

interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

function databaseOf({ databaseUri }: RunningApp) {
  const uri = databaseUri ?? '';
  return { POSTGRES_URI: uri, POSTGRES_MIGRATE_URI: uri };
}

describe('the API of imports', { skip: skipWithoutPostgres }, () => {
  let app: RunningApp;
  let folder: string;
  let caches: Server;
  /** By infohash: what the cache of torrents answers. */
  const cached = new Map<string, Buffer>();
  let baseUrl: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-import-api-'));
    caches = createServer((request, response) => {
      const torrent = cached.get((request.url ?? '').slice(1, 41).toLowerCase());
      response.writeHead(torrent === undefined ? 404 : 200).end(torrent);
    }).listen(0, '127.0.0.1');
    await once(caches, 'listening');
    const { port } = caches.address() as AddressInfo;
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: {
        ...QUIET,
        API_PASSWORD: KEY,
        TORRENT_CACHE_URLS: `http://127.0.0.1:9/{infohash},http://127.0.0.1:${port}/{INFOHASH}.torrent`,
      },
    });
    ({ baseUrl } = app);
  });
  after(async () => {
    caches.close();
    await app[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(path: string, body?: Buffer | object, key = KEY): Promise<Answer> {
    const response = await fetch(`${baseUrl}/api/v1/import${path}`, {
      headers: { 'x-api-key': key },
      ...(body !== undefined && {
        method: 'POST',
        body: Buffer.isBuffer(body) ? new Uint8Array(body) : JSON.stringify(body),
      }),
    });
    return { status: response.status, body: (await response.json()) as Record<string, unknown> };
  }

  async function listOf(path: string): Promise<string> {
    const response = await fetch(`${baseUrl}/stream/${path}.json`, {
      headers: { 'x-api-key': KEY },
    });
    return response.text();
  }

  async function finished(id: unknown): Promise<Record<string, unknown>> {
    let last: Record<string, unknown> = {};
    const isOver = async () => {
      last = (await ask(`/job/${String(id)}`)).body;
      return last['state'] === 'succeeded' || last['state'] === 'failed';
    };
    assert.ok(await poll(isOver, { everyMs: 200, timeoutMs: 120_000 }), JSON.stringify(last));
    return last;
  }

  const info = {
    files: [
      { length: 400_000_000, path: ['Pioneer.One.S01E01.mkv'] },
      { length: 400_000_000, path: ['Pioneer.One.S01E02.mkv'] },
      { length: 9_000_000, path: ['Pioneer.One.Interview.mkv'] },
    ],
    name: 'Pioneer.One.S01.720p',
    'piece length': 1,
    pieces: 'x'.repeat(20),
  };
  const torrent = bencode({ info });

  test('only who has the key may', async () => {
    for (const path of ['/analyze', '', '/lines'])
      assert.ok([401, 403].includes((await ask(path, torrent, 'another')).status), path);
    assert.ok([401, 403].includes((await ask('/job/1', undefined, 'another')).status));
  });

  test('an analysis says title, links and what is left out, and changes nothing', async () => {
    const { status, body } = await ask('/analyze', torrent);
    assert.equal(status, 200, JSON.stringify(body));
    const { title, links, unlinked } = body as {
      title: { name: string; confidence: number; reason: string };
      links: { season: number; episode: number; file_index: number }[];
      unlinked: string[];
    };
    assert.equal(title.name, 'Pioneer One');
    assert.ok(title.confidence >= 0.7);
    assert.deepEqual(
      links.map(({ season, episode, file_index: file }) => [season, episode, file]),
      [
        [1, 1, 0],
        [1, 2, 1],
      ],
    );
    assert.deepEqual(unlinked, ['Pioneer.One.Interview.mkv']);
    assert.equal(body['hidden'], null);
    const hash = (body['stream'] as { info_hash: string }).info_hash;
    const list = await listOf('series/tt1748166:1:1');
    assert.ok(!list.includes(hash));
    const imported = await ask('', { torrent: torrent.toString('base64') });
    assert.equal(imported.status, 200, JSON.stringify(imported.body));
  });

  test('of a bare infohash a cache of torrents says name and files, if it is that torrent', async () => {
    const infohash = createHash('sha1').update(bencode(info)).digest('hex');
    cached.set(infohash, torrent);
    const { body } = await ask('/analyze', { link: infohash.toUpperCase() });
    const { stream, title, links } = body as {
      stream: { name: string };
      title: { name: string };
      links: { filename: string }[];
    };
    assert.equal(stream.name, 'Pioneer.One.S01.720p', JSON.stringify(body));
    assert.equal(title.name, 'Pioneer One');
    assert.deepEqual(
      links.map(({ filename }) => filename),
      ['Pioneer.One.S01E01.mkv', 'Pioneer.One.S01E02.mkv'],
    );
    const other = 'e'.repeat(40);
    for (const wrong of [torrent, torrent.subarray(0, 70), Buffer.from('<html>')]) {
      cached.set(other, wrong);
      const bare = await ask('/analyze', { link: other });
      assert.match(String(bare.body['problem']), /it has no name: say the title/);
    }
    const named = await ask('/analyze', { link: `magnet:?xt=urn:btih:${other}&dn=Sintel.2010` });
    assert.equal((named.body['title'] as { name: string }).name, 'Sintel', 'by hand it works');
  });

  test('ids of several titles are refused, and the titles named', async () => {
    const link = `magnet:?xt=urn:btih:${'f'.repeat(40)}&dn=Sintel.2010`;
    const title = { type: 'movie', imdb: 'tt1727587' };
    assert.equal((await ask('/analyze', { link, title })).body['is_sure'], true);
    const { status, body } = await ask('', { link, title: { ...title, tmdb: 10_378 } });
    assert.equal(status, 422, JSON.stringify(body));
    assert.match(JSON.stringify(body), /not sure which title it is \(Sintel .*; Big Buck Bunny /);
  });

  test('of a private torrent it says that lists leave it out', async () => {
    const film = {
      length: 9e8,
      name: 'Sintel.2010.mkv',
      'piece length': 1,
      pieces: 'x'.repeat(20),
    };
    const body = bencode({ info: { ...film, private: 1 } });
    const answer = await ask('?type=movie&imdb=tt1727587&title=Sintel&year=2010', body);
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    assert.match(String(answer.body['hidden']), /^lists leave it out: it is a private torrent/);
  });

  test('refusals say what is wrong and what is accepted', async () => {
    const cases: readonly (readonly [Buffer | object, number, RegExp])[] = [
      [{}, 400, /expected a \.torrent file as the body, or an object/],
      [Buffer.from('{"link'), 400, /JSON object/],
      [torrent.subarray(0, 60), 400, /not a usable \.torrent file/],
      [Buffer.from(`${'d1:a'.repeat(100)}i1e${'e'.repeat(100)}`), 400, /nested more than/],
      [{ link: 'ftp://a' }, 400, /nothing that can be imported/],
      [
        { link: `magnet:?xt=urn:btih:${'c'.repeat(40)}&dn=Unheard.Of.2019` },
        422,
        /no title is known/,
      ],
      [{ link: 'http://127.0.0.1:9/x.mkv' }, 403, /not a public address/],
      [{ link: 'x', title: { type: 'song' } }, 400, /nothing that can be imported|title\.type/],
    ];
    for (const [body, status, message] of cases) {
      const answer = await ask('', body);
      assert.equal(answer.status, status, JSON.stringify(answer.body));
      assert.match(JSON.stringify(answer.body), message);
    }
  });

  test('lines become a job, which names what it refuses', async () => {
    const lines = Array.from({ length: 200 }, (_, at) =>
      JSON.stringify({
        infoHash: `7${at.toString(16).padStart(39, '0')}`,
        name: `Film.${at}.2001.1080p`,
        title: { type: 'movie', imdb: `tt${500_000 + at}`, name: `Film ${at}`, year: 2001 },
      }),
    );
    lines[9] = 'broken';
    const { status, body } = await ask('/lines', Buffer.from(lines.join('\n')));
    assert.equal(status, 202, JSON.stringify(body));
    const job = await finished(body['job']);
    assert.equal(job['state'], 'succeeded', JSON.stringify(job));
    const { refused, lines: done } = job['result'] as { refused: number; lines: number };
    assert.deepEqual([done, refused], [200, 1]);
    assert.match(JSON.stringify(job['log']), /line 10: it is not JSON/);
    const list = await listOf('movie/tt0500011');
    assert.match(list, /"infoHash":"70+b"/);
  });

  test('a file is left to the server, and goes on after a restart where it was', async () => {
    const file = join(folder, 'many.ndjson');
    const count = 60_000;
    const lines = Array.from({ length: count }, (_, at) =>
      JSON.stringify({
        infoHash: `8${at.toString(16).padStart(39, '0')}`,
        name: `Film.${at % 50}.2002.1080p.WEB.x264-GRP`,
        title: {
          type: 'movie',
          imdb: `tt${600_000 + (at % 50)}`,
          name: `Film ${at % 50}`,
          year: 2002,
        },
      }),
    );
    await writeFile(file, lines.join('\n'));
    const run = await runProgram(['import', file, '--background'], {
      ...QUIET,
      ...databaseOf(app),
      DATA_DIR: folder,
    });
    assert.equal(run.code, 0, run.stderr);
    const id = /job\/([\w-]+)\)/.exec(run.stderr)?.[1];
    const sql = postgres(app.databaseUri ?? '', { max: 1 });
    try {
      const stored = async () =>
        (await sql`SELECT count(*)::int AS n FROM stream WHERE name LIKE 'Film.%.2002.%'`)[0]?.[
          'n'
        ] as number;
      const hasBegun = async () => (await stored()) >= 20_000;
      assert.ok(await poll(hasBegun, { everyMs: 100, timeoutMs: 120_000 }), 'it did not begin');
      await app.stop('SIGKILL');
      assert.ok((await stored()) < count, 'it was stopped too late for a test');
      await using other = await startApp({
        mode: 'external-1',
        directDatabase: true,
        environment: { ...QUIET, API_PASSWORD: KEY, ...databaseOf(app) },
      });
      baseUrl = other.baseUrl;
      const job = await finished(id);
      assert.equal(job['state'], 'succeeded', JSON.stringify(job));
      assert.equal(await stored(), count, JSON.stringify(job));
    } finally {
      await sql.end();
    }
  });
});
