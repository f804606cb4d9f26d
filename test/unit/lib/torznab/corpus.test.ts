/** Every feed of the corpus is read for what it says. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import { describe, test } from 'node:test';
import { corpusBytes, readCorpus, readFeed, skipWithoutCorpus } from './read-corpus.ts';

describe('feeds of real servers', { skip: skipWithoutCorpus }, () => {
  test('hash, size and seeders stand where each of them puts it', async () => {
    const facts = async (file: string) =>
      (await readCorpus(file)).items.map(({ infohash, sizeBytes, seeders }) => [
        infohash?.slice(0, 8) ?? null,
        sizeBytes,
        seeders,
      ]);
    assert.deepEqual(
      await facts('rss-ezrss.xml'),
      [
        ['098b73d0', 796_606_175, -1],
        ['411d5fa6', 698_999_946, -1],
        ['266683a8', 1_163_302_273, -1],
      ],
      '<torrent> of ezRSS; the magnet link has the hash in base32',
    );
    assert.deepEqual(
      await facts('rss-eztv-torrent-namespace.xml'),
      [
        ['aabbccdd', 1_073_741_824, 142],
        ['11223344', 8_589_934_592, 89],
        ['aabbccdd', 2_147_483_648, 217],
      ],
      'elements of the namespace torrent:',
    );
    assert.deepEqual(
      (await facts('rss-limetorrents.xml'))[0],
      ['2be80dce', 880_496_711, 0],
      'the hash is the name of the file, the seeders are in the description',
    );
    assert.deepEqual(
      await facts('torznab-animetosho.xml'),
      [
        ['ba2fecde', 316_477_946, -1],
        ['ada0be6b', 473_987_489, -1],
      ],
      'length 0, and the attribute against a magnet link with another hash',
    );
    assert.deepEqual(
      await facts('rss-invalid-size.xml'),
      [['411d5fa6', 0, -1]],
      'of 100 KB no release is',
    );
    assert.deepEqual(
      (await facts('rss-nyaa.xml'))[0],
      [null, 2_523_293_286, 1],
      'text of the description: 1 seeder(s) … 2.35 GiB',
    );
  });

  test('what torznab:attr say: ids, categories, and that a tracker is private', async () => {
    const { items } = await readCorpus('torznab-hdaccess.xml');
    assert.deepEqual(
      items.map(({ imdbId }) => imdbId),
      ['tt3032476', '', 'tt2305051', 'tt0118548', 'tt3148266'],
    );
    assert.deepEqual(items[0]?.categories, [5000, 5040, 100_009, 100_036]);
    assert.ok(
      items.every(({ isPrivate, trackers }) => isPrivate === true && trackers.length === 0),
    );
    assert.equal(items[0]?.publishedAtS, Date.UTC(2015, 2, 14, 21, 10, 42) / 1000);
  });

  test('of two enclosures each is found; relative addresses are made absolute', async () => {
    const [, both] = (await readCorpus('torznab-animetosho.xml')).items;
    assert.equal(both?.torrentUrl, 'http://storage.localhost/torrents/123452.torrent');
    assert.equal(both?.nzbUrl, 'http://storage.localhost/nzb/123452.nzb');
    const [relative] = (await readCorpus('rss-relative-urls.xml')).items;
    assert.equal(relative?.nzbUrl, 'https://indexer.test/getnzb/123.nzb&i=123&r=123');
    assert.equal(relative?.torrentUrl, '');
    assert.equal(relative?.title, 'Real.Time.With.Bill.Maher.2015.08.07.720p.HDTV.x264-BATV');
  });

  test('capabilities, with and without a list of parameters, and an error behind a byte order mark', async () => {
    const { caps } = (await readCorpus('torznab-animetosho-caps.xml')).summary;
    assert.ok(caps !== null);
    assert.equal(caps.title, 'Anime Tosho');
    assert.equal(caps.limitMax, 200);
    assert.deepEqual([caps.search.isAvailable, caps.movie.isAvailable], [true, false]);
    assert.deepEqual(
      caps.categories.map(({ id }) => id),
      [5070, 2020],
    );
    const old = (await readCorpus('newznab-caps.xml')).summary.caps;
    assert.deepEqual([...(old?.movie.params ?? [])], ['q', 'imdbid']);
    assert.equal(old?.limitMax, 60);
    assert.equal(old?.categories.length, 14);
    assert.deepEqual((await readCorpus('newznab-error-100.xml')).summary.error, {
      code: 100,
      description: 'Incorrect user credentials',
    });
  });

  test('wherever the pieces are cut, and however little of it came', async () => {
    const files = (await readdir('../shared/data/torznab')).filter((file) => file.endsWith('.xml'));
    for (const file of files) {
      const bytes = await corpusBytes(file);
      const whole = readFeed(bytes);
      assert.equal(whole.summary.isCutOff, false, file);
      for (const pieceBytes of [1, 7, 64, 1000])
        assert.deepEqual(readFeed(bytes, pieceBytes), whole, `${file}, ${pieceBytes} at a time`);
      for (let end = 0; end < bytes.byteLength; end += 211) {
        const { items, summary } = readFeed(bytes.subarray(0, end));
        assert.deepEqual(items, whole.items.slice(0, items.length), `${file} up to ${end}`);
        assert.ok(summary.isCutOff || summary.kind === 'empty', `${file} up to ${end} is cut off`);
      }
    }
  });
});
