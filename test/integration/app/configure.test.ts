/**
 * Configurations on the running program, in one process and in two: installed, changed, revoked; one list
 * for equal preferences; and no secret in anything that the server says or writes.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import postgres from 'postgres';
import type { JsonObject } from '../../../src/lib/json/json-value.ts';
import { EVERYWHERE } from '../../../src/lib/capabilities.ts';
import { SERVICES } from '../../../src/lib/user-config/services.ts';
import { canarySecrets } from '../../support/config-fixtures.ts';
import {
  ask,
  send,
  streamsOf,
  type Answer,
  type ShownStream,
} from '../../support/configure-requests.ts';
import { appModes, startApp, type AppMode, type RunningApp } from '../../support/start-app.ts';

const BUNNY = '/stream/movie/tt1254207.json';
const KEY = 'the-first-secret-key-of-this-test';

for (const mode of appModes().filter((name): name is AppMode => name !== 'external-1')) {
  describe(`configurations, ${mode}`, () => {
    let app: RunningApp;
    before(async () => {
      app = await startApp({ mode, environment: { SECRET_KEY: KEY, LOG_LEVEL: 'debug' } });
    });
    after(() => app[Symbol.asyncDispose]());

    const seal = async (config: JsonObject): Promise<string> => {
      const answer = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config));
      assert.equal(answer.status, 200, answer.text);
      return String(answer.json['encrypted_str']);
    };

    test("an install of one's own: manifest, catalogue, meta, streams, each private and revalidated", async () => {
      const sps = [{ sv: 'torbox', tk: 'abc' }, { sv: 'p2p' }];
      const token = await seal({
        sps,
        sr: ['720p'],
        cc: [{ ci: 'series.popular' }, { ci: 'movie.search' }],
      });
      const manifest = await ask(`${app.baseUrl}/${token}/manifest.json`);
      const bare = await ask(`${app.baseUrl}/manifest.json`);
      assert.equal(
        manifest.json['id'],
        bare.json['id'],
        'the add-on id does not depend on settings',
      );
      assert.equal(
        manifest.json['name'],
        EVERYWHERE.has('torbox') ? 'Sluice TRB + P2P' : 'Sluice P2P',
      );
      if (!EVERYWHERE.has('torbox'))
        assert.doesNotMatch(manifest.text, /TRB|TorBox/i, 'what cannot play is not named');
      const catalogs = manifest.json['catalogs'] as readonly {
        readonly type: string;
        readonly id: string;
      }[];
      assert.deepEqual(
        catalogs.map(({ type, id }) => `${type}.${id}`),
        [
          'movie.torbox_watchlist_movies',
          'series.torbox_watchlist_series',
          'series.popular',
          'movie.search',
        ],
      );
      const answers = [manifest];
      for (const path of [
        BUNNY,
        '/meta/movie/sl:spring.json',
        '/catalog/series/popular.json',
        '/catalog/movie/search/search=bunny.json',
      ]) {
        answers.push(await ask(`${app.baseUrl}/${token}${path}`));
      }
      for (const { status, headers } of answers) {
        assert.equal(status, 200);
        assert.equal(headers.get('cache-control'), 'private, max-age=0, must-revalidate');
        assert.ok(headers.get('etag'));
      }
      const streams = streamsOf(answers[1] ?? manifest).filter(({ name }) => !name.includes('⚠️'));
      assert.ok(
        streams.length > 0 && streams.every(({ name }) => name.includes('720p')),
        JSON.stringify(streams),
      );
      const etag = answers[1]?.headers.get('etag') ?? '';
      const again = await ask(`${app.baseUrl}/${token}${BUNNY}`, {
        headers: { 'if-none-match': etag },
      });
      assert.equal(again.status, 304);
    });

    test('equal preferences with different credentials: the same bytes, from one entry', async () => {
      const preferences = { sr: ['720p', '1080p'], ls: ['English', null], mxs: 7 };
      const tokens = [
        await seal({ ...preferences, sps: [{ sv: 'p2p', tk: 'one' }] }),
        await seal({ ...preferences, sps: [{ sv: 'p2p', tk: 'two' }] }),
      ];
      const [first, second] = await Promise.all(
        tokens.map((token) => ask(`${app.baseUrl}/${token}${BUNNY}`)),
      );
      assert.equal(first?.text, second?.text);
      assert.equal(first?.headers.get('etag'), second?.headers.get('etag'));
      const third = await ask(`${app.baseUrl}/${tokens[1]}${BUNNY}`);
      if (mode === 'embedded') assert.match(third.headers.get('server-timing') ?? '', /reuse/);
    });

    test('an address that cannot be read: a row that says so for streams, 422 for the others', async () => {
      const token = await seal({ mxs: 3 });
      for (const bad of [
        token.slice(0, -3),
        `${token.slice(0, 20)}${token[20] === 'A' ? 'B' : 'A'}${token.slice(21)}`,
        'S-x',
        'D-AAAA',
        'R-123',
        'nonsense',
      ]) {
        const streams = await ask(`${app.baseUrl}/${bad}${BUNNY}`);
        assert.equal(streams.status, 200, bad);
        assert.match(streamsOf(streams)[0]?.description ?? '', /Invalid configuration/);
        for (const path of [
          '/manifest.json',
          '/catalog/movie/latest.json',
          '/meta/movie/sl:spring.json',
        ]) {
          const answer = await ask(`${app.baseUrl}/${bad}${path}`);
          assert.equal(answer.status, 422, bad + path);
          assert.match(answer.text, /config\.bad-token/);
        }
      }
      const unknown = await ask(`${app.baseUrl}/U-00000000-0000-4000-8000-000000000000${BUNNY}`);
      assert.match(streamsOf(unknown)[0]?.description ?? '', /no stored profile/);
    });

    test("an empty list says why, and its row leads to one's own settings", async () => {
      const row = async (config: JsonObject, path = BUNNY) => {
        const token = await seal(config);
        const streams = streamsOf(await ask(`${app.baseUrl}/${token}${path}`));
        assert.equal(streams.length, 1);
        assert.equal(streams[0]?.externalUrl, `${app.baseUrl}/${token}/configure`);
        return streams[0]?.description ?? '';
      };
      assert.match(
        await row({ sr: ['1440p'] }),
        /None of 4 streams fits your settings:\n• resolutions: 4/,
      );
      assert.match(
        await row({ snfm: 'include', snfr: true, snfp: ['^nothing is called so$'] }),
        /• name filter: 4/,
      );
      const unknown = await row({}, '/stream/movie/tt9999999.json');
      assert.match(unknown, /No stream of this title/);
      assert.doesNotMatch(unknown, /show up by themselves/, 'nothing here searches');
      assert.match(
        await row({ ept: false }, '/stream/movie/tt9999999.json'),
        /torrents are switched off/,
      );
      assert.match(await row({ cf: ['Unknown'] }), /hides this title/);
    });

    test('a service that cannot play: the list says so, and torrents are shown under an honest name or not at all', async (context) => {
      const missing = SERVICES.find(({ service }) => !EVERYWHERE.has(service));
      if (missing === undefined) return context.skip('everything plays');
      const { service: sv, name } = missing;
      const rows = async (config: JsonObject) => {
        const token = await seal({ sps: [{ sv, tk: 'abc' }], ...config });
        const [notice, ...others] = streamsOf(await ask(`${app.baseUrl}/${token}${BUNNY}`));
        assert.ok(notice?.description.startsWith(`${name}: not available on this server yet\n`));
        assert.equal(notice?.externalUrl, `${app.baseUrl}/${token}/configure`);
        return { notice, others };
      };
      // Users of equal settings, each asking often enough to be kept: nobody gets another's link.
      for (const tk of ['one', 'two', 'one', 'two']) {
        const { notice, others } = await rows({ sps: [{ sv, tk }] });
        assert.match(notice?.description ?? '', /address is visible to other peers/);
        assert.ok(
          others.length > 0 && others.every(({ name }) => /^Sluice (?:P2P 🧲|🌐)/u.test(name)),
          JSON.stringify(others),
        );
      }
      const without = await rows({ ept: false });
      assert.match(without.notice?.description ?? '', /needs a service that is not available/);
      assert.ok(
        without.others.every((stream) => !('infoHash' in stream)),
        JSON.stringify(without),
      );
      const token = await seal({ sps: [{ sv, tk: 'abc' }], ept: false });
      const { trace } = (await ask(`${app.baseUrl}/${token}${BUNNY}?trace=1`)).json as unknown as {
        readonly trace: {
          readonly streams: readonly {
            readonly kind: string;
            readonly rule: string | null;
            readonly detail: string;
          }[];
        };
      };
      for (const { kind, detail } of trace.streams)
        if (kind === 'torrent') assert.equal(detail, 'needs a service that is not available');
    });

    test('one answer per address: asked again and again, the reply of one user never reaches another', async () => {
      const tokens = await Promise.all(
        ['one', 'two'].map((tk) => seal({ sps: [{ sv: 'torbox', tk }], sr: ['1440p'] })),
      );
      for (let round = 0; round < 3; round++) {
        for (const token of tokens) {
          const rows = streamsOf(await ask(`${app.baseUrl}/${token}${BUNNY}`));
          assert.ok(
            rows.length > 0 &&
              rows.every(({ externalUrl }) => externalUrl === `${app.baseUrl}/${token}/configure`),
            JSON.stringify(rows),
          );
        }
      }
    });

    test('what players send behind the id changes nothing', async () => {
      const token = await seal({ sr: ['720p'] });
      for (const [prefix, extra] of [
        ['', 'videoHash=8e245d9679d31e12&videoSize=276445467'],
        [`/${token}`, 'filename=Big%20Buck%2FBunny.mp4'],
      ]) {
        const plain = await ask(`${app.baseUrl}${prefix}${BUNNY}`);
        const withExtra = await ask(`${app.baseUrl}${prefix}/stream/movie/tt1254207/${extra}.json`);
        assert.deepEqual([withExtra.status, withExtra.text], [200, plain.text]);
        assert.ok(streamsOf(plain).length > 0);
        assert.equal(
          (await ask(`${app.baseUrl}${prefix}/stream/movie/tt1254207/${extra}`)).status,
          404,
        );
      }
      assert.equal(
        (await ask(`${app.baseUrl}/stream/movie/nonsense/videoSize=1.json`)).status,
        400,
      );
    });

    test('the decision trace names a rule for each stream; a template shapes the rest', async () => {
      const token = await seal({
        sr: ['720p'],
        st: { t: '{addon.name} {stream.resolution|upper}', d: '{stream.name|truncate(5)}' },
      });
      const { trace } = (await ask(`${app.baseUrl}/${token}${BUNNY}?trace=1`)).json as unknown as {
        trace: {
          readonly total: number;
          readonly shown: number;
          readonly droppedByRule: Record<string, number>;
          readonly streams: readonly {
            readonly rank: number | null;
            readonly rule: string | null;
            readonly detail: string;
          }[];
        };
      };
      assert.equal(trace.streams.length, trace.total);
      assert.deepEqual(trace.droppedByRule, { resolution: trace.total - trace.shown });
      assert.match(trace.streams.at(-1)?.detail ?? '', /is not among what you chose/);
      assert.equal(streamsOf(await ask(`${app.baseUrl}/${token}${BUNNY}`))[0]?.name, 'Sluice 720P');
    });

    test('a profile: edited once, every install follows; the owner alone may; revoked, it is dead', async () => {
      const created = await ask(
        `${app.baseUrl}/profiles`,
        send('POST', { sr: ['720p'], sps: [{ sv: 'p2p', tk: 'stored' }] }),
      );
      assert.equal(created.status, 201, created.text);
      const profile = String(created.json['profile']);
      const owner = { 'x-owner-key': String(created.json['owner_key']) };
      const names = async () =>
        streamsOf(await ask(`${app.baseUrl}/${profile}${BUNNY}`)).map(({ name }) => name);
      assert.ok((await names()).every((name) => name.includes('720p')));
      const url = `${app.baseUrl}/profiles/${profile}`;
      for (const headers of [{}, { 'x-owner-key': 'wrong' }]) {
        for (const init of [{ headers }, send('PUT', {}, headers), { method: 'DELETE', headers }])
          assert.equal((await ask(url, init)).status, 403);
        assert.equal(
          (await ask(`${app.baseUrl}/${profile}${BUNNY}?trace=1`, { headers })).status,
          403,
        );
      }
      assert.equal(
        (await ask(`${app.baseUrl}/${profile}${BUNNY}?trace=1`, { headers: owner })).status,
        200,
      );
      const masked = await ask(url, { headers: owner });
      assert.match(masked.text, /"tk":"••••••••/u);
      const edited = { ...(masked.json['data'] as JsonObject), sr: ['360p', '240p'] };
      assert.equal((await ask(url, send('PUT', edited, owner))).status, 200);
      await until(async () => (await names()).some((name) => name.includes('180p')), 30_000);
      const kept = await ask(url, { headers: owner });
      assert.deepEqual(
        (kept.json['data'] as JsonObject)['sps'],
        (masked.json['data'] as JsonObject)['sps'],
        'the credential is the stored one',
      );
      assert.equal((await ask(url, { method: 'DELETE', headers: owner })).status, 200);
      await until(async () => (await names())[0]?.includes('⚠️') === true, 30_000);
      assert.equal((await ask(url, { headers: owner })).status, 404);
    });

    test("no endpoint shows or uses the settings of a stored profile without its owner's key", async () => {
      const config = {
        sps: [
          {
            sv: 'qbittorrent',
            qbc: {
              qur: 'http://nas.home.example',
              qus: 'margaret',
              wur: 'http://dav.home.example',
              qpw: 'hidden',
            },
          },
        ],
      };
      const created = await ask(`${app.baseUrl}/profiles`, send('POST', config));
      const profile = String(created.json['profile']);
      const owner = { 'x-owner-key': String(created.json['owner_key']) };
      const ways = [
        [`/decrypt-user-data/${profile}`, {}],
        [`/decrypt-user-data/${profile.toUpperCase()}`, {}],
        [`/profiles/${profile}`, {}],
        [`/encrypt-user-data/${profile}`, send('POST', {})],
        [`/profiles?existing=${profile}`, send('POST', {})],
        ['/preview', send('POST', { config: {}, existing: profile, id: null })],
        [`/${profile}${BUNNY}?trace=1`, {}],
      ] as const;
      for (const [path, init] of ways) {
        for (const headers of [{}, { 'x-owner-key': 'wrong' }]) {
          const answer = await ask(app.baseUrl + path, { ...init, headers });
          assert.equal(answer.status, 403, `${path} ${answer.text}`);
          assert.doesNotMatch(answer.text, /home\.example|margaret/, path);
        }
      }
      const shown = await ask(`${app.baseUrl}/decrypt-user-data/${profile}`, { headers: owner });
      assert.equal(shown.status, 200);
      assert.match(shown.text, /nas\.home\.example.*margaret/);
      for (const path of ['/manifest.json', BUNNY, '/configure']) {
        const answer = await ask(`${app.baseUrl}/${profile}${path}`);
        assert.equal(answer.status, 200, path);
        assert.doesNotMatch(answer.text, /home\.example|margaret/, path);
      }
    });

    test('masked values sent back keep what was stored; new ones replace it', async () => {
      const token = await seal({
        sps: [
          { sv: 'realdebrid', tk: 'first-token' },
          { sv: 'torbox', tk: 'second-token' },
        ],
      });
      const shown = await ask(`${app.baseUrl}/decrypt-user-data/${token}`);
      assert.doesNotMatch(shown.text, /first-token|second-token/);
      const data = shown.json['data'] as { sps: { sv: string; tk: string }[] };
      const changed = {
        sps: data.sps
          .toReversed()
          .map((provider) =>
            provider.sv === 'torbox' ? { ...provider, tk: 'third-token' } : provider,
          ),
      };
      const again = await ask(`${app.baseUrl}/encrypt-user-data/${token}`, send('POST', changed));
      assert.equal(again.status, 200, again.text);
      const orphan = await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', changed));
      assert.equal(orphan.status, 400);
      assert.match(orphan.text, /enter it again/);
    });

    test('bad bodies: what was wrong, and a 4xx each time', async () => {
      for (const [body, status, text] of [
        ['{', 400, /request\.bad-body/],
        ['[]', 400, /request\.bad-body/],
        ['"x"', 400, /request\.bad-body/],
        ['', 400, /request\.bad-body/],
        ['{"mxs":"many"}', 400, /mxs/],
        ['{"snfm":"include","snfr":true,"snfp":["(a"]}', 400, /snfp\[0\]/],
        ['{"st":{"t":"{if a"}}', 400, /st\.t/],
        [`{"nm":"${'x'.repeat(70_000)}"}`, 413, /body-too-large/],
        [`${'['.repeat(30_000)}${']'.repeat(30_000)}`, 400, /request\.bad-body/],
      ] as const) {
        const answer = await ask(`${app.baseUrl}/encrypt-user-data`, { method: 'POST', body });
        assert.equal(answer.status, status, body.slice(0, 60) + answer.text.slice(0, 200));
        assert.match(answer.text, text);
      }
      assert.equal((await ask(`${app.baseUrl}/encrypt-user-data`)).status, 405);
      const preflight = await ask(`${app.baseUrl}/profiles/x`, { method: 'OPTIONS' });
      assert.equal(
        preflight.headers.get('access-control-allow-methods'),
        'GET, HEAD, PUT, DELETE, OPTIONS',
      );
    });

    test('the preview shows the list, the reasons and the notice; the name filter can be tried', async () => {
      const preview = await ask(
        `${app.baseUrl}/preview`,
        send('POST', { config: { sr: ['2160p'], st: { t: 'T {stream.quality}' } }, id: null }),
      );
      assert.equal(preview.status, 200, preview.text);
      const shown = preview.json as unknown as {
        streams: ShownStream[];
        dropped: unknown[];
        total: number;
      };
      assert.ok(
        shown.streams.length === 3 && shown.dropped.length === 17 && shown.total === 20,
        preview.text.slice(0, 300),
      );
      assert.match(shown.streams[0]?.name ?? '', /^T /);
      const real = await ask(
        `${app.baseUrl}/preview`,
        send('POST', { config: { sr: ['1440p'] }, type: 'movie', id: 'tt1254207' }),
      );
      assert.match(real.text, /"notice":\{"name":"Sluice ⚠️"/u);
      const filter = { snfm: 'exclude', snfr: true, snfp: ['cam$'], names: ['a.CAM', 'b'] };
      const tried = await ask(`${app.baseUrl}/preview/name-filter`, send('POST', filter));
      assert.deepEqual(tried.json['results'], [
        { name: 'a.CAM', matches: true, kept: false },
        { name: 'b', matches: false, kept: true },
      ]);
    });

    test('canary secrets: in no answer, no header, no log line, no cache, no plain column', async () => {
      const { config, secrets } = canarySecrets();
      const texts: string[] = [];
      const note = (answer: Answer) => {
        texts.push(answer.text, JSON.stringify([...answer.headers]));
        return answer;
      };
      const sealed = note(await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', config)));
      const token = String(sealed.json['encrypted_str']);
      const created = note(await ask(`${app.baseUrl}/profiles`, send('POST', config)));
      const owner = { 'x-owner-key': String(created.json['owner_key']) };
      for (const segment of [token, String(created.json['profile'])]) {
        for (const path of [
          '/manifest.json',
          BUNNY,
          `${BUNNY}?trace=1`,
          '/catalog/movie/latest.json',
          '/meta/movie/sl:spring.json',
        ]) {
          note(await ask(`${app.baseUrl}/${segment}${path}`, { headers: owner }));
        }
        note(await ask(`${app.baseUrl}/decrypt-user-data/${segment}`, { headers: owner }));
      }
      note(await ask(`${app.baseUrl}/preview`, send('POST', { config, id: null })));
      note(
        await ask(`${app.baseUrl}/profiles/${String(created.json['profile'])}`, { headers: owner }),
      );
      // Each made wrong in turn: the complaint must not repeat it.
      for (const [name, value] of Object.entries(config))
        note(await ask(`${app.baseUrl}/encrypt-user-data`, send('POST', { [name]: [[value]] })));
      texts.push(app.output());
      if (app.databaseUri !== null) texts.push(await dumpOf(app.databaseUri));
      assert.ok(texts.join('').length > 10_000);
      for (const secret of secrets) {
        for (const text of texts)
          assert.equal(text.includes(secret), false, `${secret} in ${text.slice(0, 200)}`);
      }
    });
  });
}

async function until(isSo: () => Promise<boolean>, timeoutMs: number): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    assert.ok(Date.now() < deadline, `not within ${timeoutMs} ms`);
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Profiles as they lie in the database. */
async function dumpOf(uri: string): Promise<string> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  const rows =
    await sql`SELECT user_profile::text AS text, encode(sealed, 'escape') AS sealed FROM user_profile`;
  await sql.end({ timeout: 2 });
  return JSON.stringify(rows);
}
