/** Protects the list of a manager's indexers: only usable ones, and nothing but a named reason from anything else. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readIndexers } from '../../../../src/lib/torznab/indexer-list.ts';

const LIST = `<?xml version="1.0" encoding="UTF-8"?>
<indexers>
  <indexer id="one" configured="true"><title>One &amp; Only</title><type>public</type>
    <caps><server title="Jackett"/>
    <categories><category id="2000" name="Movies"><subcat id="2040" name="HD"/></category></categories></caps></indexer>
  <indexer id="two" configured="false"><title>Two</title></indexer>
  <indexer id="../three" configured="true"><title>Three</title></indexer>
  <indexer id="four" configured="true"><title></title><type>Private</type></indexer>
</indexers>`;

test('configured indexers with usable ids', () => {
  assert.deepEqual(readIndexers(LIST), {
    kind: 'indexers',
    indexers: [
      { id: 'one', name: 'One & Only', privacy: 'public', categories: [2000, 2040] },
      { id: 'four', name: 'four', privacy: 'private', categories: [] },
    ],
  });
  assert.deepEqual(readIndexers('<indexers />'), { kind: 'indexers', indexers: [] });
});

test('an error, and what is no list', () => {
  assert.deepEqual(readIndexers('<error code="100" description="Invalid API Key" />'), {
    kind: 'error',
    code: 100,
    description: 'Invalid API Key',
  });
  for (const text of [
    '',
    'text',
    '{"a":1}',
    '<!doctype html><html><title>x</title></html>',
    '<rss/>',
  ])
    assert.deepEqual(readIndexers(text), { kind: 'other' }, text);
});

test('a list that ends in the middle has what came before', () => {
  fc.assert(
    fc.property(fc.nat(LIST.length), (length) => {
      const list = readIndexers(LIST.slice(0, length));
      if (list.kind !== 'indexers') return;
      assert.ok(list.indexers.length <= 2);
    }),
  );
  const cut = readIndexers(LIST.slice(0, LIST.indexOf('<indexer id="four"')));
  assert.equal(cut.kind === 'indexers' && cut.indexers.length, 1);
});

test('any text is read or refused', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      readIndexers(`<indexers><indexer id="a">${text}`);
      readIndexers(text);
    }),
  );
});
