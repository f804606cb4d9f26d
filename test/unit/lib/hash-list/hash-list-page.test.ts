/** Hash lists as their publisher writes them, and what is none. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import lzString from 'lz-string';
import { listTextOf, readHashList } from '../../../../src/lib/hash-list/hash-list-page.ts';
import { decompressEncoded } from '../../../../src/lib/hash-list/lz-string.ts';

const { compressToEncodedURIComponent: compress } = lzString;
const HASH = 'dd8255ecdc7ca55fb0bbf81323d87062db1f6d1c';
const entry = (at: number) => ({
  filename: `Sintel.2010.${at}p.mkv`,
  hash: at.toString(16).padStart(40, 'a'),
  bytes: 1000 + at,
});
const page = (list: string) =>
  `<!doctype html><html><body><iframe src="https://example.org/hashlist#${list}"></iframe></body></html>`;

describe('lz-string', () => {
  test('what the library compresses is read again', () => {
    const texts = fc.oneof(
      fc.string({ maxLength: 2000 }),
      fc.string({ unit: 'binary', maxLength: 500 }),
      fc.string({ unit: fc.constantFrom('a', 'b', 'ab', '\u1234'), maxLength: 5000 }),
    );
    fc.assert(
      fc.property(texts, (text) => {
        assert.deepEqual(decompressEncoded(compress(text), 100_000), { text });
      }),
    );
  });

  test('what is cut is said to be so, whatever it is nothing is thrown, and little cannot become much', () => {
    const list = compress(JSON.stringify(Array.from({ length: 50 }, (_, at) => entry(at))));
    for (const length of [0, 1, 10, 500, list.length - 8])
      assert.deepEqual(decompressEncoded(list.slice(0, length), 1e9), { problem: 'cut' });
    fc.assert(
      fc.property(
        fc.string({
          unit: fc.constantFrom('A', 'B', 'C', 'Q', '0', '9', '+', '-', '$', ' ', 'é'),
          maxLength: 500,
        }),
        (text) => {
          const read = decompressEncoded(text, 10_000);
          assert.ok('text' in read ? read.text.length <= 10_000 : read.problem !== undefined);
        },
      ),
    );
    assert.deepEqual(decompressEncoded(compress('a'.repeat(200_000)), 100_000), {
      problem: 'large',
    });
  });
});

describe('pages of hash lists', () => {
  test('the list of a page, of an address, and as JSON', () => {
    const entries = [entry(1), entry(2)];
    const list = compress(JSON.stringify(entries));
    const expected = entries.map(({ hash: infohash, filename: name, bytes: sizeBytes }) => ({
      infohash,
      name,
      sizeBytes,
    }));
    for (const text of [
      page(list),
      `https://example.org/hashlist#${list}`,
      ` ${JSON.stringify(entries)}`,
      page(compress(JSON.stringify({ title: 'Mine', torrents: entries }))),
    ])
      assert.deepEqual(readHashList(listTextOf(text) ?? ''), { entries: expected, bad: 0 });
  });

  test('entries that cannot be used are counted, what is no list is named', () => {
    const rows = [
      entry(1),
      null,
      7,
      { hash: 'x', filename: 'y' },
      { hash: HASH, filename: ' ' },
      { hash: HASH, filename: 'A\nb', bytes: -1 },
    ];
    assert.deepEqual(readHashList(JSON.stringify(rows)), {
      entries: [
        { infohash: entry(1).hash, name: 'Sintel.2010.1p.mkv', sizeBytes: 1001 },
        { infohash: HASH, name: 'A b', sizeBytes: 0 },
      ],
      bad: 4,
    });
    assert.equal(listTextOf('<html>Nothing</html>'), null);
    const list = compress(JSON.stringify([entry(1)]));
    assert.match(String(readHashList(list.slice(0, 30))), /cut off or broken/);
    assert.match(String(readHashList(compress('{"torrents":7}'))), /no JSON of torrents/);
    assert.match(String(readHashList(compress('hello'))), /no JSON of torrents/);
  });
});
