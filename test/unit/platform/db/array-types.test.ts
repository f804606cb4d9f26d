/** Protects array columns: what PostgreSQL prints is read back as it was, whatever is inside. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseArray, serializeArray } from '../../../../src/platform/db/array-types.ts';

const text = (value: string) => value;

describe('array types', () => {
  it('reads the forms that PostgreSQL prints', () => {
    assert.deepEqual(parseArray('{}', text), []);
    assert.deepEqual(parseArray('{1,2,NULL}', Number), [1, 2, null]);
    assert.deepEqual(parseArray('{a,"NULL","b,c","q\\"\\\\",""}', text), [
      'a',
      'NULL',
      'b,c',
      'q"\\',
      '',
    ]);
    assert.deepEqual(parseArray('{{1,2},{3,NULL}}', Number), [
      [1, 2],
      [3, null],
    ]);
    assert.deepEqual(parseArray('[0:1]={5,6}', Number), [5, 6]);
    assert.deepEqual(parseArray('[0:0][2:2]={{"x y"}}', text), [['x y']]);
  });

  it('reads what it writes', () => {
    const element = fc.option(fc.string({ unit: 'binary' }), { nil: null });
    fc.assert(
      fc.property(fc.array(element), (list) => {
        // The server prints NULL in capitals.
        const written = String(serializeArray(list, String)).replaceAll(
          /(?<=[{,])null(?=[,}])/g,
          'NULL',
        );
        fc.pre(!list.some((value) => /null/.test(value ?? '')));
        assert.deepEqual(parseArray(written, text), list);
      }),
    );
  });

  it('refuses undefined, and leaves finished text alone', () => {
    assert.throws(() => serializeArray([undefined], String), TypeError);
    assert.equal(serializeArray('{1,2}', String), '{1,2}');
  });
});
