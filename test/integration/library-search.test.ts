/** Titles are found in every script and spelling, whoever wrote the lexemes. */
import assert from 'node:assert/strict';
import { after, before, beforeEach, describe, test } from 'node:test';
import type { ImportedTitle } from '../../src/features/library/contract.ts';
import { rebuildSearch } from '../../src/features/library/search/store.ts';
import type { LibraryStore } from '../../src/features/library/store.ts';
import { importedTitle } from '../support/imported-titles.ts';
import type { RecordingDatabase } from '../support/recording-database.ts';
import { skipWithoutPostgres } from '../support/template-db.ts';
import { MOVIES, openTestLibrary, type TestLibrary } from '../support/test-library.ts';

const NOTHING = { titlesAdded: 0, titlesChanged: 0, streamsAdded: 0, linksAdded: 0 };

describe('library search', { skip: skipWithoutPostgres }, () => {
  const { signal } = new AbortController();
  let opened: TestLibrary;
  let database: RecordingDatabase;
  let library: LibraryStore;
  let search: TestLibrary['search'];

  before(async () => {
    opened = await openTestLibrary();
    ({ database, library, search } = opened);
  });
  beforeEach(() => opened.empty());
  after(() => opened[Symbol.asyncDispose]());

  test('titles are found in every script, by starts of words, by other titles, exact ones first', async () => {
    const named = (title: string, more: Partial<ImportedTitle> = {}) => {
      const publicId = `sl:x${Buffer.from(title).toString('hex').slice(0, 60)}`;
      return importedTitle({ publicId, title, isAlwaysListed: true, ...more });
    };
    await library.importTitles(
      [
        named('Amélie', { alternativeTitles: ['Le Fabuleux Destin d’Amélie Poulain'] }),
        named('千と千尋の神隠し'),
        named('Ирония судьбы'),
        named('शोले'),
        named('الرسالة'),
        named('기생충'),
        named('It', { popularity: 1 }),
        named('It Happened', { popularity: 9 }),
        named('M*A*S*H'),
        named("L'Avventura"),
        named('O\'Brien\\ "quoted" & | ! :* ()'),
      ],
      signal,
    );
    assert.deepEqual(await search('amelie'), ['Amélie']);
    assert.deepEqual(await search('FABULEUX destin'), ['Amélie']);
    assert.deepEqual(await search('千尋'), ['千と千尋の神隠し'], 'no spaces: any part');
    assert.deepEqual(await search('神'), ['千と千尋の神隠し']);
    assert.deepEqual(await search('ИРОН'), ['Ирония судьбы']);
    assert.deepEqual(await search('शोले'), ['शोले']);
    assert.deepEqual(await search('الرس'), ['الرسالة']);
    assert.deepEqual(await search('기생'), ['기생충']);
    assert.deepEqual(
      await search('it'),
      ['It', 'It Happened'],
      'the exact title first, though less popular',
    );
    assert.deepEqual(await search('avventura'), ["L'Avventura"]);
    assert.deepEqual(await search('lavventura'), ["L'Avventura"]);
    assert.deepEqual(await search('o\'brien "quoted"'), ['O\'Brien\\ "quoted" & | ! :* ()']);
    assert.deepEqual(await search('m a s h'), ['M*A*S*H']);
    for (const nothing of ['zzz', '!!!', "'", '\\', ':*', '& |', '😀']) {
      assert.deepEqual(await search(nothing), [], nothing);
    }
    assert.deepEqual(await search('it', { type: 'series' }), []);
    assert.deepEqual(await search('it', { skip: 1 }), ['It Happened']);
  });

  const SPELLED = [
    importedTitle({
      publicId: 'sl:s1',
      title: 'Nosferatu',
      year: 1922,
      popularity: 1,
      isAlwaysListed: true,
    }),
    importedTitle({
      publicId: 'sl:s2',
      title: 'Nosferatu',
      year: 1979,
      popularity: 9,
      isAlwaysListed: true,
    }),
    importedTitle({
      publicId: 'sl:s3',
      title: 'Die Kuchenschlacht',
      year: 1984,
      isAlwaysListed: true,
    }),
    importedTitle({
      publicId: 'sl:s4',
      title: 'Spider-Man',
      year: 2002,
      isAlwaysListed: true,
      alternativeTitles: ['Hämähäkkimies'],
    }),
    importedTitle({
      publicId: 'sl:s5',
      title: 'Grüße aus Łódź & Tromsø',
      year: 2001,
      isAlwaysListed: true,
    }),
    importedTitle({ publicId: 'sl:s6', title: '1984', year: 1956, isAlwaysListed: true }),
    importedTitle({
      publicId: 'sl:s7',
      title: '2001: A Space Odyssey',
      year: 1968,
      isAlwaysListed: true,
    }),
  ];

  async function findsAllSpellings(): Promise<void> {
    assert.deepEqual(await search('Nosferatu (1922)'), ['Nosferatu']);
    const found = await library.catalogTitles(
      { ...MOVIES, order: 'relevance', search: 'nosferatu 1922' },
      100,
      signal,
    );
    assert.deepEqual(
      found.map((title) => title.year),
      [1922],
    );
    for (const text of [
      'spiderman',
      'spider man',
      'Spider-Man',
      'hamahakki',
      'haemaehaekki',
      'SPIDERMAN 2002',
    ]) {
      assert.deepEqual(await search(text), ['Spider-Man'], text);
    }
    for (const text of [
      'grusse',
      'Gruesse aus Lodz',
      'grüße aus lodz and tromsoe',
      'tromso',
      'łódź & tromsø',
    ]) {
      assert.deepEqual(await search(text), ['Grüße aus Łódź & Tromsø'], text);
    }
    assert.deepEqual(await search('1984'), ['1984']);
    assert.deepEqual(await search('2001 a space odyssey'), ['2001: A Space Odyssey']);
    assert.deepEqual(await search('2001'), ['2001: A Space Odyssey']);
  }

  test('titles are found without their signs, in other spellings, and with their year', async () => {
    await library.importTitles(SPELLED, signal);
    await findsAllSpellings();
  });

  test('lexemes of an older version are written again, once', async () => {
    await library.importTitles(SPELLED, signal);
    await database.sql`UPDATE media SET search = array_to_tsvector(ARRAY['old'])`;
    await database.sql`UPDATE instance SET search_version = 1`;
    assert.deepEqual(await search('nosferatu'), []);
    assert.equal(await rebuildSearch(database, signal), SPELLED.length);
    await findsAllSpellings();
    assert.deepEqual(
      await library.importTitles(SPELLED, signal),
      NOTHING,
      'as an import writes them',
    );
    await database.sql`UPDATE media SET search = array_to_tsvector(ARRAY['old'])`;
    assert.equal(await rebuildSearch(database, signal), 0, 'not looked at again');
  });
});
