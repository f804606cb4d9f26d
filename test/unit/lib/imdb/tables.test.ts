/** IMDb's tables, cut anywhere, and the numbers that are kept of them. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { ImdbIdSet, IMDB_NUMBER_MAX } from '../../../../src/lib/imdb/id-set.ts';
import { imdbId, imdbNumber, imdbRows } from '../../../../src/lib/imdb/tables.ts';

async function rowsOf(pieces: readonly Uint8Array[]): Promise<readonly (readonly string[])[]> {
  const chunks = async function* () {
    yield* pieces;
  };
  const rows: (readonly string[])[] = [];
  for await (const some of imdbRows('title.akas', chunks())) rows.push(...some);
  return rows;
}

describe('IMDb tables', () => {
  test('rows are the same wherever the file is cut; columns are found by their names', async () => {
    const text = 'ordering\ttitle\ttitleId\n1\tΝοσφεράτου\ttt1\n2\t\\N\ttt2\nshort\n3\tThree\ttt3';
    const bytes = Buffer.from(text);
    await fc.assert(
      fc.asyncProperty(fc.uniqueArray(fc.nat(bytes.length), { maxLength: 5 }), async (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), bytes.length];
        const pieces = at.slice(1).map((to, index) => bytes.subarray(at[index], to));
        assert.deepEqual(await rowsOf(pieces), [
          ['tt1', 'Νοσφεράτου'],
          ['tt2', ''],
          ['tt3', 'Three'],
        ]);
      }),
    );
  });

  test('a set has what was added, and nothing else', () => {
    const number = fc.integer({ min: 1, max: IMDB_NUMBER_MAX - 1 });
    fc.assert(
      fc.property(fc.array(number, { maxLength: 20 }), number, (added, other) => {
        const set = new ImdbIdSet();
        for (const id of added) set.add(id);
        for (const id of added) assert.ok(set.has(id));
        assert.equal(set.has(other), added.includes(other));
      }),
      { numRuns: 20 },
    );
    const set = new ImdbIdSet();
    for (const id of [0, -1, IMDB_NUMBER_MAX, Number.NaN]) set.add(id);
    assert.equal(set.has(0), false);
  });

  test('ids are numbers and back; what is none is 0', () => {
    for (const id of ['tt0063350', 'tt12345678']) assert.equal(imdbId(imdbNumber(id)), id);
    for (const id of ['', 'nm0000001', 'tt', 'ttx', 'tt99999999999', 'tt1.5'])
      assert.equal(imdbNumber(id), 0);
  });
});
