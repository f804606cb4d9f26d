/** Whether sources play: what is seen of one, what is kept, and what ten thousand of them cost. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, describe, test } from 'node:test';
import { promisify } from 'node:util';
import postgres, { type Sql } from 'postgres';
import { AccountSeals } from '../../../src/features/iptv/accounts/account-seals.ts';
import { SourceChecker } from '../../../src/features/iptv/health/checker.ts';
import type {
  CheckedAccount,
  CheckedSource,
  SourceProbe,
} from '../../../src/features/iptv/health/contract.ts';
import { HttpProbe } from '../../../src/features/iptv/health/http-probe.ts';
import { Pictures } from '../../../src/features/iptv/health/pictures.ts';
import { Figures } from '../../../src/features/iptv/figures/routes.ts';
import { FiguresStore } from '../../../src/features/iptv/figures/store.ts';
import { SourceSignals } from '../../../src/features/iptv/health/signals.ts';
import { HealthStore } from '../../../src/features/iptv/health/store.ts';
import { IptvStore } from '../../../src/features/iptv/store.ts';
import { ALL_RIGHTS } from '../../../src/features/iptv/contract.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import type { Database } from '../../../src/platform/db/database.ts';
import { NO_ABORT, openDatabase } from '../../support/open-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

const SEALS = new AccountSeals(new KeyRing(['a secret of this test, long enough']));

const run = promisify(execFile);
const PLAYS = { failure: '', fingerprint: '' };

async function serve(
  listener: RequestListener,
): Promise<{ readonly url: string; readonly server: Server }> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, server };
}

function packets(count: number): Buffer {
  const bytes = Buffer.alloc(188 * count);
  for (let at = 0; at < bytes.byteLength; at += 188) bytes[at] = 0x47;
  return bytes;
}

describe('a look at a source', () => {
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
  const probe = new HttpProbe({ fetcher, pictures: new Pictures('ffmpeg') });
  const ranges: (string | undefined)[] = [];
  let server: Server;
  let base: string;

  before(async () => {
    ({ server, url: base } = await serve(({ url = '', headers, method }, response) => {
      ranges.push(method === 'GET' ? headers.range : method);
      switch (url) {
        case '/live.ts': {
          response.writeHead(200, { 'content-type': 'video/mp2t' });
          const timer = setInterval(() => response.write(packets(1000)), 5);
          return response.on('close', () => clearInterval(timer));
        }
        case '/moved':
          return response.writeHead(302, { location: '/live.ts' }).end();
        case '/moved-nowhere':
          return response.writeHead(302, { location: '/page' }).end();
        case '/master.m3u8':
          return response.end('#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\nmedia.m3u8\n');
        case '/media.m3u8':
          return response.end('#EXTM3U\n#EXTINF:4,\ngone.ts\n#EXTINF:4,\nsegment.ts\n');
        case '/dead.m3u8':
          return response.end('#EXTM3U\n#EXTINF:4,\ngone.ts\n');
        case '/empty.m3u8':
          return response.end('#EXTM3U\n');
        case '/segment.ts':
          return response.end(packets(10));
        case '/page':
          return response.end('<html>account expired</html>');
        case '/nothing':
          return response.end();
        default:
          return response.writeHead(403).end();
      }
    }));
  });
  after(async () => {
    await fetcher[Symbol.asyncDispose]();
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  const cases: Readonly<Record<string, string>> = {
    '/live.ts': '',
    '/moved': '',
    '/master.m3u8': '',
    '/moved-nowhere': 'sends a page in place of a stream',
    '/dead.m3u8': 'answers with status 403',
    '/empty.m3u8': 'sends a playlist that lists nothing',
    '/page': 'sends a page in place of a stream',
    '/nothing': 'answers, and sends nothing',
    '/refused': 'answers with status 403',
  };
  for (const [path, failure] of Object.entries(cases))
    test(`${path}: ${failure || 'plays'}`, async () => {
      const source = {
        providerId: 1,
        slotsMax: 0,
        channelId: 1,
        url: base + path,
        storedUrl: base + path,
        userAgent: '',
        referrer: '',
      };
      assert.equal((await probe.look(source, NO_ABORT)).failure, failure);
    });

  test('asks for the beginning alone, and never by HEAD', () => {
    assert.ok(ranges.length > 8);
    for (const range of ranges) assert.match(range ?? '', /^bytes=0-\d+$/);
  });
});

describe('still pictures', () => {
  test('are known, whatever else the stream has, and moving ones are not', async () => {
    const pictures = new Pictures('ffmpeg');
    const made = async (source: string) => {
      const input = ['-f', 'lavfi', '-i', `${source}=size=320x180:rate=25:duration=3`];
      const output = ['-c:v', 'mpeg2video', '-f', 'mpegts', 'pipe:1'];
      const { stdout } = await run('ffmpeg', ['-v', 'error', ...input, ...output], {
        encoding: 'buffer',
        maxBuffer: 2 ** 24,
      });
      return stdout;
    };
    const slate = await pictures.still(await made('smptebars'), NO_ABORT);
    assert.notEqual(slate, '');
    assert.equal(await pictures.still(await made('smptebars'), NO_ABORT), slate);
    assert.notEqual(await pictures.still(await made('yuvtestsrc'), NO_ABORT), slate);
    assert.equal(await pictures.still(await made('testsrc2'), NO_ABORT), '');
    assert.equal(await pictures.still(packets(50), NO_ABORT), '');
    assert.equal(await new Pictures('no-such-command').still(packets(50), NO_ABORT), '');
  });
});

describe('the health of sources', { skip: skipWithoutPostgres }, () => {
  let test_: TestDatabase;
  let database: Database;
  let sql: Sql;
  let store: HealthStore;

  before(async () => {
    test_ = await createTestDatabase();
    database = openDatabase({ primaryUri: test_.uri });
    sql = postgres(test_.uri, { max: 1, onnotice: () => undefined });
    store = new HealthStore(database, SEALS);
  });
  beforeEach(async () => {
    await sql`truncate iptv_provider, iptv_channel cascade`;
  });
  after(async () => {
    await sql.end({ timeout: 5 });
    await database[Symbol.asyncDispose]();
    await test_[Symbol.asyncDispose]();
  });

  /** So many channels, each with a source at each of so many providers. */
  async function fill(channels: number, providers: number): Promise<void> {
    await sql`insert into iptv_provider (provider_id, name, kind, address_sealed, published_snapshot)
      select n, 'p' || n, 'm3u', '', 1 from generate_series(1, ${providers}::int) n`;
    await sql`insert into iptv_channel (channel_id, merge_key, name)
      select n, 'c' || n, 'C' || n from generate_series(1, ${channels}::int) n`;
    await sql`insert into iptv_source (provider_id, from_snapshot, channel_id, position, digest, merge_key, name, url)
      select p, 1, c, c, md5(p || ' ' || c)::uuid, 'c' || c, 'C' || c, 'http://p' || p || '.example/' || c
      from generate_series(1, ${channels}::int) c, generate_series(1, ${providers}::int) p`;
  }

  class CountedSlots {
    readonly open = new Map<number, number>();
    most = 0;
    readonly #max: number;

    constructor(max: number) {
      this.#max = max;
    }

    take({ providerId }: CheckedAccount): Promise<AsyncDisposable | null> {
      const open = this.open.get(providerId) ?? 0;
      if (open >= this.#max) return Promise.resolve(null);
      this.open.set(providerId, open + 1);
      return Promise.resolve({
        [Symbol.asyncDispose]: () => {
          this.open.set(providerId, (this.open.get(providerId) ?? 1) - 1);
          return Promise.resolve();
        },
      });
    }
  }

  test('of ten thousand costs 1 + n/1,000 statements, 50 at a time, within the slots of each account', async () => {
    await fill(500, 20);
    const slots = new CountedSlots(3);
    const looking = new Map<number, number>();
    let [now, most, mostOfOne] = [0, 0, 0];
    const probe: SourceProbe = {
      async look({ providerId }) {
        now++;
        looking.set(providerId, (looking.get(providerId) ?? 0) + 1);
        most = Math.max(most, now);
        mostOfOne = Math.max(mostOfOne, looking.get(providerId) ?? 0);
        await new Promise((resolve) => {
          setImmediate(resolve);
        });
        now--;
        looking.set(providerId, (looking.get(providerId) ?? 1) - 1);
        return PLAYS;
      },
    };
    const { statements } = database.stats();
    const checker = new SourceChecker({ store, probe, slots });
    const order = { providerId: null, limit: 10_000 };
    const counts = await checker.check(order, () => undefined, NO_ABORT);
    assert.deepEqual(counts, { checked: 10_000, playing: 10_000, failing: 0, slates: 0 });
    assert.equal(database.stats().statements - statements, 1 + 10);
    assert.ok(most <= 50 && most > 20, `${most} at a time`);
    assert.equal(mostOfOne, 3);
    assert.deepEqual(
      [...slots.open.values()],
      Array.from({ length: 20 }, () => 0),
    );
    assert.equal((await store.toCheck(order, NO_ABORT)).length, 0);
  });

  async function orderOfSources(): Promise<readonly string[]> {
    const iptv = new IptvStore(database, SEALS);
    const [channel] = await sql<{ id: string }[]>`select public_id as id from iptv_channel`;
    const sources = await iptv.sources(channel?.id ?? '', ALL_RIGHTS, NO_ABORT);
    return sources.map(({ provider }) => provider);
  }

  test('puts a source last that fails for long, and back when it plays for long', async () => {
    await fill(1, 2);
    const find = (failure: string) =>
      store.put([{ providerId: 1, storedUrl: 'http://p1.example/1', failure }], NO_ABORT);
    const seen: string[] = [];
    for (const failure of ['', 'x', 'x', 'x', '', 'x', '', '', '']) {
      await find(failure);
      seen.push((await orderOfSources())[0] ?? '');
    }
    // 80 55 30 5 30 5 30 55 80
    assert.deepEqual(seen, ['p1', 'p1', 'p1', 'p2', 'p2', 'p2', 'p2', 'p2', 'p1']);
    await find('answers with status 403');
    const [failing] = await store.failing(0, 10, NO_ABORT);
    assert.deepEqual(
      [failing?.provider, failing?.failure, failing?.isDown],
      ['p1', 'answers with status 403', false],
    );
    assert.ok(failing?.seenAt instanceof Date);
  });

  test('is what playback has learnt, without a look', async () => {
    await fill(2, 1);
    const signals = new SourceSignals(store);
    const [one, two] = [1, 2].map((at) => ({
      providerId: 1,
      storedUrl: `http://p1.example/${at}`,
    }));
    assert.ok(one !== undefined && two !== undefined);
    signals.tell(one, 'ended');
    signals.tell(one, '');
    signals.tell(two, 'sent nothing for too long');
    await signals.flush(NO_ABORT);
    const order = { providerId: null, limit: 10 };
    assert.equal((await store.toCheck(order, NO_ABORT)).length, 0);
    const failing = await store.failing(0, 10, NO_ABORT);
    assert.deepEqual(
      failing.map(({ failure }) => failure),
      ['sent nothing for too long'],
    );
    await signals[Symbol.asyncDispose]();
  });

  test('is a part of the figures, each told again for its time', async () => {
    await fill(3, 2);
    await store.put([{ providerId: 2, storedUrl: 'http://p2.example/1', failure: 'x' }], NO_ABORT);
    let nowMs = 0;
    let asked = 0;
    const providers = { list: () => Promise.resolve(asked++ < 0 ? [] : []) };
    const parts = { store: new FiguresStore(database), providers, nowMs: () => nowMs };
    const figures = new Figures(parts);
    const first = await figures.all(NO_ABORT);
    assert.deepEqual([...first.counts.items], [{ kind: 'live', sources: 6, titles: 3 }]);
    assert.deepEqual([...first.categories.items], [{ kind: 'live', title: '', titles: 3 }]);
    const [, second] = first.health.items as Record<string, unknown>[];
    assert.deepEqual([second?.['checked'], second?.['failing'], second?.['down']], [1, 1, 0]);
    const statements = async (atMs: number) => {
      nowMs = atMs;
      const before_ = database.stats().statements;
      await figures.all(NO_ABORT);
      return database.stats().statements - before_;
    };
    const minutes = [1, 3, 6, 16, 61];
    const counts: number[] = [];
    for (const minute of minutes) counts.push(await statements(minute * 60_000));
    assert.deepEqual(counts, [0, 1, 2, 2, 3]);
    assert.equal(asked, 3);
  });

  test('knows a picture that several channels of a provider have for none of theirs', async () => {
    await fill(5, 2);
    const probe: SourceProbe = {
      look: ({ providerId, channelId }: CheckedSource) =>
        Promise.resolve({
          failure: '',
          fingerprint: providerId === 1 && channelId <= 3 ? 'slate' : `${providerId} ${channelId}`,
        }),
    };
    const checker = new SourceChecker({ store, probe, slots: new CountedSlots(1) });
    const counts = await checker.check({ providerId: null, limit: 100 }, () => undefined, NO_ABORT);
    assert.deepEqual(counts, { checked: 10, playing: 7, failing: 3, slates: 3 });
  });
});
