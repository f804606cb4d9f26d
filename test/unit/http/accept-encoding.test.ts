/** Protects content negotiation: no client gets a coding that it refused, whatever it sends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { AcceptEncodings, parseAcceptEncoding } from '../../../src/http/accept-encoding.ts';

test('headers of real clients', () => {
  const cases: [header: string, preference: string[]][] = [
    ['', []],
    ['gzip', ['gzip']],
    ['gzip, deflate, br', ['br', 'gzip']],
    ['gzip, deflate, br, zstd', ['br', 'gzip']],
    ['br;q=0.5, gzip', ['gzip', 'br']],
    ['gzip;q=0', []],
    ['*', ['br', 'gzip']],
    ['*;q=0', []],
    ['identity', []],
    ['identity, gzip;q=0.5', []],
    ['identity;q=0.5, gzip', ['gzip']],
    ['identity;q=0, gzip', ['gzip']],
    ['br, *;q=0', ['br']],
    ['GZIP ; Q=0.8', ['gzip']],
    ['x-gzip', ['gzip']],
    ['gzip;q=abc', []],
    ['gzip;q=1.5', []],
    ['deflate', []],
    [';;;,,,=', []],
  ];
  for (const [header, preference] of cases)
    assert.deepEqual(parseAcceptEncoding(header), preference, header);
});

test('a refused coding is never chosen and an accepted one is, in order of quality', () => {
  const quality = fc.integer({ min: 0, max: 1000 }).map((thousandths) => thousandths / 1000);
  fc.assert(
    fc.property(quality, quality, fc.constantFrom('', ' ', '\t'), (br, gzip, space) => {
      const header = `gzip;${space}q=${gzip.toFixed(3)}${space},${space}br;q=${br.toFixed(3)}`;
      const preference = parseAcceptEncoding(header);
      assert.equal(preference.includes('br'), br > 0);
      assert.equal(preference.includes('gzip'), gzip > 0);
      if (preference.length === 2) assert.equal(preference[0], br >= gzip ? 'br' : 'gzip');
    }),
  );
});

test('any text gives an answer, and the memory of texts gives the same one', () => {
  const known = new AcceptEncodings();
  fc.assert(
    fc.property(fc.string({ maxLength: 2000 }), (header) => {
      const preference = parseAcceptEncoding(header);
      assert.ok(preference.length <= 2 && new Set(preference).size === preference.length);
      assert.deepEqual(known.preference(header), header === '' ? [] : preference);
      assert.deepEqual(known.preference(header), known.preference(header));
    }),
    { numRuns: 500 },
  );
});
