/** Names and descriptions of files for media servers. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { movieNfo } from '../../../src/lib/strm/nfo.ts';
import { episodeFile, safeName, seasonFolder, titleFolder } from '../../../src/lib/strm/names.ts';

const ID = '0123456789abcdef';

test('titles of one name and year are told apart, whatever their case', () => {
  const taken = new Set<string>();
  assert.equal(titleFolder({ id: ID, name: 'Sintel', year: 2010 }, taken), 'Sintel (2010)');
  const second = titleFolder({ id: ID, name: 'SINTEL', year: 2010 }, taken);
  assert.equal(second, 'SINTEL (2010) [01234567]');
  assert.equal(titleFolder({ id: ID, name: '/', year: 0 }, taken), ID);
});

test('seasons and episodes have two digits at least', () => {
  assert.equal(seasonFolder(0), 'Season 00');
  assert.equal(episodeFile('Show (2010)', 1, 102), 'Show (2010) S01E102');
});

test('a name is one that every file system takes, and never leads elsewhere', () => {
  assert.equal(safeName('Face/Off: "What?"'), 'Face Off What');
  assert.equal(safeName('../../etc/passwd'), 'etc passwd');
  assert.equal(safeName('CON'), '_CON');
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
      const name = safeName(text);
      assert.ok(Buffer.byteLength(name) <= 161);
      assert.ok(!/[/\\:*?"<>|\0]/.test(name) && !name.startsWith('.') && !/[. ]$/.test(name), name);
    }),
  );
});

test('a description is XML whatever the provider writes', () => {
  const said = {
    plot: 'A <b> & "c"',
    genre: 'Drama / Short',
    poster: '',
    tmdbId: '45745',
    rating: 7,
  };
  assert.equal(
    movieNfo({ name: 'Sintel & co', year: 2010, imdbId: 'tt1727587', ...said }),
    `<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<movie>
  <title>Sintel &amp; co</title>
  <year>2010</year>
  <plot>A &lt;b&gt; &amp; &quot;c&quot;</plot>
  <rating>7.0</rating>
  <genre>Drama</genre>
  <genre>Short</genre>
  <uniqueid type="imdb" default="true">tt1727587</uniqueid>
  <uniqueid type="tmdb" default="false">45745</uniqueid>
</movie>
`,
  );
});
