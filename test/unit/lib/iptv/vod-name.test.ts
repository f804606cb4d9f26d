/** Names of films and episodes as providers write them, and which entries of a list are films at all. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { vodOfEntry } from '../../../../src/lib/iptv/vod-facts.ts';
import { readVodName, vodKey } from '../../../../src/lib/iptv/vod-name.ts';
import type { M3uEntry } from '../../../../src/lib/m3u/entry.ts';
import { M3uReader } from '../../../../src/lib/m3u/reader.ts';

type Read = readonly [title: string, year: number, season: number, episode: number];

describe('a name of a film or an episode', () => {
  const names: Readonly<Record<string, Read>> = {
    'Sintel (2010)': ['Sintel', 2010, -1, -1],
    'EN - Sintel (2010) [4K]': ['Sintel', 2010, -1, -1],
    '|DE| Sintel - 2010': ['Sintel', 2010, -1, -1],
    '4K-EN - Big Buck Bunny 4K': ['Big Buck Bunny', 0, -1, -1],
    '2001: A Space Odyssey (1968)': ['2001: A Space Odyssey', 1968, -1, -1],
    '1917': ['1917', 0, -1, -1],
    'Pioneer One S01 E02 The Man': ['Pioneer One', 0, 1, 2],
    'EN - Pioneer One (2010) S01E02': ['Pioneer One', 2010, 1, 2],
    'Pioneer One 1x03': ['Pioneer One', 0, 1, 3],
    'وقت إضافي (2026)': ['وقت إضافي', 2026, -1, -1],
  };
  for (const [name, [title, year, season, episode]] of Object.entries(names))
    test(`is read: ${name}`, () => {
      assert.deepEqual(readVodName(name), { title, year, season, episode });
    });

  test('is one key whoever writes it', () => {
    assert.equal(vodKey('movie', 'WALL·E', 2008), vodKey('movie', 'Wall E', 2008));
    assert.notEqual(vodKey('movie', 'Dune', 1984), vodKey('movie', 'Dune', 2021));
    assert.notEqual(vodKey('movie', 'Dune', 2021), vodKey('series', 'Dune', 2021));
  });

  test('keeps something of whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 60 }), (name) => {
        const { title, year, season } = readVodName(name);
        assert.ok(title !== '' || name.trim() === '');
        assert.ok(year === 0 || (year >= 1900 && year < 2100));
        assert.ok(season >= -1 && season <= 9999);
      }),
    );
  });
});

describe('an entry of a list', () => {
  function entryOf(attributes: string, address: string): M3uEntry {
    const entries: M3uEntry[] = [];
    const reader = new M3uReader({
      entry: (entry) => entries.push(entry),
      refused: ({ reason }) => assert.fail(reason),
    });
    reader.write(`#EXTM3U\n#EXTINF:-1 ${attributes},Name S01E02\n${address}\n`);
    reader.end();
    const [entry] = entries;
    assert.ok(entry !== undefined);
    return entry;
  }

  const cases: readonly (readonly [attributes: string, address: string, kind: string])[] = [
    ['group-title="News"', 'http://p.example/live/u/p/1.ts', 'live'],
    ['', 'http://p.example/movie/u/p/1.mkv', 'movie'],
    ['', 'http://p.example/series/u/p/1.ts', 'series'],
    ['', 'http://p.example/files/a.mkv?x=1', 'series'],
    ['tvg-id="a.uk"', 'http://p.example/files/a.mp4', 'live'],
    ['tvg-type="movie"', 'http://p.example/1', 'movie'],
    ['tvg-type="live"', 'http://p.example/movie/u/p/1.mp4', 'live'],
  ];
  for (const [attributes, address, kind] of cases)
    test(`with ${attributes || 'nothing'} at ${address} is ${kind}`, () => {
      assert.equal(vodOfEntry(entryOf(attributes, address))?.kind ?? 'live', kind);
    });
});
