/** Protects response reuse: never a reply of another version, and never more bytes than allowed. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyCache } from '../../../src/http/reply-cache.ts';
import { Representation } from '../../../src/http/representation.ts';
import type { Reply } from '../../../src/http/route.ts';

function replyOf(bodyBytes: number): Reply {
  const options = {
    contentType: 'application/json',
    cacheControl: 'no-store',
    compressible: false,
  };
  return { status: 200, representation: new Representation(Buffer.alloc(bodyBytes), options) };
}

test('the same key and source give the same object, a new version of the source does not', () => {
  const cache = new ReplyCache({ bytesMax: 100_000 });
  const source = { version: 1 };
  const reply = cache.store('a', source, replyOf(10));
  assert.equal(cache.find('a', source), reply);
  assert.equal(cache.find('b', source), undefined);
  assert.equal(cache.find('a', { version: 1 }), undefined);
  assert.equal(cache.find('a', null), undefined);
});

test('negative entries are found by a null source only', () => {
  const cache = new ReplyCache({ bytesMax: 100_000 });
  const reply = cache.store('a', null, { status: 404, representation: null });
  assert.equal(cache.find('a', null), reply);
  assert.equal(cache.find('a', {}), undefined);
});

test('an expired reply is not found', () => {
  const cache = new ReplyCache({ bytesMax: 100_000 });
  const source = {};
  cache.store('past', source, replyOf(10), Date.now() - 1);
  const reply = cache.store('future', source, replyOf(10), Date.now() + 60_000);
  assert.equal(cache.find('past', source), undefined);
  assert.equal(cache.find('future', source), reply);
});

test('bytes are bounded: the least recently used goes, a reply above the bound is returned but not kept', () => {
  const cache = new ReplyCache({ bytesMax: 10_000 });
  const source = {};
  for (const key of ['a', 'b', 'c']) cache.store(key, source, replyOf(1000));
  assert.ok(cache.find('a', source));
  for (const key of ['d', 'e', 'f', 'g', 'h']) {
    cache.store(key, source, replyOf(1000));
    assert.ok(cache.find('a', source));
    assert.ok(cache.sizeBytes <= 10_000);
  }
  assert.equal(cache.find('b', source), undefined);
  const large = replyOf(20_000);
  assert.equal(cache.store('large', source, large), large);
  assert.equal(cache.find('large', source), undefined);
});

test('a bound of 0 keeps nothing', () => {
  const cache = new ReplyCache({ bytesMax: 0 });
  const source = {};
  const reply = replyOf(10);
  assert.equal(cache.store('a', source, reply), reply);
  assert.equal(cache.find('a', source), undefined);
  assert.equal(cache.sizeBytes, 0);
});
