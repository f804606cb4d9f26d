import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { deleteId, heldId, parseHeldId } from '../../../../src/lib/stremio/held-id.ts';

const HASH = 'ab'.repeat(20);

test('an id is read as it was written, whole or one file of it', () => {
  assert.deepEqual(parseHeldId(heldId('realdebrid', HASH)), {
    service: 'realdebrid',
    infohash: HASH,
    fileIndex: null,
  });
  assert.equal(parseHeldId(`${heldId('torbox', HASH)}:12`)?.fileIndex, 12);
  assert.deepEqual(parseHeldId(deleteId('torbox')), {
    service: 'torbox',
    infohash: null,
    fileIndex: null,
  });
});

test('whatever else it is, it is read as nothing, or as what it says', () => {
  for (const id of [
    '',
    'acct:',
    'acct:x:delete',
    `acct:torbox:${HASH}:`,
    `acct:torbox:${HASH.toUpperCase()}`,
  ])
    assert.equal(parseHeldId(id), null, id);
  fc.assert(
    fc.property(fc.string(), (text) => {
      const id = parseHeldId(`acct:${text}`);
      assert.ok(id === null || text.startsWith(`${id.service}:`));
    }),
  );
});
