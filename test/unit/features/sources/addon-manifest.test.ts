/** Protects which ids an add-on is asked with: as its manifest says, in its forms, without a query of ours. */
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { test } from 'node:test';
import {
  AddonAddress,
  idFor,
  streamOffer,
} from '../../../../src/features/sources/providers/addon-manifest.ts';
import type { SearchSubject } from '../../../../src/features/sources/contract.ts';
import type { JsonObject, JsonValue } from '../../../../src/lib/json/json-value.ts';
import { AppError } from '../../../../src/lib/errors.ts';

const CASES = '../shared/data/stremio/resource-routing-cases.jsonl';
const OFFICIAL = '../shared/data/stremio/official-addons.json';

const MOVIE: SearchSubject = {
  mediaId: 1,
  type: 'movie',
  imdbId: 'tt0063350',
  tmdbId: '10331',
  tvdbId: '7',
  names: ['Night of the Living Dead'],
  year: 1968,
  endYear: 0,
  isAnime: false,
  released: '',
  episodes: [],
  season: 0,
  episode: 0,
};
const EPISODE: SearchSubject = { ...MOVIE, type: 'series', season: 0, episode: 3 };

const asked = (manifest: JsonObject, subject = MOVIE) => {
  const offer = streamOffer({ resources: ['stream'], types: ['movie', 'series'], ...manifest });
  return offer === null ? null : idFor(subject, offer);
};

test('one form of the id, the first that is taken', () => {
  assert.equal(asked({ idPrefixes: ['tt'] }), 'tt0063350');
  assert.equal(asked({ idPrefixes: ['tmdb:', 'tt'] }), 'tt0063350');
  assert.equal(asked({ idPrefixes: ['tmdb'] }), 'tmdb:10331');
  assert.equal(asked({ idPrefixes: ['tvdb:'] }), 'tvdb:7');
  assert.equal(asked({ idPrefixes: ['kitsu:'] }), null);
  assert.equal(asked({}), 'tt0063350');
  assert.equal(asked({ idPrefixes: [] }), 'tt0063350');
  assert.equal(asked({}, { ...MOVIE, imdbId: '' }), null);
  assert.equal(asked({ idPrefixes: ['tmdb:'] }, { ...MOVIE, tmdbId: '' }), null);
  assert.equal(asked({ idPrefixes: ['tt'] }, EPISODE), 'tt0063350:0:3');
  assert.equal(asked({ types: ['series'] }), null);
  assert.equal(asked({ resources: ['meta'] }), null);
  const own = {
    resources: [{ name: 'stream', types: ['movie'], idPrefixes: ['tmdb:'] }],
    types: ['series'],
    idPrefixes: ['tt'],
  };
  assert.equal(asked(own), 'tmdb:10331');
  assert.equal(asked(own, EPISODE), null);
  assert.equal(asked({ resources: [{ name: 'stream' }], idPrefixes: ['tt'] }), 'tt0063350');
});

test('what is no manifest is said to be none', () => {
  for (const value of [null, [], 'x', {}, { resources: {} }] as readonly JsonValue[])
    assert.throws(
      () => streamOffer(value),
      (error) => error instanceof AppError && error.code === 'source.bad-answer',
    );
  const odd = streamOffer({
    resources: [null, 7, { name: 'stream', types: 'movie' }],
    types: [3, 'movie'],
  });
  assert.deepEqual(odd, { name: '', types: ['movie'], idPrefixes: null });
});

test(
  'as the official client decides',
  { skip: existsSync(CASES) ? false : `${CASES} is not there` },
  async () => {
    const cases = (await readFile(CASES, 'utf8'))
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as JsonObject & { manifest: JsonObject; supported: boolean })
      .filter(({ resource }) => resource === 'stream');
    for (const { manifest, type, supported, name } of cases) {
      const offer = streamOffer(manifest);
      assert.equal(offer !== null && offer.types.includes(String(type)), supported, String(name));
    }
    assert.ok(cases.length > 0);
    const official = JSON.parse(await readFile(OFFICIAL, 'utf8')) as readonly {
      manifest: JsonObject;
    }[];
    const withStreams = official.filter(({ manifest }) => streamOffer(manifest) !== null);
    assert.deepEqual(
      withStreams.map(({ manifest }) => manifest['name']),
      ['Netflix', 'WatchHub'],
    );
  },
);

test('addresses as people copy them', () => {
  const base = 'https://addon.example/some/settings';
  const forms = [
    `${base}/manifest.json`,
    `${base}/`,
    base,
    `${base}/configure`,
    `stremio://addon.example/some/settings/manifest.json`,
    `${base}/manifest.json#x`,
  ];
  for (const form of forms) {
    const address = new AddonAddress(form);
    assert.equal(address.base, base, form);
    assert.equal(address.manifest, `${base}/manifest.json`);
    assert.equal(address.streams('series', 'tt1:1:2'), `${base}/stream/series/tt1%3A1%3A2.json`);
  }
  assert.equal(new AddonAddress('http://addon.example').base, 'http://addon.example');
  const owners = new AddonAddress('https://addon.example/manifest.json?token=own');
  assert.equal(
    owners.streams('movie', 'tt1'),
    'https://addon.example/stream/movie/tt1.json?token=own',
  );
});
