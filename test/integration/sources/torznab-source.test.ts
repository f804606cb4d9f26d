/** Torznab and Newznab sources against servers that speak the protocol in their own ways, over real sockets. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, describe, test } from 'node:test';
import type { FoundRelease, SearchSubject } from '../../../src/features/sources/contract.ts';
import { newznabSource } from '../../../src/features/sources/providers/newznab.ts';
import { torznabSource } from '../../../src/features/sources/providers/torznab.ts';
import type { Source } from '../../../src/features/sources/source.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { IndexerSettings } from '../../../src/lib/source-settings/source-settings.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { NEVER, silentLogger } from '../../support/cache-parts.ts';
import { bencode } from '../../support/bencode.ts';

const CORPUS = '../shared/data/torznab';
const skipWithoutCorpus = existsSync(CORPUS) ? false : `needs ${CORPUS}`;
const HASH = 'aabbccddeeff00112233445566778899aabbccdd';
const KEY = 'k3y-canary7f3a9';
const CAPS = (movie = 'q,imdbid', tv = 'q,season,ep,imdbid', limit = 100) =>
  `<caps><server title="Indexer"/><limits max="${limit}" default="${limit}"/><searching>` +
  `<search available="yes" supportedParams="q"/><tv-search available="yes" supportedParams="${tv}"/>` +
  `<movie-search available="yes" supportedParams="${movie}"/></searching><categories>` +
  '<category id="2000" name="Movies"/><category id="5000" name="TV"/></categories></caps>';

const item = (title: string, inside = `<torznab:attr name="infohash" value="${HASH}"/>`) =>
  `<item><title>${title}</title>${inside}</item>`;
const feed = (...items: readonly string[]) =>
  `<rss xmlns:torznab="http://torznab.com/schemas/2015/feed"><channel>${items.join('')}</channel></rss>`;

const FILM: SearchSubject = {
  mediaId: 1,
  type: 'movie',
  imdbId: 'tt0063350',
  tmdbId: '',
  tvdbId: '',
  names: ['Night of the Living Dead'],
  year: 1968,
  endYear: 0,
  isAnime: false,
  released: '',
  episodes: [],
  season: 0,
  episode: 0,
};

type Answer = (query: URLSearchParams, path: string, request: IncomingMessage) => string | Sent;
interface Sent {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

interface Server {
  readonly url: string;
  readonly asked: string[];
  readonly source: (settings?: Partial<IndexerSettings>) => Source;
}

describe('Torznab and Newznab sources', () => {
  const closing: (() => Promise<unknown>)[] = [];
  after(async () => {
    for (const close of closing) await close();
  });

  async function serve(answer: Answer): Promise<Server> {
    const asked: string[] = [];
    const server = createServer((request: IncomingMessage, response: ServerResponse) => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://server');
      asked.push(request.url ?? '');
      const sent = answer(searchParams, pathname, request);
      const {
        status = 200,
        headers = {},
        body = '',
      } = typeof sent === 'string' ? { body: sent } : sent;
      response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
    });
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    const fetcher = createFetcher({ allowPrivate: [] });
    closing.push(async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await fetcher[Symbol.asyncDispose]();
    });
    const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    return {
      url,
      asked,
      source: (settings = {}) => {
        const all: IndexerSettings = {
          kind: 'torznab',
          id: 'torznab:x',
          name: 'My indexer',
          url: `${url}/api`,
          apiKey: KEY,
          headers: {},
          movieCategories: null,
          seriesCategories: null,
          isPersonal: false,
          proxyUrl: null,
          ...settings,
        };
        return all.kind === 'newznab'
          ? newznabSource(all, upstreams)
          : torznabSource(all, upstreams);
      },
    };
  }

  async function found(source: Source, subject = FILM): Promise<FoundRelease[]> {
    const releases: FoundRelease[] = [];
    await source.search(subject, { signal: NEVER, found: (some) => releases.push(...some) });
    return releases;
  }

  async function failure(source: Source, subject = FILM): Promise<AppError> {
    const error: unknown = await found(source, subject).then(
      () => null,
      (reason: unknown) => reason,
    );
    assert.ok(error instanceof AppError, String(error));
    assert.ok(!error.message.includes(KEY), error.message);
    return error;
  }

  const queriesOf = ({ asked }: Server) =>
    asked.map((url) => {
      const query = new URL(url, 'http://server').searchParams;
      query.delete('apikey');
      query.delete('extended');
      query.delete('cat');
      query.delete('limit');
      return [...query].map(([name, value]) => `${name}=${value}`).join('&');
    });

  test('capabilities are asked for once, then by id; every call has t and the key', async () => {
    const indexer = await serve((query) =>
      query.get('t') === 'caps' ? CAPS() : feed(item('Night.1968')),
    );
    const source = indexer.source();
    assert.equal((await found(source))[0]?.infohash, HASH);
    await found(source);
    assert.deepEqual(queriesOf(indexer), [
      't=caps',
      't=movie&imdbid=tt0063350',
      't=movie&imdbid=tt0063350',
    ]);
    for (const url of indexer.asked) assert.match(url, /^\/api\?.*\bt=.*\bapikey=/);
    assert.match(indexer.asked[1] ?? '', /cat=2000&/);
  });

  test('an IMDb id in the other form, when the first finds nothing; then in that form at once', async () => {
    const indexer = await serve((query) => {
      if (query.get('t') === 'caps') return CAPS();
      return query.get('imdbid') === '0063350' ? feed(item('Night.1968')) : feed();
    });
    const source = indexer.source();
    assert.equal((await found(source)).length, 1);
    assert.equal((await found(source)).length, 1);
    assert.deepEqual(queriesOf(indexer), [
      't=caps',
      't=movie&imdbid=tt0063350',
      't=movie&imdbid=0063350',
      't=movie&imdbid=0063350',
    ]);
  });

  test('by name where there is no id, further forms until there is enough', async () => {
    const indexer = await serve((query) => {
      if (query.get('t') === 'caps') return CAPS('q', 'q');
      return query.get('q')?.endsWith('1968') === true ? feed() : feed(item('Night'));
    });
    assert.equal((await found(indexer.source())).length, 1);
    assert.deepEqual(queriesOf(indexer), [
      't=caps',
      't=search&q=Night of the Living Dead 1968',
      't=search&q=Night of the Living Dead',
    ]);
    assert.match(indexer.asked[1] ?? '', /q=Night%20of/, 'spaces are no pluses');
  });

  test('pages within the limit of the endpoint; one that knows no offset is not asked for ever', async () => {
    const all = Array.from({ length: 7 }, (_, at) => item(`Night ${at}`));
    const paged = await serve((query) => {
      if (query.get('t') === 'caps') return CAPS('q,imdbid', 'q', 3);
      const offset = Number(query.get('offset') ?? 0);
      return feed(...all.slice(offset, offset + Number(query.get('limit'))));
    });
    assert.equal((await found(paged.source())).length, 7);
    const endless = await serve((query) =>
      query.get('t') === 'caps' ? CAPS('q,imdbid', 'q', 3) : feed(...all.slice(0, 3)),
    );
    assert.equal((await found(endless.source())).length, 3);
    assert.equal(endless.asked.length, 3);
  });

  test('the API is found with and without /api, and a feed without capabilities is searched by words', async () => {
    const below = await serve((query, path) => {
      if (path !== '/indexer/api') return { status: 404, body: '<html>no</html>' };
      return query.get('t') === 'caps' ? CAPS() : feed(item('Night.1968'));
    });
    assert.equal((await found(below.source({ url: `${below.url}/indexer/` }))).length, 1);
    assert.equal(
      (await found(below.source({ kind: 'newznab', url: `${below.url}/indexer` }))).length,
      0,
    );
    const page = await serve((_query, path) =>
      path === '/x/api'
        ? CAPS()
        : { headers: { 'content-type': 'text/html' }, body: '<html>hello</html>' },
    );
    assert.match(
      (await page.source({ url: `${page.url}/x` }).test(NEVER)).message,
      /Indexer answers/,
    );
    const plain = await serve(() => feed(item('Night.1968')));
    assert.equal((await found(plain.source())).length, 2, 'with and without the year');
  });

  test('hashes from downloads: a redirect to a magnet link, a torrent, a few of them only', async () => {
    const torrent = bencode({
      info: {
        name: 'Night.1968',
        length: 5_000_000,
        'piece length': 65_536,
        pieces: Buffer.alloc(20),
        private: 1,
      },
      announce: `https://t.test/${KEY}/announce`,
    });
    const link = (title: string, path: string) =>
      item(title, `<enclosure url="${path}" type="application/x-bittorrent" length="0"/>`);
    const indexer = await serve((query, path, request) => {
      if (path === '/magnet')
        return {
          status: 302,
          headers: { location: `magnet:?xt=urn:btih:${HASH}&tr=udp%3A%2F%2Ft.test%3A1` },
        };
      if (path === '/hop') return { status: 301, headers: { location: '/torrent' } };
      if (path === '/torrent')
        return { body: torrent, headers: { 'x-seen': String(request.headers['x-key']) } };
      if (path === '/page')
        return { body: '<html>sign in</html>', headers: { 'content-type': 'text/html' } };
      if (path.startsWith('/dead')) return { status: 410 };
      if (query.get('t') === 'caps') return CAPS();
      const dead = Array.from({ length: 40 }, (_, at) =>
        link(`Night of the Living Dead 1968 ${at}`, `/dead${at}`),
      );
      return feed(
        link('Night.of.the.Living.Dead.1968-GRP1', '/magnet'),
        link('Night.of.the.Living.Dead.1968-GRP2', '/hop'),
        link('Night.of.the.Living.Dead.1968-GRP3', '/page'),
        link('Another.Film', '/other'),
        ...dead,
      );
    });
    const releases = await found(indexer.source());
    const byName = new Map(releases.map((release) => [release.name.slice(-1), release]));
    assert.equal(byName.get('1')?.infohash, HASH);
    assert.deepEqual(byName.get('1')?.trackers, ['udp://t.test:1']);
    assert.match(byName.get('2')?.infohash ?? '', /^[0-9a-f]{40}$/);
    assert.equal(byName.get('2')?.isPrivate, true);
    assert.equal(byName.get('2')?.sizeBytes, 5_000_000);
    assert.deepEqual(byName.get('2')?.trackers, []);
    assert.equal(releases.length, 2);
    assert.ok(
      !indexer.asked.some((url) => url.startsWith('/other')),
      'another title is not downloaded',
    );
    assert.ok(indexer.asked.filter((url) => url.startsWith('/dead')).length <= 8);
    assert.ok(!JSON.stringify(releases).includes(KEY));
  });

  test('errors have a name, and never the key', async () => {
    const cases: readonly (readonly [string | Sent, string, RegExp])[] = [
      [
        '<error code="100" description="Incorrect user credentials"/>',
        'source.refused',
        /error 100: Incorrect/,
      ],
      [
        `<error error="101" description="key ${KEY} is suspended"/>`,
        'source.refused',
        /key … is suspended/,
      ],
      ['<error code="500" description="Request limit reached"/>', 'upstream.limited', /limit/],
      ['<error code="900" description="Unknown error"/>', 'source.failed', /error 900/],
      ['<error code="203" description="Function not available"/>', 'source.unsupported', /203/],
      [{ status: 401, body: '' }, 'source.refused', /key/],
      [{ status: 404, body: 'x' }, 'source.not-found', /did you forget \/api/],
      [{ status: 418, body: 'x' }, 'source.bad-answer', /418/],
      ['<!DOCTYPE html><html><body>Sign in</body></html>', 'source.bad-answer', /web page/],
      ['{"error":"x"}', 'source.bad-answer', /JSON/],
      ['', 'source.bad-answer', /nothing at all/],
    ];
    for (const [answer, code, message] of cases) {
      const indexer = await serve((query) => (query.get('t') === 'caps' ? CAPS('q', 'q') : answer));
      const source = indexer.source();
      const error = await failure(source);
      assert.equal(error.code, code, JSON.stringify(answer));
      assert.match(error.message, message);
      const report = await source.test(NEVER);
      assert.equal(report.isWorking, false);
      assert.match(report.message, message);
      assert.ok(!report.message.includes(KEY));
    }
    const nothing = await serve((query) =>
      query.get('t') === 'caps' ? CAPS() : '<error code="300" description="No such item"/>',
    );
    assert.deepEqual(await found(nothing.source()), []);
  });

  test('what was found before a cut counts, and the cut is told', async () => {
    const indexer = await serve((query) =>
      query.get('t') === 'caps' ? CAPS() : feed(item('Night.1968'), item('Night.2')).slice(0, -60),
    );
    const releases: FoundRelease[] = [];
    await assert.rejects(
      indexer.source().search(FILM, { signal: NEVER, found: (some) => releases.push(...some) }),
      { code: 'source.bad-answer' },
    );
    assert.deepEqual(
      releases.map(({ name }) => name),
      ['Night.1968'],
    );
  });

  test('an answer without an end is refused at the limit, and what came before counts', async () => {
    const piece = Buffer.from(
      Array.from({ length: 500 }, (_, at) => item(`Night.1968.${at} ${'x'.repeat(300)}`)).join(''),
    );
    const endless = createServer((request, response) => {
      response.on('error', () => undefined).writeHead(200, { 'content-type': 'application/xml' });
      if (request.url?.includes('t=caps') === true) {
        response.end(CAPS());
        return;
      }
      response.write('<rss><channel>');
      const more = () => {
        while (!response.destroyed && response.write(piece));
      };
      response.on('drain', more);
      more();
    });
    await new Promise<void>((resolve) => {
      endless.listen(0, '127.0.0.1', resolve);
    });
    closing.push(async () => {
      endless.closeAllConnections();
      await new Promise((resolve) => endless.close(resolve));
    });
    const other = await serve(() => '');
    const source = other.source({
      url: `http://127.0.0.1:${(endless.address() as AddressInfo).port}/api`,
    });
    let releases = 0;
    await assert.rejects(
      source.search(FILM, {
        signal: NEVER,
        found: (some) => {
          releases += some.length;
        },
      }),
      { code: 'fetch.too-large' },
    );
    const bytes = releases * (piece.byteLength / 500);
    assert.ok(bytes > 20 * 2 ** 20 && bytes < 25 * 2 ** 20, `${releases} releases`);
  });

  test(
    'every recorded answer gives results or a named reason',
    { skip: skipWithoutCorpus },
    async () => {
      const files = (await readdir(CORPUS)).filter((file) => file.endsWith('.xml'));
      for (const file of files) {
        const body = await readFile(`${CORPUS}/${file}`);
        for (const kind of ['torznab', 'newznab'] as const) {
          const indexer = await serve((query) => (query.get('t') === 'caps' ? CAPS() : { body }));
          const releases: FoundRelease[] = [];
          const error: unknown = await indexer
            .source({ kind })
            .search(FILM, { signal: NEVER, found: (some) => releases.push(...some) })
            .then(
              () => null,
              (reason: unknown) => reason,
            );
          assert.ok(error === null || error instanceof AppError, `${file}: ${String(error)}`);
          if (file.includes('error-100')) assert.equal(error?.code, 'source.refused');
          else if (!file.includes('caps')) assert.equal(error, null, file);
          for (const { name, locator } of releases)
            assert.ok(name !== '' && !/[?&](?:passkey|i|r)=/.test(locator), `${file}: ${locator}`);
        }
      }
    },
  );

  test('capabilities that cannot be had are not asked for again at once', async () => {
    const indexer = await serve(() => '<error code="100" description="wrong"/>');
    const source = indexer.source();
    assert.equal((await failure(source)).code, 'source.refused');
    assert.equal((await failure(source)).code, 'source.refused');
    assert.equal(indexer.asked.length, 1);
  });

  test('what an endpoint does not have is not asked for once that is known', async () => {
    const caps = CAPS().replace('<category id="2000" name="Movies"/>', '');
    const indexer = await serve((query) =>
      query.get('t') === 'caps' ? caps : feed(item('Night.1968')),
    );
    const source = indexer.source();
    assert.equal(source.canSearch(FILM), true);
    assert.deepEqual(await found(source), []);
    assert.equal(source.canSearch(FILM), false);
    assert.equal(indexer.source({ movieCategories: [] }).canSearch(FILM), false);
    const audio = await serve((query) =>
      query.get('t') === 'caps' ? CAPS() : feed(item('Night.1968', '<category>3000</category>')),
    );
    assert.deepEqual(await found(audio.source()), [], 'what is in another category is left out');
  });

  test("a tracker's own: private, and without its trackers", async () => {
    const indexer = await serve((query) =>
      query.get('t') === 'caps'
        ? CAPS()
        : feed(
            item(
              'Night.1968',
              `<prowlarrindexer id="1" type="private">Site</prowlarrindexer><link>magnet:?xt=urn:btih:${HASH}&amp;tr=http%3A%2F%2Ft.test%2Fa</link>`,
            ),
          ),
    );
    const [release] = await found(indexer.source());
    assert.equal(release?.isPrivate, true);
    assert.deepEqual(release?.trackers, []);
    assert.equal(release?.origin, 'Site');
  });

  test('Newznab: digits of the id, addresses without keys, archives with a password left out', async () => {
    const nzb = (title: string, more = '') =>
      item(
        title,
        `<enclosure url="/getnzb/1.nzb&amp;i=7&amp;r=${KEY}" type="application/x-nzb" length="9000000"/>${more}`,
      );
    const indexer = await serve((query) =>
      query.get('t') === 'caps'
        ? CAPS()
        : feed(
            nzb('Night.1968'),
            nzb('Locked', '<newznab:attr name="password" value="1"/>'),
            item('No.NZB'),
          ),
    );
    const releases = await found(indexer.source({ kind: 'newznab', url: indexer.url }));
    assert.deepEqual(
      releases.map(({ kind, locator, infohash, name, origin }) => ({
        kind,
        locator,
        infohash,
        name,
        origin,
      })),
      [
        {
          kind: 'usenet',
          locator: `${indexer.url}/getnzb/1.nzb`,
          infohash: null,
          name: 'Night.1968',
          origin: 'My indexer',
        },
      ],
    );
    assert.deepEqual(queriesOf(indexer), ['t=caps', 't=movie&imdbid=0063350']);
    assert.match(indexer.asked[0] ?? '', /^\/api\?/);
  });

  test('a test says what the endpoint is, or what is wrong and what to do', async () => {
    const indexer = await serve((query) =>
      query.get('t') === 'caps' ? CAPS() : feed(item('Night.1968')),
    );
    assert.deepEqual(await indexer.source().test(NEVER), {
      isWorking: true,
      message: 'Indexer answers; films and series; searches by imdbid and by name',
    });
    const open = await serve((query) =>
      query.get('t') === 'caps'
        ? CAPS()
        : '<error code="100" description="Incorrect user credentials"/>',
    );
    assert.match((await open.source().test(NEVER)).message, /credentials; check the key/);
    const { message } = await indexer.source({ isPersonal: true }).test(NEVER);
    assert.match(message, /FETCH_ALLOW_PRIVATE/);
  });
});
