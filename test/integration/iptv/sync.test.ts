/** Syncs of a provider: what keeps its id, what is written, what is held for a person, and what comes back. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, describe, test } from 'node:test';
import postgres, { type Sql } from 'postgres';
import { AccountSeals } from '../../../src/features/iptv/accounts/account-seals.ts';
import { ALL_RIGHTS, type Channel, type SyncResult } from '../../../src/features/iptv/contract.ts';
import { KnownStore } from '../../../src/features/iptv/known/store.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { NO_MARKS } from '../../../src/lib/iptv/account-marks.ts';
import { readKnownChannels } from '../../../src/lib/iptv/known-channels.ts';
import { CorrectionStore } from '../../../src/features/iptv/corrections/store.ts';
import { IptvStore } from '../../../src/features/iptv/store.ts';
import { m3uSource, syncProvider } from '../../../src/features/iptv/sync/sync.ts';
import { openBulkLoad } from '../../../src/platform/db/bulk-load.ts';
import type { Database } from '../../../src/platform/db/database.ts';
import { NO_ABORT, openDatabase } from '../../support/open-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';
import { createTestLogger } from '../../support/test-logger.ts';

interface Line {
  readonly name: string;
  readonly id?: string;
  readonly group?: string;
  readonly url?: string;
}

const ALL = {
  ...ALL_RIGHTS,
  group: '',
  search: '',
  includesHidden: true,
  after: '',
  skip: 0,
  limit: 1000,
};

function listOf(lines: readonly Line[]): string {
  return `#EXTM3U\n${lines
    .map(
      ({ name, id = '', group = 'G', url = `http://p.example/${encodeURIComponent(name)}.ts` }) =>
        `#EXTINF:-1 tvg-id="${id}" group-title="${group}",${name}\n${url}`,
    )
    .join('\n')}`;
}

function numbered(count: number): readonly Line[] {
  return Array.from({ length: count }, (_, at) => ({ name: `Channel ${at}`, id: `c${at}.uk` }));
}

describe('a sync', { skip: skipWithoutPostgres }, () => {
  let test_: TestDatabase;
  let database: Database;
  let sql: Sql;
  let store: IptvStore;
  let folder: string;
  let first: number;
  let second: number;

  before(async () => {
    test_ = await createTestDatabase();
    database = openDatabase({ primaryUri: test_.uri });
    sql = postgres(test_.uri, { max: 1, onnotice: () => undefined });
    store = new IptvStore(
      database,
      new AccountSeals(new KeyRing(['a secret of this test, long enough'])),
    );
    folder = await mkdtemp(join(tmpdir(), 'sluice-iptv-test-'));
  });
  beforeEach(async () => {
    await sql`truncate iptv_provider, iptv_channel cascade`;
    first = await added('one');
    second = await added('two');
  });
  after(async () => {
    await sql.end({ timeout: 5 });
    await database[Symbol.asyncDispose]();
    await test_[Symbol.asyncDispose]();
    await rm(folder, { recursive: true, force: true });
  });

  async function added(name: string): Promise<number> {
    const settings = { kind: 'm3u', mode: 'redirect', slotsMax: 0, intervalHours: 6 } as const;
    const sealed = { addressSealed: Buffer.alloc(0), accountSealed: Buffer.alloc(0) };
    const provider = { name, ...settings, ...sealed };
    const id = await store.addProvider(provider, NO_ABORT);
    assert.ok(id !== null);
    return id;
  }

  async function sync(lines: readonly Line[] | string, provider = first): Promise<SyncResult> {
    const path = join(folder, 'list.m3u');
    await writeFile(path, typeof lines === 'string' ? lines : listOf(lines));
    return syncProvider(
      {
        store,
        openBulkLoad: (signal) =>
          openBulkLoad({ uri: test_.uri, connectTimeoutMs: 30_000, signal }, createTestLogger()),
      },
      { id: provider, marks: NO_MARKS },
      m3uSource(path, ''),
      { progress: () => undefined },
      NO_ABORT,
    );
  }

  async function idsByName(): Promise<ReadonlyMap<string, string>> {
    const channels = await store.channels(ALL, NO_ABORT);
    return new Map(channels.map(({ name, id }: Channel) => [name, id]));
  }

  test('publishes what it finds, and writes nothing when nothing has changed', async () => {
    const { snapshot } = await sync(numbered(30));
    assert.equal(snapshot?.state, 'published');
    assert.equal(snapshot.added, 30);
    const rows = await sql`select source_id, xmin::text from iptv_source order by 1`;
    const again = await sync(numbered(30));
    assert.equal(again.snapshot, null);
    const after_ = await sql`select source_id, xmin::text from iptv_source order by 1`;
    assert.deepEqual([...after_], [...rows]);
  });

  test('keeps ids through a new name, a new address, another group and another place', async () => {
    await sync(numbered(30));
    const before_ = await idsByName();
    const [zero, one, two, ...rest] = numbered(30);
    assert.ok(zero !== undefined && one !== undefined && two !== undefined);
    const { snapshot } = await sync([
      ...rest,
      { ...zero, name: 'Renamed', url: 'http://p.example/Channel%200.ts' },
      { ...one, url: 'http://elsewhere.example/1.ts' },
      { ...two, group: 'Other' },
    ]);
    assert.deepEqual(
      [
        snapshot?.added,
        snapshot?.removed,
        snapshot?.renamed,
        snapshot?.moved,
        snapshot?.readdressed,
      ],
      [0, 0, 1, 1, 1],
    );
    const now = await idsByName();
    assert.equal(now.get('Renamed'), before_.get('Channel 0'));
    assert.equal(now.get('Channel 1'), before_.get('Channel 1'));
    assert.equal(now.get('Channel 2'), before_.get('Channel 2'));
    const [difference] = await store.difference(first, 2, { after: null, limit: 10 }, NO_ABORT);
    assert.deepEqual(
      [difference?.change, difference?.oldName, difference?.name],
      ['changed', 'Channel 0', 'Renamed'],
    );
  });

  test('is held where more than a fifth would vanish, until a person publishes it', async () => {
    await sync(numbered(30));
    const { snapshot } = await sync(numbered(23));
    assert.equal(snapshot?.state, 'held');
    assert.match(snapshot.reason, /7 of 30 entries would vanish/);
    assert.equal((await idsByName()).size, 30);
    assert.equal(await store.publish(first, snapshot.snapshot, NO_ABORT), true);
    assert.equal((await idsByName()).size, 23);
    assert.equal(await store.publish(first, snapshot.snapshot, NO_ABORT), false);
  });

  test('that is held is replaced by the next one', async () => {
    await sync(numbered(30));
    await sync(numbered(10));
    const { snapshot } = await sync([...numbered(30), { name: 'New' }]);
    assert.equal(snapshot?.state, 'published');
    assert.deepEqual([snapshot.added, snapshot.removed], [1, 0]);
    assert.equal((await idsByName()).size, 31);
  });

  test('can be taken back, names with it, and is not published again by itself', async () => {
    await sync(numbered(30));
    const before_ = await idsByName();
    const changed = numbered(30).map((line, at) => (at === 0 ? { ...line, name: 'Spam 1' } : line));
    await sync(changed);
    assert.ok((await idsByName()).has('Spam 1'));
    assert.equal(await store.rollBack(first, NO_ABORT), 1);
    assert.deepEqual(await idsByName(), before_);
    assert.equal(await store.rollBack(first, NO_ABORT), null);
    const { snapshot } = await sync(changed);
    assert.deepEqual(
      [snapshot?.state, snapshot?.reason],
      ['held', 'the snapshot before was rolled back'],
    );
    assert.deepEqual(await idsByName(), before_);
  });

  test('is due after the interval of its provider, once, and never where that is 0', async () => {
    const due = async () => (await store.takeDue(NO_ABORT)).map(({ id }) => id);
    assert.deepEqual(await due(), []);
    const change = { mode: null, slotsMax: null, intervalHours: 0 };
    await store.changeProvider(second, change, NO_ABORT);
    await sql`update iptv_provider set next_at = now() - interval '1 minute'`;
    assert.deepEqual(await due(), [first]);
    assert.deepEqual(await due(), []);
    await store.changeProvider(first, { ...change, intervalHours: 24 }, NO_ABORT);
    await sync(numbered(1));
    const [report] = await store.providers(first, NO_ABORT);
    assert.ok((report?.nextAt.getTime() ?? 0) > Date.now() + 23 * 3_600_000);
  });

  test('of two providers makes one channel with two sources of what both have', async () => {
    await sync([
      { name: 'UK: News HD', url: 'http://a.example/1' },
      { name: 'Alone', url: 'http://a.example/2' },
    ]);
    await sync([{ name: 'News (1080p)', id: 'News.uk', url: 'http://b.example/1' }], second);
    const channels = await store.channels(ALL, NO_ABORT);
    assert.deepEqual(
      channels.map(({ name }) => name),
      ['Alone', 'UK: News HD'],
    );
    const sources = await store.sources(channels[1]?.id ?? '', ALL_RIGHTS, NO_ABORT);
    assert.deepEqual(
      sources.map(({ provider, quality }) => [provider, quality]),
      [
        ['two', 3],
        ['one', 2],
      ],
    );
    assert.equal(await store.deleteProvider(first, NO_ABORT), true);
    assert.deepEqual((await store.channels(ALL, NO_ABORT)).length, 1);
  });

  test('leaves what a person has said', async () => {
    await sync(numbered(12));
    const id = (await idsByName()).get('Channel 3') ?? '';
    const said = { name: 'Mine', group: 'Own', logo: null, number: 5, isHidden: true };
    await store.changeChannel(id, said, NO_ABORT);
    await sync(numbered(12).map((line) => ({ ...line, group: 'Moved' })));
    const channel = await store.channel(id, ALL_RIGHTS, NO_ABORT);
    assert.deepEqual(
      [channel?.name, channel?.group, channel?.number, channel?.isHidden],
      ['Mine', 'Own', 5, true],
    );
    const shown = await store.channels({ ...ALL, includesHidden: false }, NO_ABORT);
    assert.equal(shown.length, 11);
    const back = { name: '', group: '', logo: null, number: -1, isHidden: false };
    const reset = await store.changeChannel(id, back, NO_ABORT);
    assert.deepEqual([reset?.name, reset?.group, reset?.number], ['Channel 3', 'Moved', null]);
  });

  test('keeps what a person has merged, also for other providers', async () => {
    await sync(numbered(12));
    const ids = await idsByName();
    const [one = '', two = ''] = [ids.get('Channel 1'), ids.get('Channel 2')];
    const corrections = new CorrectionStore(database);
    assert.equal(await corrections.mergeChannels(one, [two, 'nothing', one], NO_ABORT), 1);
    assert.equal((await idsByName()).size, 11);
    const other = [{ name: 'Channel 2 HD', id: 'c2.uk', url: 'http://b.example/2' }];
    await sync(other, second);
    await sync(numbered(12).map((line) => ({ ...line, group: 'Moved' })));
    await sync(numbered(11).filter((_, at) => at !== 2));
    await sync(numbered(12));
    const sources = await store.sources(one, ALL_RIGHTS, NO_ABORT);
    assert.deepEqual(
      sources
        .map(({ provider, url }) => [provider, url.slice(-11)])
        .toSorted(([a], [b]) => (String(a) < String(b) ? -1 : 1)),
      [
        ['one', 'annel%201.ts'.slice(-11)],
        ['one', 'annel%202.ts'.slice(-11)],
        ['two', 'b.example/2'],
      ],
    );
    assert.equal((await idsByName()).size, 11);
  });

  test('keeps the order of sources that a person wants, also when addresses or names change', async () => {
    const three = [
      { name: 'News FHD', id: 'news.uk', url: 'http://p.example/1' },
      { name: 'News HD', id: 'news.uk', url: 'http://p.example/2' },
      { name: 'News SD', id: 'news.uk', url: 'http://p.example/3' },
    ];
    await sync(three);
    const [channel] = await store.channels(ALL, NO_ABORT);
    const id = channel?.id ?? '';
    const paths = async () =>
      (await store.sources(id, ALL_RIGHTS, NO_ABORT)).map(({ url }) => url.slice(-2));
    assert.deepEqual(await paths(), ['/1', '/2', '/3']);
    const corrections = new CorrectionStore(database);
    const ids = (await store.sources(id, ALL_RIGHTS, NO_ABORT)).map(({ sourceId }) => sourceId);
    const [, hd = 0, sd = 0] = ids;
    assert.equal(await corrections.orderSources(id, [sd, hd], NO_ABORT), true);
    assert.deepEqual(await paths(), ['/3', '/2', '/1']);
    assert.equal(await corrections.orderSources(id, [hd, 987_654], NO_ABORT), false);
    assert.deepEqual(await paths(), ['/3', '/2', '/1'], 'what is refused changes nothing');
    await sync([
      { name: 'News FHD', id: 'news.uk', url: 'http://p.example/1' },
      { name: 'News HD UK', id: 'news.uk', url: 'http://p.example/2' },
      { name: 'News SD', id: 'news.uk', url: 'http://p.example/new/4' },
    ]);
    assert.deepEqual(await paths(), ['/4', '/2', '/1']);
    assert.equal(await corrections.orderSources(id, [], NO_ABORT), true);
    assert.deepEqual(await paths(), ['/1', '/2', '/4']);
  });

  test('merges what a table of channels knows to be one, before and after its import', async () => {
    const table = [
      { id: 'One.uk', name: 'Channel One', alt_names: ['First', 'Both'], country: 'UK' },
      { id: 'Two.uk', name: 'Channel Two', alt_names: ['Both', 'Channel One'], country: 'UK' },
      { id: 'Old.uk', name: 'Gone', alt_names: ['First'], country: 'UK', closed: '2001-01-01' },
    ];
    await sync([
      { name: 'UK: Channel One', url: 'http://p.example/1' },
      { name: 'UK: First HD', url: 'http://p.example/2' },
      { name: 'UK: Both', url: 'http://p.example/3' },
    ]);
    assert.equal((await idsByName()).size, 3);
    const known = readKnownChannels(table);
    assert.ok(known !== null);
    assert.deepEqual([known.channels.length, known.names.length, known.ambiguous], [2, 1, 1]);
    assert.equal(await new KnownStore(database).replace(known, NO_ABORT), 1);
    await sync(
      [
        { name: 'UK: First', url: 'http://b.example/1' },
        { name: 'Primero', id: 'One.uk@SD', url: 'http://b.example/2' },
        { name: 'UK: First +1', id: 'One.uk', url: 'http://b.example/3' },
        { name: 'FR: First', url: 'http://b.example/4' },
      ],
      second,
    );
    const ids = await idsByName();
    assert.deepEqual(
      [...ids.keys()].toSorted(),
      ['FR: First', 'UK: Both', 'UK: Channel One', 'UK: First +1'],
      'a later one, and one of another country, are others',
    );
    const sources = await store.sources(ids.get('UK: Channel One') ?? '', ALL_RIGHTS, NO_ABORT);
    assert.deepEqual(sources.map(({ url }) => url.slice(7)).toSorted(), [
      'b.example/1',
      'b.example/2',
      'p.example/1',
      'p.example/2',
    ]);
    assert.equal(readKnownChannels([{ id: 1 }]), null);
    assert.equal(readKnownChannels({ channels: [] }), null);
    await new KnownStore(database).replace({ channels: [], names: [], ambiguous: 0 }, NO_ABORT);
  });

  test('keeps what a person has split', async () => {
    const both = [
      { name: 'Same HD', url: 'http://p.example/1' },
      { name: 'Same', url: 'http://p.example/2' },
    ];
    await sync(both);
    const [channel] = await store.channels(ALL, NO_ABORT);
    const id = channel?.id ?? '';
    const sources = await store.sources(id, ALL_RIGHTS, NO_ABORT);
    const second_ = sources.find(({ url }) => url.endsWith('/2'))?.sourceId ?? 0;
    const corrections = new CorrectionStore(database);
    const all = sources.map(({ sourceId }) => sourceId);
    assert.equal(await corrections.splitChannel(id, all, '', NO_ABORT), null);
    const split = await corrections.splitChannel(id, [second_], 'Other', NO_ABORT);
    assert.ok(split !== null);
    const isSplit = async () => {
      const of = await store.sources(split, ALL_RIGHTS, NO_ABORT);
      assert.deepEqual(
        of.map(({ url }) => url),
        ['http://p.example/2'],
      );
      assert.equal((await store.channel(split, ALL_RIGHTS, NO_ABORT))?.name, 'Other');
    };
    await isSplit();
    await sync(both.map((line) => ({ ...line, group: 'Moved' })));
    await isSplit();
    await sync(both.slice(0, 1));
    await sync(both);
    await isSplit();
  });

  test('of what is no list leaves what was published', async () => {
    await sync(numbered(12));
    await assert.rejects(sync('<html>account expired</html>'), /HTML/);
    assert.equal((await idsByName()).size, 12);
  });

  test('of entries that are alike keeps each', async () => {
    const twice = [
      { name: 'Same', url: 'http://p.example/1' },
      { name: 'Same', url: 'http://p.example/2' },
      { name: 'Same', url: 'http://p.example/2' },
    ];
    const { snapshot } = await sync(twice);
    assert.equal(snapshot?.added, 3);
    assert.equal((await sync(twice)).snapshot, null);
    const [channel] = await store.channels(ALL, NO_ABORT);
    assert.equal((await store.sources(channel?.id ?? '', ALL_RIGHTS, NO_ABORT)).length, 3);
  });
});
