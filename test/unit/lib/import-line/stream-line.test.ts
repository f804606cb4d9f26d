/** Lines of imports: what is read of them, and what is refused in which words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import { readStreamLine } from '../../../../src/lib/import-line/stream-line.ts';
import type { JsonValue } from '../../../../src/lib/json/json-value.ts';

const HASH = 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';
const TITLE = { type: 'movie', imdb: 'tt1254207', name: 'Big Buck Bunny', year: 2008 };

function refusalOf(line: JsonValue): string {
  try {
    readStreamLine(line);
  } catch (error) {
    if (error instanceof AppError && error.code === 'import.bad-line') return error.message;
    throw error;
  }
  return '';
}

test('a torrent is read with its files and its title', () => {
  const { stream, title } = readStreamLine({
    kind: 'torrent',
    infoHash: HASH.toUpperCase(),
    name: 'Big.Buck.Bunny.2008.1080p',
    files: [{ path: '../../Big Buck Bunny/bbb.mkv', size: 276_134_947 }],
    trackers: ['udp://t.example.org:80', 'https://t.example.org/announce?passkey=secret'],
    title: TITLE,
  });
  assert.equal(stream.infohash, HASH);
  assert.deepEqual(stream.files, [
    { path: 'Big Buck Bunny/bbb.mkv', sizeBytes: 276_134_947, index: 0, part: undefined },
  ]);
  assert.equal(stream.sizeBytes, 276_134_947);
  assert.deepEqual(stream.trackers, ['udp://t.example.org:80']);
  assert.equal(title.publicId, 'sl:movie-tt1254207');
  assert.deepEqual(title.ids, [
    { provider: 'sl', id: 'sl:movie-tt1254207' },
    { provider: 'imdb', id: 'tt1254207' },
  ]);
});

test('each kind is known by its own locator', () => {
  const locatorOf = (line: Record<string, JsonValue>) =>
    readStreamLine({ ...line, title: TITLE }).stream.locator;
  const id = 'aqz-KE-bpKQ';
  for (const url of [
    id,
    `https://www.youtube.com/watch?list=x&v=${id}`,
    `https://youtu.be/${id}?t=3`,
    `https://m.youtube.com/shorts/${id}`,
  ])
    assert.equal(locatorOf({ kind: 'youtube', url }), id, url);
  assert.equal(
    locatorOf({ kind: 'http', url: 'HTTPS://a.example/B.mkv#x' }),
    'https://a.example/B.mkv',
  );
  assert.equal(
    locatorOf({ kind: 'usenet', url: 'https://a.example/b.nzb' }),
    'https://a.example/b.nzb',
  );
  assert.equal(locatorOf({ kind: 'acestream', id: `acestream://${HASH.toUpperCase()}` }), HASH);
});

test('a magnet link says what the line does not', () => {
  const { stream } = readStreamLine({
    magnet: `magnet:?xt=urn:btih:${HASH}&dn=Big.Buck.Bunny.2008&xl=12&tr=udp%3A%2F%2Ft.example.org`,
    title: TITLE,
  });
  assert.deepEqual(
    [stream.kind, stream.infohash, stream.name, stream.sizeBytes, stream.trackers],
    ['torrent', HASH, 'Big.Buck.Bunny.2008', 12, ['udp://t.example.org']],
  );
});

test('a refusal names the field, what it has and what is accepted', () => {
  const line = { kind: 'torrent', infoHash: HASH, title: TITLE };
  const cases: readonly (readonly [JsonValue, RegExp])[] = [
    ['text', /no JSON object/],
    [{ ...line, title: undefined as unknown as null }, /^title: expected an object with type/],
    [{ ...line, title: { name: 'A' } }, /^title\.type: expected movie or series/],
    [{ ...line, title: { type: 'movie' } }, /^title\.name: expected a name, or an id/],
    [{ ...line, title: { type: 'movie', imdb: 'nm1' } }, /^title\.imdb is "nm1": expected tt and/],
    [{ ...line, infoHash: '0'.repeat(40) }, /^infoHash is "0{39}.*: expected 40 hexadecimal/],
    [{ ...line, seeders: 1.5 }, /^seeders is 1\.5: expected a whole number/],
    [{ ...line, kind: 'tape' }, /^kind is "tape": expected one of torrent, http/],
    [{ ...line, kind: 'http' }, /^url: expected an address/],
    [
      { ...line, files: [{ path: '../..' }] },
      /^files\[0\]\.path is "\.\.\/\.\.": expected the path/,
    ],
    [
      { ...line, attributes: { resolution: '9p' } },
      /^attributes\.resolution is "9p": expected one of/,
    ],
    [{ ...line, season: 1, episode: -1 }, /^episode is -1: expected a whole number from 0/],
  ];
  for (const [value, message] of cases) assert.match(refusalOf(value), message);
});

test('whatever a line holds, it is read or refused', () => {
  const value = fc.jsonValue({ maxDepth: 3 }) as fc.Arbitrary<JsonValue>;
  const names = [
    'kind',
    'infoHash',
    'name',
    'files',
    'title',
    'season',
    'url',
    'attributes',
    'trackers',
  ];
  const line = fc.dictionary(fc.constantFrom(...names), fc.oneof(value, fc.constant(TITLE)));
  fc.assert(
    fc.property(line, (fields) => {
      refusalOf({ kind: 'torrent', infoHash: HASH, title: TITLE, ...fields } as JsonValue);
    }),
  );
});

test('an address with a password or a key in it is refused, and not repeated', () => {
  for (const url of [
    'http://user:hunter2@a.example/b.mkv',
    'https://a.example/b.nzb?apikey=hunter2',
    'https://a.example/b.mkv?x=1&Token=hunter2',
  ])
    for (const kind of ['http', 'usenet', 'external']) {
      const refusal = refusalOf({ kind, url, title: TITLE });
      assert.match(refusal, /^url has a key or a password in it: expected one without/);
      assert.ok(!refusal.includes('hunter2'));
    }
});

test('texts are what a database can keep, whatever JSON escapes', () => {
  const line = { kind: 'torrent', infoHash: HASH, name: 'a\ud800b\u0000c' };
  const { stream, title } = readStreamLine({
    ...line,
    title: { type: 'movie', name: 'Lone \udfff', year: 2001 },
  });
  assert.equal(stream.name, 'a\ufffdb c');
  assert.equal(title.name, 'Lone \ufffd');
});
