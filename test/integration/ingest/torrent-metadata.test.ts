/** Magnet links: what caches, the accounts of whoever brings them, and indexers say of their torrents. */
import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import type { DebridAccount } from '../../../src/features/debrid/contract.ts';
import { TorrentMetadata } from '../../../src/features/ingest/readers/torrent-metadata.ts';
import { magnetStream } from '../../../src/features/ingest/readers/torrent.ts';
import type { TorrentLookup } from '../../../src/features/sources/contract.ts';
import { SourceTorrents } from '../../../src/features/sources/torrent-lookup.ts';
import { CancelController } from '../../../src/lib/async/cancel.ts';
import { AppError } from '../../../src/lib/errors.ts';
import type { LineStream } from '../../../src/lib/import-line/stream-line.ts';
import type { ServiceEntry } from '../../../src/lib/user-config/own-services.ts';
import { createFetcher } from '../../../src/platform/fetch/fetcher.ts';
import { createUpstreams } from '../../../src/platform/upstream/upstreams.ts';
import { silentLogger } from '../../support/cache-parts.ts';
import { DEBRID_KITS } from '../../support/debrid-kits.ts';
import { NO_ABORT } from '../../support/open-database.ts';
import { SOURCE_KITS } from '../../support/source-kits.ts';
import { WORKS } from '../../support/upstreams/works.ts';

const NOTHING: TorrentLookup = { byInfohash: () => Promise.resolve(null) };
const ENTRY = {} as ServiceEntry;
const magnet = (infohash: string) => magnetStream(`magnet:?xt=urn:btih:${infohash}`);

function metadataOf(
  torrents: TorrentLookup,
  open: () => DebridAccount = () => {
    throw new AppError('debrid.unsupported', 'no account');
  },
) {
  const caches = { complete: (stream: LineStream) => Promise.resolve(stream) };
  return new TorrentMetadata({ caches, services: { open }, torrents, logger: silentLogger });
}

describe('metadata of magnet links', () => {
  const fetcher = createFetcher({ allowPrivate: ['127.0.0.1'] });
  const upstreams = createUpstreams({ fetcher, redis: null, processes: 1, logger: silentLogger });
  after(() => fetcher[Symbol.asyncDispose]());

  const release = WORKS[0]?.releases[0];
  assert.ok(release !== undefined);
  const { infohash, name, sizeBytes } = release;

  async function openSource(script = {}) {
    const kit = SOURCE_KITS.find((each) => each.name === 'torznab, hash in attribute');
    assert.ok(kit !== undefined);
    return kit.open(upstreams, script);
  }

  test('an indexer that has the torrent gives its name and size, and another torrent none', async () => {
    const { source, upstream } = await openSource();
    await using _closing = upstream;
    const metadata = metadataOf(new SourceTorrents([source], silentLogger));
    const found = await metadata.complete(magnet(infohash), [], NO_ABORT);
    assert.deepEqual([found.name, found.sizeBytes], [name, sizeBytes]);
    const asked = upstream.asked.length;
    const named = { ...magnet(infohash), name: 'Said.By.The.Link' };
    assert.deepEqual(await metadata.complete(named, [], NO_ABORT), named);
    assert.equal(upstream.asked.length, asked);
    const other = magnet('ab'.repeat(20));
    assert.deepEqual(await metadata.complete(other, [], NO_ABORT), other);
  });

  test('sources that fail, and a cancel, end the question', async () => {
    const { source, upstream } = await openSource({ hasWrongKey: true });
    await using _closing = upstream;
    const lookup = new SourceTorrents([source], silentLogger);
    assert.equal(await lookup.byInfohash(infohash, NO_ABORT), null);
    const cancel = new CancelController();
    cancel.abort(new Error('cancelled'));
    await assert.rejects(lookup.byInfohash(infohash, cancel.signal), /cancelled/);
  });

  for (const kit of DEBRID_KITS.filter(({ name: of }) =>
    ['realdebrid', 'alldebrid', 'premiumize', 'torbox'].includes(of),
  ))
    test(`an account at ${kit.name} that holds the torrent gives its name and files, and is added nothing`, async () => {
      await using opened = await kit.open();
      const { cloud, held, account } = opened;
      const metadata = metadataOf(NOTHING, () => account);
      const unknown = magnet(cloud.cached.infohash);
      assert.deepEqual(await metadata.complete(unknown, [ENTRY], NO_ABORT), unknown);
      cloud.hold(held, cloud.cached);
      const found = await metadata.complete(unknown, [ENTRY], NO_ABORT);
      assert.equal(found.name, cloud.cached.name);
      assert.ok(found.files.some(({ path }) => path.endsWith('.mkv') || path.endsWith('.mp4')));
      assert.equal(held.held.length, 1);
    });

  test('an account that refuses leaves the rest to sources', async () => {
    const kit = DEBRID_KITS.find((each) => each.name === 'realdebrid');
    assert.ok(kit !== undefined);
    await using opened = await kit.open({ credentials: 'wrong' });
    const { source, upstream } = await openSource();
    await using _closing = upstream;
    const metadata = metadataOf(new SourceTorrents([source], silentLogger), () => opened.account);
    assert.equal((await metadata.complete(magnet(infohash), [ENTRY], NO_ABORT)).name, name);
  });
});
