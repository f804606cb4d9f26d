/** Films, series and episodes of Xtream servers, in the types that these really use. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { JsonValue } from '../../../../src/lib/json/json-value.ts';
import { movieEntry, seriesEntry, seriesEpisodes } from '../../../../src/lib/xtream/vod-entry.ts';

const ACCOUNT = { baseUrl: 'http://p.example:8080', username: 'u', password: 'p w' };
const LISTING = { account: ACCOUNT, categories: new Map([['770', 'Drama']]) };

describe('films and series of an Xtream server', () => {
  test('are read whatever the types of their fields', () => {
    const read = movieEntry(
      {
        name: 'EN - Sintel (2010)',
        stream_id: '12',
        category_id: 770,
        container_extension: 'mkv',
        rating: 7.5,
        rating_5based: '3.7',
        added: '1768511625',
        tmdb: '45745',
        stream_icon: null,
      },
      LISTING,
    );
    assert.ok(typeof read !== 'string');
    const { entry, vod } = read;
    assert.equal(entry.url, 'http://p.example:8080/movie/u/p%20w/12.mkv');
    assert.equal(entry.group, 'Drama');
    assert.deepEqual(
      [vod?.title, vod?.year, vod?.container, vod?.externalId, vod?.details],
      ['Sintel', 2010, 'mkv', 'tmdb:45745', { rating: 7.5, addedS: 1_768_511_625 }],
    );
  });

  test('without an id or a name are refused with what is missing', () => {
    assert.equal(movieEntry({ name: 'X' }, LISTING), 'has no stream_id');
    assert.equal(seriesEntry({ series_id: 7, name: null }, LISTING), 'the series "7" has no name');
    assert.match(String(movieEntry('text', LISTING)), /expected an object/);
  });

  test('have an address where their episodes are told', () => {
    const read = seriesEntry(
      { series_id: 7, name: 'Show', cover: 'http://i.example/7.jpg' },
      LISTING,
    );
    assert.ok(typeof read !== 'string');
    assert.equal(read.vod?.seriesRef, '7');
    assert.match(read.entry.url, /action=get_series_info&series_id=7$/);
    assert.equal(read.entry.logo, 'http://i.example/7.jpg');
  });

  const forms: Readonly<Record<string, JsonValue>> = {
    'an object by season': { '1': [{ id: '5', episode_num: 1, title: 'One' }] },
    'a list of lists': [[{ id: 5, season: 1, episode_num: '1', title: 'One' }]],
    'one list': [{ id: 5, season: '1', episode_num: 1, title: 'One' }],
    'objects within an object': { '1': { '0': { id: 5, episode_num: 1, title: 'One' } } },
  };
  for (const [what, episodes] of Object.entries(forms))
    test(`tell their episodes as ${what}`, () => {
      assert.deepEqual(seriesEpisodes({ episodes }, ACCOUNT), [
        {
          season: 1,
          episode: 1,
          name: 'One',
          url: 'http://p.example:8080/series/u/p%20w/5.mp4',
          container: 'mp4',
          details: {},
        },
      ]);
    });

  test('have no episodes where the answer has none', () => {
    for (const episodes of [{}, [], null, 'x', { '1': null }, { '1': [{ id: 1 }] }])
      assert.deepEqual(seriesEpisodes({ episodes }, ACCOUNT), []);
  });
});
