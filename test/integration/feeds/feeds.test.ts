/** Feeds and the latest items of indexers: what is new is fetched once and imported, and what is wrong is said and waited out. */
import assert from 'node:assert/strict';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { Feeds } from '../../../src/features/feeds/feeds.ts';
import { feedRoutes } from '../../../src/features/feeds/routes.ts';
import { Poller } from '../../../src/features/feeds/poller.ts';
import { FeedStore } from '../../../src/features/feeds/store.ts';
import { createReleaseImport } from '../../../src/features/ingest/releases/import-releases.ts';
import { IngestStore } from '../../../src/features/ingest/store.ts';
import { TitleFinder } from '../../../src/features/ingest/title-finder.ts';
import { NO_TITLES } from '../../../src/features/metadata/contract.ts';
import type { LatestSource } from '../../../src/features/sources/contract.ts';
import { feedSource } from '../../../src/features/sources/providers/feed.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { silentLogger } from '../../support/cache-parts.ts';
import { importedTitle } from '../../support/imported-titles.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { SOURCE_KITS } from '../../support/source-kits.ts';
import { skipWithoutPostgres } from '../../support/template-db.ts';
import { openTestLibrary, type TestLibrary } from '../../support/test-library.ts';
import { startToyServer } from '../../support/toy-server.ts';

interface Sent {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const KEY = 'k3y-canary7f3a9';
const hash = (at: number) => at.toString(16).padStart(40, 'a');
const rss = (...items: readonly string[]) =>
  `<rss version="2.0"><channel>${items.map((item) => `<item>${item}</item>`).join('')}</channel></rss>`;
const film = (at: number, name = `Sintel.2010.${at}p.BluRay.x264`) =>
  `<title>${name}</title><infoHash>${hash(at)}</infoHash><size>1000000000</size>`;

describe('feeds', { skip: skipWithoutPostgres }, () => {
  let library: TestLibrary;
  let feeds: Feeds;
  let answer: (request: IncomingMessage) => Sent;
  const asked: IncomingMessage[] = [];
  const changed: number[] = [];
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
  const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
  const server = createServer((request, response) => {
    asked.push(request);
    const { status = 200, headers = {}, body = '' } = answer(request);
    response.writeHead(status, { 'content-type': 'application/xml', ...headers }).end(body);
  });
  let url: string;
  const sources: LatestSource[] = [];

  before(async () => {
    library = await openTestLibrary();
    await new Promise<void>((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/rss?passkey=${KEY}`;
    const finder = new TitleFinder({
      store: new IngestStore(library.database),
      subjects: library.library,
      onDemand: NO_TITLES,
    });
    const audience = {
      announce: ({ episodes = [] }: { episodes?: readonly { mediaId: number }[] }) => {
        changed.push(...episodes.map(({ mediaId }) => mediaId));
        return Promise.resolve();
      },
    };
    const releases = createReleaseImport({
      finder,
      subjects: library.library,
      streams: library.library,
      audience,
    });
    const store = new FeedStore(library.database);
    feeds = new Feeds({
      store,
      ring: new KeyRing(['a secret of this test, long enough']),
      poller: new Poller({ store, releases }),
      latest: {
        sources,
        openFeed: (settings) => feedSource(settings, null, upstreams),
      },
    });
  });
  beforeEach(async () => {
    await library.empty();
    await library.database.sql`TRUNCATE feed, latest_mark RESTART IDENTITY`;
    await library.library.importTitles(
      [
        importedTitle({ publicId: 'sl:sintel', imdbId: 'tt1727587', title: 'Sintel', year: 2010 }),
        importedTitle({
          publicId: 'sl:pioneer',
          type: 'series',
          imdbId: 'tt1748166',
          title: 'Pioneer One',
          year: 2010,
        }),
      ],
      NO_ABORT,
    );
    asked.length = 0;
    changed.length = 0;
  });
  after(async () => {
    server.close();
    await fetcher[Symbol.asyncDispose]();
    await library[Symbol.asyncDispose]();
  });

  let made = 0;
  /** Another name each time: upstreams remember who failed. */
  const add = (changes = {}) =>
    feeds.add(
      {
        name: `Feed ${++made}`,
        url: `${url}&n=${made}`,
        type: null,
        intervalMinutes: 30,
        isOn: true,
        ...changes,
      },
      NO_ABORT,
    );
  const poll = (id: number) => feeds.poll(id, true, NO_ABORT);
  const shown = async (id: number) => (await feeds.report(id, NO_ABORT)) as Record<string, unknown>;

  async function streamsOf(publicId: string): Promise<readonly string[]> {
    const rows = await library.database.sql`
      SELECT s.name, l.season, l.episode_from FROM stream s JOIN stream_link l USING (stream_id) JOIN media m USING (media_id)
      WHERE m.public_id = ${publicId} ORDER BY s.name`;
    return rows.map(
      (row) => `${String(row['name'])} ${String(row['season'])}:${String(row['episode_from'])}`,
    );
  }

  test('items are linked to titles; the second time nothing is sent, a third time only what is new is looked at', async () => {
    const items = [film(1), film(2, 'Pioneer.One.S01E03.720p'), film(3, 'Nobody.Knows.This.2011')];
    let etag = '"one"';
    answer = ({ headers }) =>
      headers['if-none-match'] === etag
        ? { status: 304 }
        : {
            headers: { etag, 'last-modified': 'Tue, 01 Dec 2026 00:00:00 GMT' },
            body: rss(...items),
          };
    const id = await add();
    assert.deepEqual(await poll(id), {
      items: 3,
      linked: 2,
      refused: 1,
      error: '',
      isEarly: false,
    });
    assert.deepEqual(await streamsOf('sl:sintel'), ['Sintel.2010.1p.BluRay.x264 0:0']);
    assert.deepEqual(await streamsOf('sl:pioneer'), ['Pioneer.One.S01E03.720p 1:3']);
    assert.equal(changed.length, 2);
    assert.deepEqual(await poll(id), {
      items: 0,
      linked: 0,
      refused: 0,
      error: '',
      isEarly: false,
    });
    assert.equal(asked[1]?.headers['if-modified-since'], 'Tue, 01 Dec 2026 00:00:00 GMT');
    etag = '"two"';
    items.unshift(film(4));
    assert.deepEqual(await poll(id), {
      items: 1,
      linked: 1,
      refused: 0,
      error: '',
      isEarly: false,
    });
    const { linked, refused, polls, failures, last_error: error } = await shown(id);
    assert.deepEqual([linked, refused, polls, failures, error], [3, 1, 3, 0, null]);
  });

  test('a feed whose time has not come is not asked', async () => {
    answer = () => ({ body: rss(film(1)) });
    const id = await add();
    assert.deepEqual(await feeds.due(NO_ABORT), [id]);
    await poll(id);
    assert.deepEqual(await feeds.due(NO_ABORT), []);
    assert.equal((await feeds.poll(id, false, NO_ABORT)).isEarly, true);
    assert.equal(asked.length, 1);
    await feeds.change(id, { isOn: false }, NO_ABORT);
    assert.deepEqual(await feeds.due(NO_ABORT), []);
  });

  test('Atom, and items that name a .torrent alone', async () => {
    answer = ({ url: path }) =>
      path?.startsWith('/get') === true
        ? { status: 302, headers: { location: `magnet:?xt=urn:btih:${hash(9)}` } }
        : {
            body: `<feed xmlns="http://www.w3.org/2005/Atom"><title>Films</title>
        <entry><title>Sintel.2010.1080p</title><id>urn:1</id><updated>2026-11-30T10:00:00Z</updated>
          <link rel="enclosure" type="application/x-bittorrent" href="magnet:?xt=urn:btih:${hash(8)}"/></entry>
        <entry><title>Sintel.2010.2160p</title><id>urn:2</id><link href="/get/2.torrent"/></entry></feed>`,
          };
    const id = await add();
    assert.deepEqual(await poll(id), {
      items: 2,
      linked: 2,
      refused: 0,
      error: '',
      isEarly: false,
    });
    assert.equal((await streamsOf('sl:sintel')).length, 2);
  });

  test('what is wrong with a feed is said without its key, and each failure doubles the pause', async () => {
    const cases: readonly (readonly [Sent, RegExp])[] = [
      [
        {
          headers: { 'content-type': 'text/html' },
          body: '<!DOCTYPE html><html><body>Sign in</body></html>',
        },
        /a web page came instead of a feed/,
      ],
      [{ body: '{"items":[]}' }, /JSON came instead of a feed/],
      [{ body: '' }, /nothing at all/],
      [{ status: 401 }, /not let in \(HTTP 401\)/],
      [{ status: 404 }, /nothing is at this address/],
      [{ status: 429, headers: { 'retry-after': '3600' } }, /upstream\.limited/],
      [{ body: `${rss(film(5))}${' '.repeat(17 * 2 ** 20)}` }, /fetch\.too-large/],
    ];
    for (const [sent, reason] of cases) {
      answer = () => sent;
      const id = await add();
      const { error } = await poll(id);
      assert.match(error, reason);
      const { last_error: kept, failures, next_at: next } = await shown(id);
      assert.equal(kept, error);
      assert.equal(failures, 1);
      assert.ok(!JSON.stringify(await shown(id)).includes(KEY));
      const minutes = (Date.parse(String(next)) - Date.now()) / 60_000;
      assert.ok(minutes > 55 && minutes < 65, `${minutes} minutes`);
    }
  });

  test('of a feed that is cut off, what came before is imported', async () => {
    answer = () => ({ body: rss(film(1), film(2)).slice(0, -60) });
    const id = await add();
    const report = await poll(id);
    assert.match(report.error, /ended in the middle/);
    assert.equal(report.linked, 1);
    answer = () => ({ body: rss(film(1), film(2)) });
    assert.deepEqual(await poll(id), {
      items: 1,
      linked: 1,
      refused: 0,
      error: '',
      isEarly: false,
    });
    const { failures, last_error: error } = await shown(id);
    assert.deepEqual([failures, error], [0, null]);
  });

  test('names and addresses are checked, and a name is there once', async () => {
    await assert.rejects(add({ url: 'ftp://example.org/feed' }), /http/);
    const id = await add({ name: 'Mine' });
    await assert.rejects(add({ name: 'Mine' }), /there is a feed "Mine"/);
    await feeds.delete(id, NO_ABORT);
    await assert.rejects(feeds.report(id, NO_ABORT), /no feed/);
  });

  test('over HTTP: added, listed, changed, polled, deleted, and bad ones are refused by field', async () => {
    const queued: unknown[] = [];
    const enqueue = (_: unknown, payload: unknown) => {
      queued.push(payload);
      return Promise.resolve({ id: '7', isNew: true });
    };
    await using toy = await startToyServer(
      {},
      { guards: () => null },
      feedRoutes({ feeds, jobs: { enqueue } }),
    );
    const ask = async (path: string, method = 'GET', body?: object) => {
      const answer = await fetch(`${toy.baseUrl}/api/v1/admin/feeds${path}`, {
        method,
        ...(body !== undefined && { body: JSON.stringify(body) }),
      });
      return [answer.status, await answer.text()] as const;
    };
    const [added, answer] = await ask('', 'POST', { name: 'Films', url, every_minutes: 5 });
    assert.equal(added, 200, answer);
    assert.match(answer, /"id":1,"name":"Films",[^]*"every_minutes":5,"on":true[^]*"job":"7"/);
    const [, off] = await ask('', 'POST', { name: 'Later', url, on: false, type: 'movie' });
    assert.match(off, /"id":2,[^]*"type":"movie"[^]*"on":false[^]*"job":null/);
    const [, listed] = await ask('');
    assert.ok(!listed.includes(KEY));
    assert.match(listed, /Films[^]*Later[^]*"sources":\[\]/);
    const [changed, now] = await ask('/2', 'PUT', { on: true, name: 'Now', type: null });
    assert.equal(changed, 200);
    assert.match(now, /"name":"Now"[^]*"type":null[^]*"on":true/);
    assert.equal((await ask('/2/poll', 'POST'))[0], 200);
    assert.deepEqual(queued, [
      { feedId: 1, isForced: true },
      { feedId: 2, isForced: true },
    ]);
    for (const [body, field] of [
      [{ url }, 'name'],
      [{ name: 'x', url: 'ftp://example.org' }, 'url'],
      [{ name: 'x', url, every_minutes: 1 }, 'every_minutes'],
      [{ name: 'Films', url }, 'name'],
      [{ name: 'x', url, other: 1 }, 'other'],
    ] as const) {
      const [status, text] = await ask('', 'POST', body);
      assert.ok(status === 400 || status === 422, `${status} ${text}`);
      assert.ok(text.includes(field), text);
    }
    assert.deepEqual(await ask('/2', 'DELETE'), [200, '{"status":"deleted"}\n']);
    for (const [method, path] of [
      ['GET', '/2'],
      ['DELETE', '/2'],
      ['POST', '/2/poll'],
      ['GET', '/x'],
    ] as const)
      assert.equal((await ask(path, method))[0], 404, `${method} ${path}`);
    assert.equal((await ask('/2', 'PUT', { on: false }))[0], 404);
  });

  for (const kit of SOURCE_KITS.filter(({ name }) =>
    /torznab, hash in attribute|prowlarr|jackett/.test(name),
  ))
    test(`the latest items of ${kit.name} are imported once`, async () => {
      const { upstream, source } = await kit.open(upstreams, {});
      await using _closing = upstream;
      const latest = source.latest?.bind(source);
      assert.ok(latest !== undefined);
      const known = { id: source.id, name: source.name, latest };
      const first = await feeds.pollSource(known, NO_ABORT);
      assert.equal(first.error, '');
      assert.ok(first.items > 10 && first.linked > 3, JSON.stringify(first));
      assert.ok(upstream.asked.every(({ query }) => !query.has('q')));
      await library.database.sql`UPDATE latest_mark SET next_at = now()`;
      const second = await feeds.pollSource(known, NO_ABORT);
      assert.deepEqual([second.items, second.error], [0, '']);
      assert.equal((await feeds.pollSource(known, NO_ABORT)).isEarly, true);
    });
});
