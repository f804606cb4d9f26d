/** Protects the cache of answers from keys that never come again. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { AdmissionFilter } from '../../../../src/lib/reuse/admission-filter.ts';
import { ReplyCache } from '../../../../src/http/reply-cache.ts';
import { Representation } from '../../../../src/http/representation.ts';

describe('AdmissionFilter', () => {
  test('knows a key from its second time on', () => {
    const admissionFilter = new AdmissionFilter(1000);
    for (const key of ['a', 'b', '', 'a longer key with öäü 😀']) {
      assert.equal(admissionFilter.recordAndRecall(key), false, key);
      assert.equal(admissionFilter.recordAndRecall(key), true, key);
    }
  });

  test('knows most of as many keys as it is for, and hardly any when ten times as many come in turn', () => {
    const admissionFilter = new AdmissionFilter(1024);
    const round = (count: number) => {
      let known = 0;
      for (let index = 0; index < count; index++)
        if (admissionFilter.recordAndRecall(`https://host public-settings-${index} movie:tt1`))
          known += 1;
      return known;
    };
    round(500);
    assert.ok(round(500) > 250, 'half as many as slots');
    round(10_000);
    assert.ok(round(10_000) < 500, 'ten times as many');
  });

  test('the bound of a cache of nothing, and of a huge one, makes no table of nothing or of gigabytes', () => {
    for (const keys of [0, 0.5, 1e12])
      assert.equal(new AdmissionFilter(keys).recordAndRecall('key'), false);
  });
});

test('a cache of nothing never asks to keep a reply', () => {
  const cache = new ReplyCache({ bytesMax: 0 });
  assert.deepEqual(
    [cache.keepsAny, cache.recordRepeat('key'), cache.recordRepeat('key')],
    [false, false, false],
  );
});

test('a reply whose key comes a second time is worth keeping, and found the third time', () => {
  const cache = new ReplyCache({ bytesMax: 1_000_000 });
  const source = {};
  const options = {
    contentType: 'application/json',
    cacheControl: 'no-store',
    compressible: false,
  };
  const reply = { status: 200, representation: new Representation(Buffer.alloc(100), options) };
  assert.equal(cache.recordRepeat('key'), false);
  assert.equal(cache.find('key', source), undefined);
  assert.equal(cache.recordRepeat('key'), true);
  cache.store('key', source, reply);
  assert.equal(cache.find('key', source), reply);
});
