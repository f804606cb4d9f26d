/** What links to Usenet posts hold. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { KeyRing } from '../../../../src/lib/install-token/key-ring.ts';
import { nzbRef, readNzbRef } from '../../../../src/lib/install-token/nzb-link.ts';

const { digest } = new KeyRing(['a secret of a test']);
const { digest: other } = new KeyRing(['another secret']);

test('whatever a search has found comes back, as one part of a path', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.nat(), (locator, mediaId) => {
      const ref = nzbRef({ locator, mediaId }, digest);
      assert.match(ref, /^nzb-[\w-]+$/);
      assert.deepEqual(readNzbRef(ref, digest), { locator, mediaId });
    }),
  );
});

test('what this server has not written is nothing', () => {
  const ref = nzbRef({ locator: 'https://indexer.example/api?t=get&id=1', mediaId: 7 }, digest);
  assert.equal(readNzbRef(ref, other), null);
  for (let at = 0; at < ref.length; at++) {
    const changed = `${ref.slice(0, at)}${ref[at] === 'A' ? 'B' : 'A'}${ref.slice(at + 1)}`;
    // The last character of base64 may hold bits that nobody reads.
    if (at < ref.length - 1) assert.equal(readNzbRef(changed, digest), null, changed);
  }
  fc.assert(
    fc.property(fc.string(), (text) => {
      assert.equal(readNzbRef(text, digest), null);
      assert.equal(readNzbRef(`nzb-${text}`, digest), null);
    }),
  );
});
