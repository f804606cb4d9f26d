/** Protects the pool task: compressed blobs come back plain, anything else comes back empty. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIXTURE_MEDIA, fixtureRows } from '../../../native-bench/fixtures/stream-rows.ts';
import { deflateBlob } from '../../../src/lib/stream-set/compression.ts';
import { encodeStreamSet } from '../../../src/lib/stream-set/encode.ts';
import { decodeCache } from '../../../workers/tasks/decode-cache.ts';

test('inflates a compressed blob; corrupt and foreign ones give no bytes', async () => {
  const plain = encodeStreamSet(FIXTURE_MEDIA, fixtureRows(50));
  const packed = await deflateBlob(plain);
  assert.deepEqual(await decodeCache({ blob: packed }), { blob: plain });
  for (let at = 0; at < packed.byteLength; at += 211) {
    const broken = Buffer.from(packed);
    broken[at] = (broken[at] ?? 0) ^ 0x55;
    assert.equal((await decodeCache({ blob: broken })).blob.byteLength, 0, `byte ${at}`);
  }
});
