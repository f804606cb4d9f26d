/** Lists of channels where there are many: by key through an index, whatever page; and every channel once. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { AccountSeals } from '../../../src/features/iptv/accounts/account-seals.ts';
import { ALL_RIGHTS, type ChannelQuery } from '../../../src/features/iptv/contract.ts';
import { IptvStore } from '../../../src/features/iptv/store.ts';
import { KeyRing } from '../../../src/lib/install-token/key-ring.ts';
import { explain } from '../../support/explain.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { RecordingDatabase } from '../../support/recording-database.ts';
import {
  createTestDatabase,
  skipWithoutPostgres,
  type TestDatabase,
} from '../../support/template-db.ts';

const CHANNELS = 30_000;
const PAGE = 100;
/** Per channel of a page: its row, its sources and their providers, through three levels of an index each. */
const BUFFERS_MAX = 20 * PAGE;
/** Dozens of rows. */
const SMALL_TABLES: ReadonlySet<string> = new Set(['iptv_provider']);
const QUERY: ChannelQuery = {
  ...ALL_RIGHTS,
  group: '',
  search: '',
  includesHidden: true,
  after: '',
  skip: 0,
  limit: PAGE,
};

describe('statements on many channels', { skip: skipWithoutPostgres }, () => {
  let server: TestDatabase;
  let database: RecordingDatabase;
  let store: IptvStore;

  before(async () => {
    server = await createTestDatabase();
    database = new RecordingDatabase(server.uri);
    store = new IptvStore(database, new AccountSeals(new KeyRing(['a secret of this test'])));
    await database.sql.unsafe(`
      INSERT INTO iptv_provider (name, kind, address_sealed, published_snapshot) SELECT 'p' || n, 'm3u', '', 1 FROM generate_series(1, 2) n;
      INSERT INTO iptv_channel (merge_key, name, group_title, number)
        SELECT 'c' || n, 'Channel ' || n % 20000, 'G' || n % 100, nullif(n % 5, 0) FROM generate_series(1, ${CHANNELS}) n;
      INSERT INTO iptv_source (provider_id, from_snapshot, channel_id, position, digest, merge_key, name, url)
        SELECT p, 1, c.channel_id, c.channel_id, md5(p || ' ' || c.channel_id)::uuid, c.merge_key, c.name, 'http://x.example/' || c.channel_id
        FROM iptv_channel c, generate_series(1, 2) p;
      ANALYZE iptv_channel, iptv_source, iptv_provider;`);
  });
  after(async () => {
    await database[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const idAt = async (position: number): Promise<string> => {
    const [row] = await store.channels({ ...QUERY, skip: position, limit: 1 }, NO_ABORT);
    assert.ok(row !== undefined);
    return row.id;
  };
  const PAGES: Readonly<Record<string, () => Promise<Partial<ChannelQuery>>>> = {
    'the first page': () => Promise.resolve({}),
    'a page near the end': async () => ({ after: await idAt(CHANNELS - 500) }),
    'a page of those without a number': async () => ({ after: await idAt(CHANNELS - 5000) }),
    'a page of a group': () => Promise.resolve({ group: 'G7' }),
    'a page of what a viewer may see': () =>
      Promise.resolve({ providers: [1], groups: ['G1', 'G2', 'G3'], group: 'G2' }),
  };
  for (const [name, chosen] of Object.entries(PAGES))
    test(`${name} reads its own rows`, async () => {
      const query = { ...QUERY, ...(await chosen()) };
      assert.equal((await store.channels(query, NO_ABORT)).length, PAGE);
      const statement = database.statements.at(-1);
      assert.ok(statement !== undefined);
      const facts = await explain(database.sql, statement, 'custom');
      assert.deepEqual(
        facts.wholeTables.filter((table) => !SMALL_TABLES.has(table)),
        [],
      );
      const index = `iptv_channel_order${query.group === '' ? '' : '_by_group'}`;
      assert.ok(facts.indexes.includes(index), facts.indexes.join(', '));
      assert.ok(facts.buffers <= BUFFERS_MAX, `${facts.buffers} pages`);
    });

  test('pages have every channel once, in the order of one page', async () => {
    const query = { ...QUERY, group: 'G0', limit: 70 };
    const paged: string[] = [];
    for (let id: string | undefined = ''; id !== undefined; id = paged.at(-1)) {
      const channels = await store.channels({ ...query, after: id }, NO_ABORT);
      if (channels.length === 0) break;
      paged.push(...channels.map((channel) => channel.id));
    }
    const whole = await store.channels({ ...query, limit: 1000 }, NO_ABORT);
    assert.equal(whole.length, CHANNELS / 100);
    assert.deepEqual(
      paged,
      whole.map(({ id }) => id),
    );
  });

  test('pages of a difference have every entry once', async () => {
    const paged: string[] = [];
    let last: { channel: string; place: number } | undefined;
    for (let pages = 0; pages < 4; pages++) {
      const page = { after: last ?? null, limit: PAGE };
      const entries = await store.difference(1, 1, page, NO_ABORT);
      paged.push(...entries.map(({ channel, place }) => `${channel} ${place}`));
      last = entries.at(-1);
    }
    const whole = await store.difference(1, 1, { after: null, limit: 4 * PAGE }, NO_ABORT);
    assert.deepEqual(
      paged,
      whole.map(({ channel, place }) => `${channel} ${place}`),
    );
  });
});
