/** Items of a JSON text are the same however it is cut, and what is no whole text says so. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { JsonItems, NoJsonItems } from '../../../../src/lib/json/json-items.ts';
import type { JsonValue } from '../../../../src/lib/json/json-value.ts';

function itemsOf(text: string, pieceChars = text.length): [string | null, JsonValue][] {
  const found: [string | null, JsonValue][] = [];
  const items = new JsonItems((item, key) => found.push([key, item]));
  for (let at = 0; at < text.length; at += pieceChars) items.write(text.slice(at, at + pieceChars));
  items.end();
  return found;
}

const json = fc
  .jsonValue({ maxDepth: 3 })
  .map((value) => JSON.parse(JSON.stringify(value)) as JsonValue);

describe('items of a JSON text', () => {
  test('of a list are its items, however it is cut and indented', () => {
    fc.assert(
      fc.property(
        fc.array(json),
        fc.integer({ min: 1, max: 9 }),
        fc.nat(3),
        (list, chars, indent) => {
          const found = itemsOf(JSON.stringify(list, null, indent), chars);
          assert.deepEqual(
            found,
            list.map((item) => [null, item]),
          );
        },
      ),
    );
  });

  test('of an object are its values, however it is cut', () => {
    const object = fc.dictionary(
      fc.string({ minLength: 1 }).filter((key) => key !== '__proto__'),
      json,
    );
    fc.assert(
      fc.property(object, fc.integer({ min: 1, max: 9 }), (values, chars) => {
        assert.deepEqual(itemsOf(JSON.stringify(values), chars), Object.entries(values));
      }),
    );
  });

  test('that break off anywhere are refused', () => {
    const text = JSON.stringify([{ name: 'One, "two" [three]' }, { name: '\\' }]);
    for (let end = 0; end < text.length; end++)
      assert.throws(() => itemsOf(text.slice(0, end)), NoJsonItems, text.slice(0, end));
  });

  test('of another text are refused with what it is', () => {
    assert.throws(() => itemsOf('<html></html>'), /neither a JSON list nor a JSON object/);
    assert.throws(() => itemsOf('  '), /is empty/);
    assert.throws(() => itemsOf('[1}'), /another bracket/);
    assert.throws(() => itemsOf('[{"a":}]'), /is no JSON/);
    assert.throws(() => itemsOf(`["${'x'.repeat(2 ** 20)}`), /more than 1048576 characters/);
  });
});
