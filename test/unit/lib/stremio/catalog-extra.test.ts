/** Protects paging, genres and search: `genre=…&skip=…` in one segment is what Stremio sends. */
import assert from 'node:assert/strict';
import { encode } from 'node:querystring';
import { test } from 'node:test';
import fc from 'fast-check';
import { AppError } from '../../../../src/lib/errors.ts';
import { parseCatalogExtra as parse } from '../../../../src/lib/stremio/catalog-extra.ts';

test('extras come joined by &, in any order, percent-encoded', () => {
  assert.deepEqual(parse('skip=100'), { skip: 100, genre: null, search: null });
  assert.equal(parse('skip=999999999').skip, 999_999_999);
  assert.deepEqual(parse('genre=Sci-Fi&skip=200'), { skip: 200, genre: 'Sci-Fi', search: null });
  assert.deepEqual(parse('skip=0&search=big%20buck&genre=Action%20%26%20Adventure'), {
    skip: 0,
    genre: 'Action & Adventure',
    search: 'big buck',
  });
});

test('a segment that was encoded once more, and a form-encoded space, are understood', () => {
  assert.deepEqual(parse('genre%3DSci-Fi%26skip%3D100'), {
    skip: 100,
    genre: 'Sci-Fi',
    search: null,
  });
  assert.deepEqual(parse(encodeURIComponent('search=big%20buck')), {
    skip: 0,
    genre: null,
    search: 'big buck',
  });
  assert.equal(parse('search=big+buck').search, 'big buck');
  assert.equal(parse('search=c%2B%2B').search, 'c++');
});

test('equal searches give equal values: case, composition and spaces do not split the cache', () => {
  assert.equal(parse('search=%20H%C3%84xan%20%20%20').search, 'häxan');
  assert.equal(parse(`search=${encodeURIComponent('Ha\u0308xan')}`).search, 'häxan');
});

test('what is wrong is refused with the extra named', () => {
  const cases: readonly [string, string][] = [
    ['', 'extra'],
    ['foo=1', 'extra'],
    ['skip', 'extra'],
    ['=1', 'extra'],
    ['skip=1&', 'extra'],
    ['Skip=1', 'extra'],
    ['__proto__=1', 'extra'],
    ['skip=1&skip=2', 'extra.skip'],
    ['genre=a&genre=a', 'extra.genre'],
    ['skip=', 'extra.skip'],
    ['skip=-1', 'extra.skip'],
    ['skip=1.5', 'extra.skip'],
    ['skip=+1', 'extra.skip'],
    ['skip=1e3', 'extra.skip'],
    ['skip=9999999999', 'extra.skip'],
    ['genre=', 'extra.genre'],
    ['genre=%20', 'extra.genre'],
    [`genre=${'a'.repeat(65)}`, 'extra.genre'],
    ['search=', 'extra.search'],
    ['search=a%00b', 'extra.search'],
    [`search=${'a'.repeat(201)}`, 'extra.search'],
  ];
  for (const [raw, field] of cases) {
    assert.throws(
      () => parse(raw),
      (error: unknown) =>
        error instanceof AppError && error.code === 'request.bad-extra' && error.field === field,
      raw,
    );
  }
  assert.throws(() => parse('search=%zz'), { code: 'request.bad-path', field: 'path' });
});

test('line ends and other control characters are refused, wherever they stand', () => {
  for (const character of ['\r', '\n', '\r\n', '\t', '\0', '\u0085', '\u2028', '\u007f']) {
    for (const value of [`big${character}buck`, `${character}big`, `big${character}`]) {
      for (const name of ['search', 'genre']) {
        assert.throws(
          () => parse(encode({ [name]: value })),
          { code: 'request.bad-extra', field: `extra.${name}` },
          JSON.stringify(value),
        );
      }
    }
  }
  assert.equal(parse(encode({ search: 'big \u00a0 buck' })).search, 'big buck');
});

test('property: whatever comes in, only an AppError comes out', () => {
  const near = fc
    .array(
      fc.tuple(
        fc.constantFrom('skip', 'genre', 'search', 'x'),
        fc.string({ unit: 'binary', maxLength: 20 }),
      ),
    )
    .map((pairs) => pairs.map(([name, value]) => `${name}=${value}`).join('&'));
  fc.assert(
    fc.property(fc.oneof(fc.string({ unit: 'binary' }), near), (raw) => {
      try {
        parse(raw);
      } catch (error) {
        assert.ok(error instanceof AppError, String(error));
      }
    }),
  );
});

test('property: what stremio-addon-client encodes is read back, wrapped once more or not', () => {
  const text = fc
    .string({ unit: 'grapheme', minLength: 1, maxLength: 20 })
    .filter((value) => !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(value))
    .map((value) => value.normalize('NFC').replace(/\s+/gu, ' ').trim())
    .filter((value) => value !== '');
  const skip = fc.integer({ min: 0, max: 10_000 });
  fc.assert(
    fc.property(skip, text, text, (at, genre, search) => {
      const sent = encode({ skip: at, genre, search });
      const expected = { skip: at, genre, search: search.toLowerCase() };
      assert.deepEqual(parse(sent), expected);
      assert.deepEqual(parse(encodeURIComponent(sent)), expected);
    }),
  );
});
