/** What is written is read back as it was, by our own reader. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { foldControlCharacters } from '../../../../src/lib/control-characters.ts';
import {
  writeCaps,
  writeError,
  writeFeed,
  type OfferedTorrent,
} from '../../../../src/lib/torznab/write-feed.ts';
import { readFeed } from './read-corpus.ts';

const SERVER = { title: 'Sluice & <Co>', version: '1', url: 'https://sluice.test/path' };
const TORRENT: OfferedTorrent = {
  title: 'Sintel.2010.1080p & "more" <x>',
  infohash: 'aabbccddeeff00112233445566778899aabbccdd',
  trackers: ['udp://tracker.test:1337/announce'],
  sizeBytes: 5_000_000_000,
  seeders: 12,
  publishedAtS: 1_276_646_400,
  categories: [2000, 2040],
  imdbId: 'tt1727587',
  tmdbId: '45745',
  season: null,
  episode: null,
};

test('results', () => {
  const text = writeFeed(SERVER, { torrents: [TORRENT], offset: 0, total: 7 });
  const { items, summary } = readFeed(text);
  assert.deepEqual([summary.total, summary.kind, summary.isCutOff], [7, 'feed', false]);
  assert.deepEqual(items, [
    {
      title: TORRENT.title,
      infohash: TORRENT.infohash,
      trackers: TORRENT.trackers,
      torrentUrl: '',
      nzbUrl: '',
      sizeBytes: TORRENT.sizeBytes,
      seeders: 12,
      publishedAtS: TORRENT.publishedAtS,
      categories: [2000, 2040],
      imdbId: 'tt1727587',
      tmdbId: '45745',
      isPrivate: null,
      isPassworded: false,
      indexer: '',
      uploader: '',
    },
  ]);
});

test('size, seeders, hash and categories also stand where plain RSS has them', () => {
  const text = writeFeed(SERVER, { torrents: [TORRENT], offset: 0, total: 1 });
  const [plain] = readFeed(text.replaceAll(/<torznab:attr[^>]*>/g, '')).items;
  assert.equal(plain?.sizeBytes, TORRENT.sizeBytes);
  assert.equal(plain?.seeders, 12);
  assert.equal(plain?.infohash, TORRENT.infohash);
  assert.deepEqual(plain?.categories, TORRENT.categories);
});

test('capabilities and errors', () => {
  const mode = (...params: string[]) => ({ isAvailable: true, params: new Set(params) });
  const text = writeCaps(SERVER, {
    limitMax: 100,
    limitDefault: 50,
    search: mode('q'),
    movie: mode('q', 'imdbid', 'tmdbid'),
    series: mode('q', 'season', 'ep', 'imdbid', 'tmdbid'),
  });
  const { caps } = readFeed(text).summary;
  assert.equal(caps?.title, SERVER.title);
  assert.equal(caps?.limitMax, 100);
  assert.deepEqual([...(caps?.series.params ?? [])], ['q', 'season', 'ep', 'imdbid', 'tmdbid']);
  assert.ok(caps?.categories.some(({ id }) => id === 5070));
  assert.deepEqual(readFeed(writeError(201, 'a "b" <c>')).summary.error, {
    code: 201,
    description: 'a "b" <c>',
  });
});

test('any title that is one line comes back as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 200 }), (raw) => {
      const title = foldControlCharacters(raw).replaceAll(/\s+/g, ' ').trim();
      fc.pre(title !== '' && !/&(?:amp|lt|gt|quot|apos|nbsp|#\w+);/i.test(title));
      const text = writeFeed(SERVER, { torrents: [{ ...TORRENT, title }], offset: 0, total: 1 });
      assert.equal(readFeed(text).items[0]?.title, title);
    }),
  );
});
