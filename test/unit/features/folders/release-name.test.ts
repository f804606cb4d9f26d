/** What videos of collections are called, as people and media servers lay them out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { namesOfVideo } from '../../../../src/features/folders/release-name.ts';

const first = (path: string) => namesOfVideo(path)?.names[0];

test('the name of the file, with its folders where it says too little', () => {
  assert.equal(first('Sintel.2010.1080p.mkv'), 'Sintel.2010.1080p');
  assert.equal(first('Sintel (2010)/Sintel 1080p.mkv'), 'Sintel (2010) Sintel 1080p');
  assert.equal(first('Sintel (2010)/Sintel (2010).mkv'), 'Sintel (2010)');
  assert.equal(first('Pioneer One/Pioneer.One.S01E02.mkv'), 'Pioneer.One.S01E02');
  assert.equal(
    first('Pioneer One (2010)/Season 1/03 - Alone.mkv'),
    'Pioneer One (2010) S01E03  - Alone',
  );
  assert.equal(first('Pioneer One/Season 02/Episode 4.mkv'), 'Pioneer One S02E04');
  assert.equal(first('Pioneer One/S01/S01E05.mkv'), 'S01E05');
  assert.equal(namesOfVideo('Pioneer One/S01/S01E05.mkv')?.names[1], 'Pioneer One S01E05');
});

test('tags of media servers are ids, and samples, trailers and extras nothing', () => {
  const tagged = namesOfVideo('Sintel (2010) [imdbid-tt1727587]/Sintel {tmdb-45745}.mkv');
  assert.deepEqual([tagged?.imdbId, tagged?.tmdbId], ['tt1727587', '45745']);
  assert.equal(tagged?.names[0], 'Sintel (2010) Sintel');
  for (const path of [
    'A (2010)/Sample.mkv',
    'A (2010)/a-sample.mkv',
    'A/Extras/b.mkv',
    'A/Featurettes/c/d.mkv',
    'a trailer.mp4',
  ])
    assert.equal(namesOfVideo(path), null, path);
});

test('any path has a name or none, and nothing is thrown', () => {
  fc.assert(
    fc.property(
      fc.string({
        unit: fc.constantFrom('a', '/', '.', ' ', '1', 'S', 'E', '(', '[', 'é'),
        maxLength: 60,
      }),
      (path) => {
        const named = namesOfVideo(`${path}.mkv`);
        assert.ok(named === null || Array.isArray(named.names));
      },
    ),
  );
});
