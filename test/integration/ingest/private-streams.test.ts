/**
 * What a profile brings for itself is in its lists and nowhere else: not in those of others, in catalogues, the indexer, dumps,
 * logs, nor in anything cached for others. With one process, and with two on one Redis.
 */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { poll } from '../../../src/lib/async/wait.ts';
import { bencode } from '../../support/bencode.ts';
import { CANARY, canaryIn } from '../../support/canaries.ts';
import { ask, send, type Answer } from '../../support/configure-requests.ts';
import { monitorRedis, type RedisMonitor } from '../../support/redis-monitor.ts';
import { startRedisServer, type RedisServer } from '../../support/redis-server.ts';
import { runProgram } from '../../support/run-program.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';

const KEY = 'key-of-the-operators';
/** In names, beside the canary: to be searched for. */
const WORD = 'quokkabird';
const HASH = 'ca'.repeat(20);
const SINTEL = 'movie/tt1727587';
const PIONEER = 'series/tt1748166:1:2';
const STREAMS_MAX = 6;
const QUIET = {
  CINEMETA_URL: 'none',
  ANIME_LIST_URL: 'none',
  // On a machine that others use, too.
  ENABLE_BROWNOUT: 'false',
  HTTP_TURN_BUDGET_MS: '0',
};

interface Owner {
  readonly profile: string;
  readonly key: string;
}

const TORRENT = bencode({
  'announce-list': [[`https://tracker.example/${CANARY}`]],
  info: {
    files: [1, 2].map((episode) => ({
      length: 400_000_000,
      path: [`Pioneer.One.S01E0${episode}.${CANARY}.mkv`],
    })),
    name: `Pioneer.One.S01.${CANARY}`,
    'piece length': 1,
    pieces: 'x'.repeat(20),
  },
});

for (const mode of ['external-1', 'external-2'] as const)
  describe(
    `private streams, ${mode}`,
    { skip: appModes().includes(mode) ? false : 'needs PgBouncer and redis-server' },
    () => {
      let app: RunningApp;
      let redis: RedisServer;
      let monitor: RedisMonitor;
      let videos: Server;
      let owner: Owner;
      let other: Owner;
      let videoUrl = '';

      before(async () => {
        redis = await startRedisServer();
        monitor = await monitorRedis(redis.port);
        videos = createServer((_request, response) => {
          response.writeHead(200, { 'content-type': 'video/mp4', 'content-length': '900000000' });
          response.end();
        }).listen(0, '127.0.0.1');
        await once(videos, 'listening');
        const { port } = videos.address() as AddressInfo;
        videoUrl = `http://127.0.0.1:${port}/${CANARY}/Sintel.2010.mp4`;
        app = await startApp({
          mode,
          environment: {
            ...QUIET,
            REDIS_URL: redis.url,
            API_PASSWORD: KEY,
            IS_PUBLIC_INSTANCE: 'true',
            WORKER_SINGLE_MODE: 'true',
            FETCH_ALLOW_PRIVATE: '127.0.0.1',
            LOG_LEVEL: 'debug',
            ENABLE_METRICS_ENDPOINT: 'true',
            PRIVATE_STREAMS_MAX: String(STREAMS_MAX),
            USER_IMPORTS_PER_MINUTE_MAX: '1000',
          },
        });
        owner = await newProfile();
        other = await newProfile();
      });
      after(async () => {
        monitor.close();
        videos.close();
        await app[Symbol.asyncDispose]();
        await redis[Symbol.asyncDispose]();
      });

      async function newProfile(): Promise<Owner> {
        const { json } = await ask(`${app.baseUrl}/profiles`, send('POST', { mspr: 0, mxs: 100 }));
        return { profile: String(json['profile']), key: String(json['owner_key']) };
      }

      const bring = (tail: string, body: object | Buffer, who = owner, key = who.key) =>
        ask(
          `${app.baseUrl}/profiles/${who.profile}/import${tail}`,
          Buffer.isBuffer(body)
            ? { method: 'POST', body: new Uint8Array(body), headers: { 'x-owner-key': key } }
            : send('POST', body, { 'x-owner-key': key }),
        );
      /** On a connection of its own: whichever process takes it. */
      const get = (path: string, headers: Record<string, string> = {}) =>
        ask(app.baseUrl + path, { headers: { ...headers, connection: 'close' } });
      const list = async (who: Owner | null, what: string) =>
        (await get(`${who === null ? '' : `/${who.profile}`}/stream/${what}.json`)).text;
      const shows = (who: Owner, what: string, text: string) =>
        poll(
          async () => {
            for (let repeat = 0; repeat < 6; repeat++)
              if (!(await list(who, what)).includes(text)) return false;
            return true;
          },
          { everyMs: 100, timeoutMs: 15_000 },
        );
      const stored = (who: Owner, key = who.key) =>
        ask(`${app.baseUrl}/profiles/${who.profile}/streams`, { headers: { 'x-owner-key': key } });
      const idsOf = ({ json }: Answer) =>
        (json['items'] as readonly { readonly id: number }[]).map(({ id }) => id);

      test('they are in the lists of whoever brought them, in every process', async () => {
        for (const what of [SINTEL, PIONEER])
          for (const who of [owner, other, null]) await list(who, what);
        const magnet = `magnet:?xt=urn:btih:${HASH}&dn=Sintel.2010.1080p.${WORD}.${CANARY}`;
        const looked = await bring('/analyze', { link: magnet });
        assert.equal((looked.json['title'] as { name: string }).name, 'Sintel', looked.text);
        assert.ok(!(await list(owner, SINTEL)).includes(HASH), 'an analysis changes nothing');
        for (const [tail, body] of [
          ['', { link: magnet }],
          ['', TORRENT],
          ['', { link: videoUrl, title: { type: 'movie', imdb: 'tt1727587' } }],
        ] as const) {
          const answer = await bring(tail, body);
          assert.equal(answer.status, 200, answer.text);
          assert.equal(answer.json['visibility'], 'private');
        }
        assert.ok(await shows(owner, SINTEL, HASH), await list(owner, SINTEL));
        assert.ok((await list(owner, SINTEL)).includes(videoUrl));
        assert.ok(await shows(owner, PIONEER, `Pioneer.One.S01E02.${CANARY}.mkv`));
        const { items, total } = (await stored(owner)).json as { items: object[]; total: number };
        assert.equal(total, 3);
        assert.equal(items.length, 3);
        const again = await bring('', { link: magnet });
        assert.equal(again.status, 200);
        assert.equal((await stored(owner)).json['total'], 3, 'the same one replaces itself');
      });

      test('lines become a job that its owner and the operator may look at', async () => {
        const line = {
          infoHash: `${HASH.slice(0, 38)}01`,
          name: `Sintel.2010.720p.${CANARY}`,
          title: { type: 'movie', imdb: 'tt1727587' },
        };
        const unknown = {
          ...line,
          title: { type: 'movie', name: `Unheard ${CANARY}`, year: 2019 },
        };
        const body = Buffer.from([line, unknown, 'x'].map((one) => JSON.stringify(one)).join('\n'));
        const queued = await bring('/lines', body);
        assert.equal(queued.status, 202, queued.text);
        const path = String(queued.json['poll']);
        const asOwner = { 'x-owner-key': owner.key };
        let job: Answer['json'] = {};
        const isOver = async () => {
          job = (await get(path, asOwner)).json;
          return job['state'] === 'succeeded' || job['state'] === 'failed';
        };
        assert.ok(await poll(isOver, { everyMs: 100, timeoutMs: 60_000 }), JSON.stringify(job));
        assert.deepEqual(job['result'], { lines: 3, imported: 1, refused: 2 });
        assert.match(JSON.stringify(job['log']), /line 2: no title is known.*line 3: /s);
        const [bare = ''] = path.split('?');
        const asOther = { 'x-owner-key': other.key };
        assert.equal((await get(`${bare}?profile=${other.profile}`, asOther)).status, 404);
        assert.equal((await get(path, asOther)).status, 403);
        assert.ok([401, 403].includes((await get(bare)).status));
        assert.equal((await get(bare, { 'x-api-key': KEY })).status, 200);
        assert.ok(await shows(owner, SINTEL, line.infoHash));
      });

      test('nobody else is shown anything of them', async () => {
        for (let repeat = 0; repeat < 4; repeat++)
          for (const what of [SINTEL, PIONEER]) {
            assert.notEqual(canaryIn(await list(owner, what)), null);
            for (const who of [other, null]) {
              const text = await list(who, what);
              assert.equal(canaryIn(text), null, text);
              assert.ok(!text.includes(HASH.slice(0, 38)), text);
            }
          }
        const asOperator = { 'x-api-key': KEY };
        for (const [path, headers] of [
          ['/manifest.json', {}],
          ['/catalog/movie/latest.json', {}],
          [`/catalog/movie/search/search=${WORD}.json`, {}],
          [`/${owner.profile}/catalog/movie/search/search=Unheard.json`, {}],
          ['/meta/movie/tt1727587.json', {}],
          [`/torznab/api?t=search&q=${WORD}`, asOperator],
          ['/torznab/api?t=movie&imdbid=tt1727587', asOperator],
          ['/torznab/api?t=search', asOperator],
          ['/metrics', {}],
          ['/api/v1/admin/exceptions', asOperator],
          ['/api/v1/admin/metrics', asOperator],
          ['/api/v1/admin/metrics/request-metrics/recent', asOperator],
        ] as const) {
          const { text } = await get(path, headers);
          assert.equal(canaryIn(text), null, `${path} ${text}`);
          assert.ok(!text.includes(HASH), path);
        }
        const { status, text } = await stored(other);
        assert.equal(status, 200);
        assert.equal(canaryIn(text), null);
        assert.equal((await stored(owner, other.key)).status, 403);
        const [first] = idsOf(await stored(owner));
        const taken = await ask(`${app.baseUrl}/profiles/${other.profile}/streams/${first}`, {
          method: 'DELETE',
          headers: { 'x-owner-key': other.key },
        });
        assert.equal(taken.status, 404, taken.text);
        assert.equal((await bring('', { link: 'x' }, owner, other.key)).status, 403);
      });

      test('neither a dump nor another table nor a key of others in Redis has them', async () => {
        const uri = app.databaseUri ?? '';
        const dump = await runProgram(['export'], {
          ...QUIET,
          POSTGRES_URI: uri,
          POSTGRES_MIGRATE_URI: uri,
        });
        assert.equal(dump.code, 0, dump.stderr);
        assert.match(dump.stdout, /Sintel/);
        assert.equal(canaryIn(dump.stdout), null);
        const sql = postgres(uri, { max: 1 });
        try {
          const tables = await sql<{ readonly name: string }[]>`
            SELECT quote_ident(table_name) AS name FROM information_schema.tables
            WHERE table_schema = 'public' AND table_type = 'BASE TABLE' AND table_name NOT LIKE 'private\\_stream%'`;
          assert.ok(tables.length > 20);
          for (const { name } of tables) {
            const rows = await sql.unsafe<{ readonly row: string }[]>(
              `SELECT t::text AS row FROM ${name} t LIMIT 20000`,
            );
            assert.equal(canaryIn(rows.map(({ row }) => row).join('\n')), null, name);
          }
        } finally {
          await sql.end();
        }
        const id = owner.profile.slice(2);
        const said = monitor.said().split('\n');
        assert.ok(said.some((line) => line.includes('private-stream-set') && line.includes(id)));
        for (const line of said)
          if (!line.includes(id)) assert.equal(canaryIn(line), null, line.slice(0, 500));
      });

      test('a profile may have so many, and what it deletes is gone', async () => {
        const magnets = [2, 3].map(
          (at) => `magnet:?xt=urn:btih:${HASH.slice(0, 38)}0${at}&dn=Sintel.2010.480p`,
        );
        for (const link of magnets) assert.equal((await bring('', { link })).status, 200);
        const more = await bring('', {
          link: `magnet:?xt=urn:btih:${'9'.repeat(40)}&dn=Sintel.2010.480p`,
        });
        assert.equal(more.status, 409, more.text);
        assert.match(more.text, /import\.quota.*may have 6 private streams/);
        const ids = idsOf(await stored(owner));
        assert.equal(ids.length, STREAMS_MAX);
        for (const id of ids) {
          const gone = await ask(`${app.baseUrl}/profiles/${owner.profile}/streams/${id}`, {
            method: 'DELETE',
            headers: { 'x-owner-key': owner.key },
          });
          assert.equal(gone.status, 200, gone.text);
        }
        const isGone = async () => canaryIn(await list(owner, PIONEER)) === null;
        assert.ok(await poll(isGone, { everyMs: 100, timeoutMs: 15_000 }));
        assert.ok(!(await list(owner, SINTEL)).includes(HASH));
      });

      test('what a user may not, or that is no title, is refused in words', async () => {
        const link = `magnet:?xt=urn:btih:${HASH}&dn=Sintel.2010`;
        const open = await bring('', { link, visibility: 'public' });
        assert.equal(open.status, 403, open.text);
        assert.match(open.text, /import\.not-allowed.*for themselves alone/);
        const unknown = await bring('', {
          link,
          title: { type: 'movie', name: 'Unheard Of', year: 2019 },
        });
        assert.equal(unknown.status, 422, unknown.text);
        assert.match(unknown.text, /an import for one profile makes none/);
        for (const [body, message] of [
          [TORRENT.subarray(0, 90), /not a usable \.torrent file/],
          [Buffer.from(`${'d1:a'.repeat(100)}i1e${'e'.repeat(100)}`), /nested more than/],
          [Buffer.from('{"link'), /JSON object/],
          [{}, /expected a \.torrent file as the body, or an object/],
        ] as const) {
          const broken = await bring('', body);
          assert.equal(broken.status, 400, broken.text);
          assert.match(broken.text, message);
        }
        assert.equal((await bring('/lines', Buffer.alloc(2 ** 20 + 1, 0x20))).status, 413);
        assert.equal((await stored(owner)).json['total'], 0, 'nothing of it is there');
        const secret = await bring('', { link: `${videoUrl}?token=1` });
        assert.equal(secret.status, 400, secret.text);
        assert.match(secret.text, /has a key or a password in it/);
      });

      test('no log', async () => {
        assert.equal(await app.stop('SIGTERM'), 0);
        assert.equal(canaryIn(app.output()), null);
      });
    },
  );
