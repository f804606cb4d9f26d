/** Channels that go through the server: one connection for all, failover while a real player plays, slots, limits, headers. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { get as httpGet, type IncomingMessage } from 'node:http';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import { poll } from '../../../src/lib/async/wait.ts';
import { skipWithout } from '../../support/own-program.ts';
import { eventually } from '../../support/processes.ts';
import { startApp, type RunningApp } from '../../support/start-app.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import {
  playPieces,
  startTvProvider,
  testPicture,
  testPieces,
  type TvProvider,
} from '../../support/tv-provider.ts';

const KEY = 'a-key-of-this-test';
const LIMIT_MS = 60_000;
const skip = skipWithoutPostgres || skipWithout('ffmpeg');

interface Watching extends Disposable {
  readonly response: IncomingMessage;
  readonly bytes: () => number;
  readonly isOver: () => boolean;
}

describe('channels through the server', { skip }, () => {
  let app: RunningApp;
  let tv: TvProvider;
  let sql: postgres.Sql;
  const ids = new Map<string, string>();

  before(async () => {
    const [red, blue] = await Promise.all([testPicture('red', 30), testPicture('blue', 30)]);
    tv = await startTvProvider({
      '/red.ts': red,
      '/blue.ts': blue,
      '/one.ts': red,
      '/two.ts': blue,
    });
    app = await startApp({
      mode: 'external-1',
      directDatabase: true,
      environment: {
        CINEMETA_URL: 'none',
        ANIME_LIST_URL: 'none',
        REDIS_URL: '',
        WORKER_SINGLE_MODE: 'true',
        API_PASSWORD: KEY,
        FETCH_ALLOW_PRIVATE: '127.0.0.1',
      },
    });
    sql = postgres(app.databaseUri ?? '', { max: 1, onnotice: () => undefined });
    await provider('First', 0, [
      ['Colours', '/red.ts'],
      ['List', '/red/index.m3u8'],
      ['Choice', '/first/index.m3u8'],
      ['Gone', '/gone.ts'],
      ['Page', '/page.ts'],
    ]);
    await provider('Second', 0, [
      ['Colours', '/blue.ts'],
      ['List', '/blue/index.m3u8'],
      ['Choice', '/second/index.m3u8'],
    ]);
    await provider('Small', 1, [
      ['One', '/one.ts'],
      ['Two', '/two.ts'],
    ]);
    const base = await viewer({ name: 'everything' });
    const list = await (await fetch(`${base}/playlist.m3u`)).text();
    for (const [, name = '', id = ''] of list.matchAll(/,(\w+)\n\S*\/live\/(\w+)/g))
      ids.set(name, id);
  });
  after(async () => {
    // What did not start is not there.
    const opened: readonly (AsyncDisposable | undefined)[] = [app, tv];
    await sql?.end({ timeout: 5 });
    for (const one of opened) await one?.[Symbol.asyncDispose]();
  });

  async function operator(method: string, path: string, body?: object | string) {
    const response = await fetch(`${app.baseUrl}/api/v1${path}`, {
      method,
      headers: { 'x-api-key': KEY },
      ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    assert.equal(response.status, 200, text);
    return JSON.parse(text) as Record<string, unknown>;
  }

  async function provider(name: string, slots: number, entries: [string, string][]): Promise<void> {
    const settings = { name, mode: 'proxy', slots_max: slots };
    const { id } = await operator('POST', '/iptv/providers', settings);
    const list = entries.map(
      ([title, path]) =>
        `#EXTINF:-1 ,${title}\n#EXTVLCOPT:http-user-agent=Player/1\n#EXTVLCOPT:http-referrer=http://page.example/\n${tv.url}${path}`,
    );
    const { job } = await operator(
      'POST',
      `/iptv/providers/${String(id)}/playlist`,
      ['#EXTM3U', ...list].join('\n'),
    );
    const isOver = async () => {
      const { state } = await operator('GET', `/admin/tasks/${String(job)}`);
      return state === 'succeeded';
    };
    assert.ok(await poll(isOver, { everyMs: 50, timeoutMs: LIMIT_MS }));
  }

  async function viewer(said: object): Promise<string> {
    const { m3u } = await operator('POST', '/iptv/viewers', said);
    return String(m3u).replace('/playlist.m3u', '');
  }

  const urlOf = (base: string, name: string) => `${base}/live/${ids.get(name)}`;

  function watch(url: string): Promise<Watching> {
    return new Promise((resolve, reject) => {
      const request = httpGet(url, { agent: false }, (response) => {
        let bytes = 0;
        let isOver = false;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
        });
        response.on('close', () => {
          isOver = true;
        });
        response.on('error', () => undefined);
        resolve({
          response,
          bytes: () => bytes,
          isOver: () => isOver,
          [Symbol.dispose]: () => request.destroy(),
        });
      });
      request.on('error', reject);
    });
  }

  const connections = (path: string) => tv.open.get(path) ?? 0;
  const slots = async () =>
    (await sql<{ n: number }[]>`select count(*)::int as n from iptv_slot`)[0]?.n;

  test('share one connection, which ends after the last of them; HEAD opens none', async () => {
    const url = urlOf(await viewer({ name: 'shared' }), 'Colours');
    const head = await fetch(url, { method: 'HEAD' });
    assert.deepEqual([head.status, head.headers.get('content-type')], [200, 'video/mp2t']);
    assert.equal(tv.requests.length, 0);
    const watching = await Promise.all(Array.from({ length: 200 }, () => watch(url)));
    const statuses = watching.map(({ response }) => response.statusCode);
    assert.deepEqual([...new Set(statuses)], [200], String(statuses));
    await eventually('all get a picture', LIMIT_MS, () =>
      watching.every(({ bytes }) => bytes() > 60_000),
    );
    assert.equal(connections('/red.ts'), 1);
    assert.equal(tv.mostOpen, 1);
    const [asked] = tv.requests;
    assert.deepEqual(
      [asked?.headers['user-agent'], asked?.headers['referer']],
      ['Player/1', 'http://page.example/'],
    );
    for (const one of watching) one[Symbol.dispose]();
    await eventually('it is closed', LIMIT_MS, () => connections('/red.ts') === 0);
  });

  test('go on with the next source inside 3 s while a real player plays', async () => {
    const url = urlOf(await viewer({ name: 'player' }), 'Colours');
    for (const breakIt of [() => tv.cut('/red.ts'), () => tv.silent.add('/red.ts')]) {
      const player = play(url);
      try {
        await eventually(
          'the first picture',
          LIMIT_MS,
          () => player.frames.at(-1)?.colour === 'red',
        );
        await eventually('it plays', LIMIT_MS, () => player.frames.length > 20);
        breakIt();
        await eventually(
          'the other picture',
          LIMIT_MS,
          () => player.frames.at(-1)?.colour === 'blue',
        );
        const at = player.frames.findIndex(({ colour }) => colour === 'blue');
        const gapMs = (player.frames[at]?.atMs ?? 0) - (player.frames[at - 1]?.atMs ?? 0);
        assert.ok(gapMs < 3000, `${gapMs} ms without a picture`);
        const before = player.frames.length;
        await eventually('it goes on', LIMIT_MS, () => player.frames.length > before + 20);
        assert.equal(player.isOver(), false, player.said());
      } finally {
        player.stop();
        tv.silent.clear();
      }
      await eventually('all is closed', LIMIT_MS, () => connections('/blue.ts') === 0);
    }
  });

  /** What ffmpeg shows, frame by frame. */
  function play(url: string) {
    const child = spawn(
      'ffmpeg',
      [
        ['-v', 'error', '-probesize', '50000', '-analyzeduration', '500000', '-i', url],
        ['-vf', 'scale=1:1', '-vsync', 'passthrough', '-f', 'rawvideo', '-pix_fmt', 'rgb24'],
        ['-flush_packets', '1', 'pipe:1'],
      ].flat(),
    );
    const frames: { colour: 'red' | 'blue'; atMs: number }[] = [];
    let rest = Buffer.alloc(0);
    let said = '';
    let isOver = false;
    child.stdout.on('data', (chunk: Buffer) => {
      rest = Buffer.concat([rest, chunk]);
      for (; rest.length >= 3; rest = rest.subarray(3)) {
        const colour = (rest[0] ?? 0) > (rest[2] ?? 0) ? 'red' : 'blue';
        frames.push({ colour, atMs: performance.now() });
      }
    });
    child.stderr.on('data', (chunk: Buffer) => {
      said += chunk.toString();
    });
    child.on('close', () => {
      isOver = true;
    });
    return { frames, said: () => said, isOver: () => isOver, stop: () => child.kill('SIGKILL') };
  }

  test('play playlists, with every address leading here, and go on with those of the next source', async () => {
    const [red, blue] = await Promise.all([testPieces('red', 60), testPieces('blue', 60)]);
    playPieces(tv.answers, '/red', red);
    playPieces(tv.answers, '/blue', blue);
    const url = urlOf(await viewer({ name: 'playlists' }), 'List');
    const master = await (await fetch(url)).text();
    const variant = master.split('\n').find((line) => line.startsWith('http')) ?? '';
    const list = await (await fetch(variant)).text();
    assert.match(list, /\/hls\/\w+\/[\w-]+\/part\.ts\n/);
    for (const text of [master, list])
      assert.ok(!text.includes(tv.url) && !text.includes('canary'));
    const player = play(url);
    try {
      await eventually('the first picture', LIMIT_MS, () => player.frames.length > 20);
      assert.equal(player.frames.at(-1)?.colour, 'red');
      tv.answers.set('/red/live', (response) => response.writeHead(500).end());
      await eventually(
        'the other picture',
        LIMIT_MS,
        () => player.frames.at(-1)?.colour === 'blue',
      );
      const before = player.frames.length;
      await eventually('it goes on', LIMIT_MS, () => player.frames.length > before + 20);
      const later = await (await fetch(variant)).text();
      const number = (text: string) => Number(/MEDIA-SEQUENCE:(\d+)/.exec(text)?.[1]);
      assert.ok(number(later) > number(list), `${list}${later}`);
    } finally {
      player.stop();
    }
  });

  test('are one playlist for all who watch, whatever source they ask for', async () => {
    for (const path of ['/first', '/second']) playPieces(tv.answers, path, []);
    const open = async (base: string, query: string) => {
      const from = tv.requests.length;
      const master = await (await fetch(urlOf(base, 'Choice') + query)).text();
      await (await fetch(master.split('\n').find((line) => line.startsWith('http')) ?? '')).text();
      const paths = tv.requests.slice(from).map(({ path }) => path.split('/')[1]);
      return [...new Set(paths)];
    };
    const one = await viewer({ name: 'chooses' });
    const other = await viewer({ name: 'comes later' });
    assert.deepEqual(await open(one, ''), ['first']);
    assert.deepEqual(await open(one, '?source=1'), ['second']);
    for (const query of ['', '?source=1', ''])
      assert.ok(!(await open(other, query)).includes('first'), query);
    assert.ok(!(await open(one, '')).includes('first'));
  });

  test('say why none plays', async () => {
    tv.answers.set('/page.ts', (response) => {
      response.writeHead(200, { 'content-type': 'text/html' }).end('<html>account expired</html>');
    });
    const base = await viewer({ name: 'unlucky' });
    for (const [name, said] of [
      ['Gone', /status 404/],
      ['Page', /page in place of a stream/],
    ] as const) {
      const answer = await fetch(urlOf(base, name));
      const text = await answer.text();
      assert.deepEqual([answer.status, text.includes('iptv.source-failed')], [503, true], text);
      assert.match(text, said);
      assert.ok(!text.includes(tv.url));
    }
  });

  test('take a slot of the account, give it back on every way, and are refused without one', async () => {
    const base = await viewer({ name: 'zapping' });
    const first = await watch(urlOf(base, 'One'));
    using second = await watch(urlOf(await viewer({ name: 'other' }), 'One'));
    await eventually('both see it', LIMIT_MS, () => first.bytes() > 0 && second.bytes() > 0);
    assert.equal(await slots(), 1);
    const refused = await fetch(urlOf(base, 'Two'));
    assert.deepEqual(
      [refused.status, (await refused.text()).includes('iptv.no-slot')],
      [503, true],
    );
    first[Symbol.dispose]();
    second[Symbol.dispose]();
    // The channel that was left lingers, and makes way.
    using third = await watch(urlOf(base, 'Two'));
    assert.equal(third.response.statusCode, 200);
    assert.equal(await slots(), 1);
    assert.equal(connections('/one.ts'), 0);
    tv.cut('/two.ts');
    await eventually('it comes back by itself', LIMIT_MS, () => connections('/two.ts') === 1);
    third[Symbol.dispose]();
    await eventually('no slot is held', LIMIT_MS, async () => (await slots()) === 0);
  });

  test('have the slot of a process that died once its lease is over', async () => {
    const url = urlOf(await viewer({ name: 'heir' }), 'One');
    const dead = async (lease: string) => {
      await sql`insert into iptv_slot (provider_id, expires_at)
        select provider_id, now() + ${lease}::interval from iptv_provider where name = 'Small'`;
    };
    await dead('1 hour');
    assert.equal((await fetch(url)).status, 503);
    await sql`update iptv_slot set expires_at = now()`;
    using heir = await watch(url);
    assert.deepEqual([heir.response.statusCode, await slots()], [200, 1]);
  });

  test('end when the token of their viewer is revoked', async () => {
    const added = await operator('POST', '/iptv/viewers', { name: 'revoked' });
    const base = String(added['m3u']).replace('/playlist.m3u', '');
    using watching = await watch(urlOf(base, 'Colours'));
    await eventually('it plays', LIMIT_MS, () => watching.bytes() > 0);
    const { username, password } = added['xtream'] as { username: string; password: string };
    const login = `username=${username}&password=${password}`;
    const profile = await (await fetch(`${app.baseUrl}/player_api.php?${login}`)).text();
    assert.match(profile, /"active_cons":"1"/);
    await operator('DELETE', `/iptv/viewers/${String(added['id'])}`);
    await eventually('it ends', LIMIT_MS, () => watching.isOver());
    assert.equal((await fetch(urlOf(base, 'Colours'))).status, 403);
  });

  test('within their limit, the newest stream replaces the oldest; one channel opened often is one', async () => {
    const base = await viewer({ name: 'limited', streams_max: 1 });
    const same = await Promise.all(Array.from({ length: 5 }, () => watch(urlOf(base, 'Colours'))));
    await eventually('all of them play', LIMIT_MS, () => same.every(({ bytes }) => bytes() > 0));
    using newer = await watch(urlOf(base, 'One'));
    await eventually('the old ones end', LIMIT_MS, () => same.every(({ isOver }) => isOver()));
    const before = newer.bytes();
    await eventually('the new one plays', LIMIT_MS, () => newer.bytes() > before + 20_000);
    assert.equal(newer.isOver(), false);
    using again = await watch(urlOf(base, 'Colours'));
    await eventually('the other way round', LIMIT_MS, () => newer.isOver());
    assert.equal(again.response.statusCode, 200);
  });

  test('are sent no faster than the viewer may be', async () => {
    const fast = await viewer({ name: 'fast' });
    const slow = await viewer({ name: 'slow', kbits_max: 16 });
    using free = await watch(urlOf(fast, 'Colours'));
    using held = await watch(urlOf(slow, 'Colours'));
    await eventually('one is ahead', LIMIT_MS, () => free.bytes() > 100_000);
    assert.ok(held.bytes() < free.bytes() / 2, `${held.bytes()} and ${free.bytes()} bytes`);
  });
});
