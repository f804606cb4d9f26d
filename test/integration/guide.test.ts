/** Guides in the database: swapped in as a whole, matched with channels, answered for many at once. */
import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import type { GuideImportListener } from '../../src/features/guide/contract.ts';
import { createGuide, type GuideFeature } from '../../src/features/guide/feature.ts';
import { GuideImporter } from '../../src/features/guide/importer.ts';
import { ChannelMatcher } from '../../src/features/guide/matcher.ts';
import { GuideStore, type ListedChannel } from '../../src/features/guide/store.ts';
import type { CancelSignal } from '../../src/lib/async/cancel.ts';
import { AppError } from '../../src/lib/errors.ts';
import { KeyRing } from '../../src/lib/install-token/key-ring.ts';
import { xmltvTime } from '../../src/lib/xmltv/time.ts';
import { openBulkLoad } from '../../src/platform/db/bulk-load.ts';
import { createFetcher } from '../../src/platform/fetch/fetcher.ts';
import type { JobQueue } from '../../src/platform/jobs/queue.ts';
import { NO_ABORT } from '../support/open-database.ts';
import { RecordingDatabase } from '../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../support/template-db.ts';
import { createTestLogger } from '../support/test-logger.ts';

const HOUR_MS = 3_600_000;
/** The night when summer time ends in Europe. */
const NOW_MS = Date.UTC(2026, 9, 25, 0, 30);
const RING = new KeyRing(['a secret of the test that is long']);
const QUIET: GuideImportListener = { progress: () => undefined, refused: () => undefined };

const programme = (channelId: string, atMs: number, title: string, stopMs?: number) => {
  const stop = stopMs === undefined ? '' : ` stop="${xmltvTime(stopMs)}"`;
  const start = xmltvTime(atMs);
  return `<programme start="${start}"${stop} channel="${channelId}"><title>${title}</title></programme>`;
};
const channel = (id: string, name: string) =>
  `<channel id="${id}"><display-name>${name}</display-name></channel>`;
const tv = (...parts: string[]) => `<?xml version="1.0"?><tv>${parts.join('\n')}</tv>`;

async function* bytesOf(text: string | Uint8Array) {
  yield Buffer.from(text as string);
}

describe('guides', { skip: skipWithoutPostgres }, () => {
  let server: TestDatabase;
  let database: RecordingDatabase;
  let guides: GuideFeature;
  let importer: GuideImporter;
  let store: GuideStore;
  let matcher: ChannelMatcher;
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });

  before(async () => {
    server = await createTestDatabase();
    database = new RecordingDatabase(server.uri);
    const openLoad = (signal: CancelSignal) =>
      openBulkLoad({ uri: server.uri, connectTimeoutMs: 30_000, signal }, createTestLogger());
    const now = () => NOW_MS;
    const parts = { database, fetcher, openBulkLoad: openLoad, jobs: {} as JobQueue };
    guides = createGuide(parts, { ring: RING, now });
    store = new GuideStore(database);
    matcher = new ChannelMatcher(store);
    importer = new GuideImporter({
      store,
      matcher,
      ring: RING,
      fetcher,
      openBulkLoad: openLoad,
      now,
    });
  });
  beforeEach(async () => {
    for (const { guideId } of await store.list(NO_ABORT)) await store.delete(guideId, NO_ABORT);
    await database.sql`DELETE FROM iptv_channel`;
  });
  after(async () => {
    await fetcher[Symbol.asyncDispose]();
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  /** As lists of providers make them. */
  const list = async (...channels: ListedChannel[]) => {
    const rows = JSON.stringify(channels);
    await database.sql`
      INSERT INTO iptv_channel (public_id, merge_key, name, tvg_id)
      SELECT "channelId", name, name, "tvgId"
      FROM jsonb_to_recordset(${rows}::text::jsonb) AS v ("channelId" text, "tvgId" text, name text)`;
    await matcher.matchChanged(NO_ABORT);
  };
  const load = (text: string | Uint8Array, name = 'one') =>
    importer.importGuide(name, bytesOf(text), QUIET, NO_ABORT);
  const titlesNow = async (ids: readonly string[], atMs = NOW_MS) => {
    const found = await guides.guide.nowAndNext(ids, atMs, NO_ABORT);
    return ids.map((id) =>
      [found.get(id)?.now, found.get(id)?.next].map((one) => one?.titles[0]?.text ?? null),
    );
  };
  const refuses = (work: Promise<unknown>, code: string, reason: RegExp) =>
    assert.rejects(work, (error: unknown) => {
      assert.ok(error instanceof AppError, String(error));
      assert.equal(error.code, code);
      assert.match(error.message, reason);
      return true;
    });

  test('missing ends, overlaps and doubles are put right', async () => {
    await list({ channelId: '1', tvgId: 'a', name: 'A' });
    const counts = await load(
      tv(
        channel('a', 'A'),
        programme('a', NOW_MS + HOUR_MS, 'late'),
        programme('a', NOW_MS - HOUR_MS, 'first'),
        programme('a', NOW_MS, 'old second', NOW_MS + 5 * HOUR_MS),
        programme('a', NOW_MS, 'second', NOW_MS + 5 * HOUR_MS),
        programme('a', NOW_MS - 30 * 24 * HOUR_MS, 'too old'),
      ),
    );
    assert.deepEqual(counts, { channels: 1, programmes: 4, refused: 0, outside: 1 });
    const shown: [string | undefined, number, number][] = [];
    for await (const batch of guides.guide.programmes(
      ['1'],
      NOW_MS - 10 * HOUR_MS,
      NOW_MS + 10 * HOUR_MS,
      NO_ABORT,
    ))
      for (const { titles, startMs, stopMs } of batch)
        shown.push([titles[0]?.text, (startMs - NOW_MS) / HOUR_MS, (stopMs - NOW_MS) / HOUR_MS]);
    assert.deepEqual(shown, [
      ['first', -1, 0],
      ['second', 0, 1],
      ['late', 1, 2],
    ]);
    assert.deepEqual(await titlesNow(['1']), [['second', 'late']]);
  });

  test('the hour that comes twice has two programmes', async () => {
    await list({ channelId: '1', tvgId: 'a', name: 'A' });
    const at = (time: string, title: string) =>
      `<programme start="${time}" channel="a"><title>${title}</title></programme>`;
    await load(
      tv(
        at('20261025023000 +0200', 'in summer'),
        at('20261025023000 +0100', 'in winter'),
        at('20261025033000 +0100', 'after'),
      ),
    );
    assert.deepEqual(await titlesNow(['1'], NOW_MS), [['in summer', 'in winter']]);
    assert.deepEqual(await titlesNow(['1'], NOW_MS + HOUR_MS), [['in winter', 'after']]);
  });

  test('a failed sync leaves what was there, and the reason', async () => {
    await list({ channelId: '1', tvgId: 'a', name: 'A' });
    const good = tv(channel('a', 'A'), programme('a', NOW_MS, 'shown'));
    await load(good);
    const bad: readonly (readonly [string | Uint8Array, RegExp])[] = [
      [good.slice(0, -30), /cut off/],
      ['<html>Account expired</html>', /web page/],
      [tv(channel('a', 'A')), /no programmes/],
      [gzipSync(good).subarray(0, 60), /gzip is cut off/],
      [tv(programme('a', 0, 'old')), /none of its 1 programmes/],
      [`<!DOCTYPE tv [<!ENTITY a "b">]>${good}`, /entities/],
    ];
    for (const [text, reason] of bad) {
      await refuses(load(text), 'guide.bad-file', reason);
      assert.deepEqual(await titlesNow(['1']), [['shown', null]]);
      assert.match((await store.list(NO_ABORT))[0]?.failure ?? '', reason);
    }
    const [left] =
      await database.sql`SELECT (SELECT count(*) FROM guide_load)::int AS loads, (SELECT count(*) FROM guide_programme)::int AS programmes`;
    assert.deepEqual({ ...left }, { loads: 1, programmes: 1 });
  });

  test('the old one answers until the new one is whole', async () => {
    await list({ channelId: '1', tvgId: 'a', name: 'A' });
    await load(tv(programme('a', NOW_MS, 'old')));
    const during: unknown[] = [];
    const chunks = async function* () {
      yield Buffer.from(`<tv>${programme('a', NOW_MS, 'new')}`);
      // Enough for batches that are written while it is read.
      for (let at = 0; at < 20_000; at++)
        yield Buffer.from(programme(`c${at % 100}`, NOW_MS + at * 60_000, `new ${'x'.repeat(50)}`));
      during.push(await titlesNow(['1']));
      await refuses(load(tv(programme('a', NOW_MS, 'third'))), 'guide.busy', /under way/);
      yield Buffer.from('</tv>');
    };
    await importer.importGuide('one', chunks(), QUIET, NO_ABORT);
    assert.deepEqual(during, [[['old', null]]]);
    assert.deepEqual(await titlesNow(['1']), [['new', null]]);
  });

  test('channels are matched by id, then by name, and what a person says stays', async () => {
    const channels = [
      { channelId: '1', tvgId: 'BBC1.uk', name: 'whatever' },
      { channelId: '2', tvgId: 'bbc2.UK@HD', name: '' },
      { channelId: '3', tvgId: '', name: '|UK| Sky Sports 1 FHD' },
      { channelId: '4', tvgId: '', name: 'Discovery Chanel' },
      { channelId: '5', tvgId: '', name: 'Sky Sports 2' },
      { channelId: '6', tvgId: 'nobody', name: 'Local 7' },
    ];
    await list(...channels);
    const guide = tv(
      channel('BBC1.uk', 'BBC One'),
      channel('bbc2.uk', 'BBC Two'),
      channel('sky1', 'Sky Sports 1'),
      channel('disc', 'Discovery Channel'),
      programme('BBC1.uk', NOW_MS, 'news'),
    );
    await load(guide);
    const matches = async () =>
      (await store.matches(0, '', 100, NO_ABORT)).map(({ xmltvId, score }) => [
        xmltvId,
        score > 0.7 && score < 0.95 ? 'alike' : Number(score.toFixed(2)),
      ]);
    const expected = [
      ['BBC1.uk', 1],
      ['bbc2.uk', 0.98],
      ['sky1', 0.95],
      ['disc', 'alike'],
      ['', 0],
      ['', 0],
    ];
    assert.deepEqual(await matches(), expected);
    assert.deepEqual(await titlesNow(['1', '6', '99']), [
      ['news', null],
      ['Local 7', 'Local 7'],
      [null, null],
    ]);
    const [{ guideId } = { guideId: 0 }] = await store.list(NO_ABORT);
    await store.correct('6', { guideId, xmltvId: 'disc', isManual: true }, NO_ABORT);
    await store.correct('1', { guideId: null, xmltvId: '', isManual: true }, NO_ABORT);
    await load(guide);
    await matcher.matchAll(NO_ABORT);
    assert.deepEqual(await matches(), [['', 0], ...expected.slice(1, 5), ['disc', 1]]);
  });

  test('now and next of many channels is one statement', async () => {
    const channels = Array.from({ length: 3000 }, (_, at) => ({
      channelId: `${at}`,
      tvgId: `c${at}`,
      name: `Channel ${at}`,
    }));
    await list(...channels);
    await load(tv(...channels.map(({ tvgId }) => programme(tvgId, NOW_MS, `on ${tvgId}`))));
    const ids = channels.map(({ channelId }) => channelId);
    const before = database.statements.length;
    const found = await guides.guide.nowAndNext(ids, NOW_MS, NO_ABORT);
    assert.equal(database.statements.length - before, 1);
    assert.equal(found.size, 3000);
    assert.equal(found.get('2999')?.now?.titles[0]?.text, 'on c2999');
  });

  test('a guide is fetched from its address, and answers that are none are named', async () => {
    const web = createServer((request, response) => {
      if (request.url?.startsWith('/good') === true)
        response.end(gzipSync(tv(programme('a', NOW_MS, 'fetched'))));
      else response.writeHead(403).end('no');
    });
    await using _ = await listening(web);
    const base = `http://127.0.0.1:${(web.address() as AddressInfo).port}`;
    const add = (name: string, url: string) =>
      store.add(
        {
          name,
          sealedUrl: RING.seal(Buffer.from(url), 'guide address'),
          host: '',
          intervalHours: 12,
        },
        NO_ABORT,
      );
    const good = await add('good', `${base}/good?password=canary`);
    const counts = await importer.syncFromAddress(good, QUIET, NO_ABORT);
    assert.equal(counts.programmes, 1);
    const refused = await add('refused', `${base}/no?password=canary`);
    await refuses(
      importer.syncFromAddress(refused, QUIET, NO_ABORT),
      'fetch.failed',
      /answers 403/,
    );
    assert.doesNotMatch(JSON.stringify(await store.list(NO_ABORT)), /canary/);
  });
});

async function listening(web: Server): Promise<AsyncDisposable> {
  await new Promise<void>((resolve) => {
    web.listen(0, '127.0.0.1', resolve);
  });
  return {
    [Symbol.asyncDispose]: () =>
      new Promise((resolve) => {
        web.close(() => resolve());
        web.closeAllConnections();
      }),
  };
}
