/** What real players make of playback links: mpv and VLC by themselves, and Kodi's requests as it sends them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test, type TestContext } from 'node:test';
import postgres from 'postgres';
import { ask, send } from '../../support/configure-requests.ts';
import { startFilmServer, type FilmServer } from '../../support/film-server.ts';
import { skipWithout } from '../../support/own-program.ts';
import { makeFilm } from '../../support/seeded-film.ts';
import { appModes, startApp, type RunningApp } from '../../support/start-app.ts';
import { DebridCloud } from '../../support/upstreams/debrid-cloud.ts';
import type { FakeUpstream } from '../../support/upstreams/fake-upstream.ts';
import { startRealDebrid } from '../../support/upstreams/realdebrid.ts';
import { tapInto, type WireTap } from '../../support/wire-tap.ts';

const TOKEN = 'CANARY7f3a9token1234567890';
const MODE = appModes().includes('external-2') ? 'external-2' : 'embedded';
const FILM_SECONDS = 12;
const PLAYER_TIMEOUT_MS = 60_000;
/** VLC does not run as root. */
const NOBODY = 65_534;

/** What it printed; rejects where it fails or does not end. */
async function played(command: string, parameters: readonly string[], home: string) {
  const isRoot = process.getuid?.() === 0;
  return new Promise<string>((resolve, reject) => {
    execFile(
      command,
      [...parameters],
      {
        timeout: PLAYER_TIMEOUT_MS,
        env: { PATH: process.env['PATH'] ?? '', HOME: home, XDG_RUNTIME_DIR: home },
        ...(isRoot && { uid: NOBODY, gid: NOBODY }),
      },
      (error, stdout, stderr) => {
        if (error === null) resolve(stdout + stderr);
        else reject(new Error(`${command}: ${stdout}${stderr}`, { cause: error }));
      },
    );
  });
}

const MPV = ['--no-config', '--vo=null', '--ao=null', '--untimed', '--msg-level=all=info'];
const VLC = [
  '-I',
  'dummy',
  '--vout',
  'dummy',
  '--aout',
  'dummy',
  '--no-audio',
  '--ignore-config',
  '--no-metadata-network-access',
];

describe('players', { skip: skipWithout('ffmpeg') }, () => {
  const cloud = new DebridCloud();
  let folder: string;
  let films: FilmServer;
  let service: FakeUpstream;
  let app: RunningApp;
  let tap: WireTap;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-players-'));
    await chmod(folder, 0o777);
    // Its index is at the end, as ffmpeg writes it.
    films = await startFilmServer(await makeFilm(join(folder, 'film.mp4'), FILM_SECONDS));
    cloud.cached.contentBase = films.url;
    service = await startRealDebrid(cloud);
    app = await startApp({
      mode: MODE,
      environment: { REALDEBRID_URL: service.url, FETCH_ALLOW_PRIVATE: '127.0.0.1' },
    });
    tap = await tapInto(app.baseUrl);
  });
  beforeEach(() => {
    films.requests.length = 0;
    films.failures = 0;
  });
  after(async () => {
    for (const one of [tap, app, service, films]) await one[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  /** A link of an account of its own, by way of the tap. */
  const linkOf = async (name: string): Promise<string> => {
    cloud.account(`${TOKEN}${name}`);
    const config = { sps: [{ sv: 'realdebrid', tk: `${TOKEN}${name}` }] };
    const { json } = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
    const path = `streaming_provider/${String(json['encrypted_str'])}/playback/realdebrid`;
    return `${tap.url}/${path}/${cloud.cached.infohash}`;
  };
  const linksMade = () =>
    service.asked.filter(({ path }) => path.endsWith('/unrestrict/link')).length;
  const playsCounted = async (databaseUri: string): Promise<number> => {
    const sql = postgres(databaseUri, { max: 1 });
    try {
      const [row] = await sql<{ readonly plays: number }[]>`
        SELECT c.playback_count AS plays FROM stream_counter c JOIN stream s USING (stream_id)
        WHERE s.content_key = ${Buffer.from(cloud.cached.infohash, 'hex')}`;
      return row?.plays ?? 0;
    } finally {
      await sql.end();
    }
  };
  const sizeOf = () => films.requests.map(({ range }) => Number(/\d+/.exec(range)?.[0] ?? 0));

  for (const [player, skip, whole, part] of [
    ['mpv', skipWithout('mpv'), MPV, [...MPV, '--start=8', '--length=1']],
    [
      'vlc',
      skipWithout('vlc'),
      [...VLC, '--play-and-exit', '--rate=8'],
      [...VLC, '--play-and-exit', '--start-time=8', '--run-time=2'],
    ],
  ] as const)
    test(`${player} plays from the start, and from a later position`, { skip }, async () => {
      const url = await linkOf(player);
      const made = linksMade();
      const end = player === 'vlc' ? ['vlc://quit'] : [];
      const output = await played(player, [...whole, url, ...end], folder);
      assert.doesNotMatch(output, /Failed to open|unable to open|error while/i, output);
      assert.ok(films.requests.length > 1, 'the index is at the end');
      assert.ok(
        films.requests.every(({ status }) => status === 206),
        inspected(films.requests),
      );
      assert.ok(sizeOf().some((at) => at > 0));
      films.requests.length = 0;
      await played(player, [...part, url, ...end], folder);
      assert.ok(films.requests.length > 0);
      assert.equal(linksMade() - made, 1, 'one link for all of it');
    });

  test(
    "an error of the film's server: VLC repeats there as HTTP/1.0, and is not led again",
    { skip: skipWithout('vlc') },
    async () => {
      const url = await linkOf('broken');
      films.failures = 1;
      tap.requests.length = 0;
      await played('vlc', [...VLC, '--play-and-exit', '--rate=8', url, 'vlc://quit'], folder);
      const [first, second] = films.requests;
      assert.equal(first?.status, 503);
      assert.deepEqual([second?.version, second?.range, second?.status], ['1.0', '', 200]);
      assert.equal(tap.requests.length, 1, 'the redirect was kept');
    },
  );

  test(
    'an error of ours: VLC repeats as HTTP/1.0, which is refused, and ends',
    { skip: skipWithout('vlc') },
    async () => {
      tap.requests.length = 0;
      tap.statuses.length = 0;
      const url = `${tap.url}/playback/short/${cloud.cached.infohash}`;
      await played('vlc', [...VLC, '--play-and-exit', url, 'vlc://quit'], folder);
      assert.deepEqual(
        tap.requests.map(({ version }) => version),
        ['1.1', '1.0'],
      );
      // uWebSockets.js speaks HTTP/1.1 alone.
      assert.deepEqual(tap.statuses, [400, 505]);
    },
  );

  test(
    'what fails is a film that says so: mpv plays it, and ends',
    { skip: skipWithout('mpv') },
    async () => {
      const url = await linkOf('gone');
      const wrong = url.replace(/[0-9a-f]{40}$/, cloud.dead.infohash);
      cloud.account(`${TOKEN}gone`, 'expired');
      const output = await played('mpv', [...MPV, '--frames=12', wrong], folder);
      assert.match(output, /1920x1080/);
      assert.equal(films.requests.length, 0);
    },
  );

  test('Kodi: three HEAD and two GET, cookies kept, are one link and one play', async () => {
    const url = await linkOf('kodi');
    const made = linksMade();
    let cookies = '';
    const kodi = async (method: string, headers: Readonly<Record<string, string>> = {}) => {
      const answer = await fetch(url, {
        method,
        redirect: 'manual',
        headers: {
          accept: '*/*',
          'accept-encoding': 'deflate, gzip, br, zstd',
          'user-agent': 'KodifromDebian/20.1 (X11; Linux x86_64) Kodi_Fork_Kodi from Debian/1.0',
          ...(cookies !== '' && { cookie: cookies }),
          ...headers,
        },
      });
      cookies = (answer.headers.getSetCookie()[0] ?? cookies).split(';')[0] ?? '';
      return answer;
    };
    for (let times = 0; times < 3; times++) {
      const answer = await kodi('HEAD');
      assert.equal(answer.status, 200);
      assert.equal(linksMade(), made, 'HEAD asks nobody');
    }
    const locations = new Set<string | null>();
    for (let times = 0; times < 2; times++) {
      const answer = await kodi('GET', { range: 'bytes=0-' });
      assert.equal(answer.status, 302);
      locations.add(answer.headers.get('location'));
    }
    const [location] = locations;
    assert.ok(location !== null && location !== undefined && locations.size === 1);
    const later = await kodi('HEAD');
    assert.equal(later.headers.get('location'), location, 'what is known is said');
    assert.equal(linksMade() - made, 1);
    const film = await fetch(location, { headers: { range: 'bytes=0-' } });
    assert.equal(film.status, 206);
    await film.arrayBuffer();
  });

  test('each of these was one play', async (context: TestContext) => {
    if (app.databaseUri === null) return context.skip('the database ends with the program');
    await app.stop('SIGTERM');
    const names = ['kodi', ...(skipWithout('mpv') === false ? ['mpv'] : [])];
    const vlc = skipWithout('vlc') === false ? ['vlc', 'broken'] : [];
    assert.equal(await playsCounted(app.databaseUri), names.length + vlc.length);
  });
});

function inspected(requests: FilmServer['requests']): string {
  return JSON.stringify(requests);
}
