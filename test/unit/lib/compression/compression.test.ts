/** What is compressed by one stream is read by the other, and a Node.js without zstd says so. */
import assert from 'node:assert/strict';
import { buffer } from 'node:stream/consumers';
import { Readable } from 'node:stream';
import { describe, test } from 'node:test';
import * as zlib from 'node:zlib';
import {
  COMPRESSIONS,
  compressor,
  decompressor,
  type Compression,
} from '../../../../src/lib/compression/compression.ts';

const LINES = Array.from({ length: 2000 }, (_, at) => `{"kind":"title","number":${at}}\n`);

async function thereAndBack(compression: Compression): Promise<readonly [number, string]> {
  const packed = await buffer(Readable.from(LINES).pipe(compressor(compression)));
  const plain = await buffer(Readable.from([packed]).pipe(decompressor(compression)));
  return [packed.byteLength, plain.toString()];
}

describe('compression of lines', () => {
  for (const compression of COMPRESSIONS)
    test(`${compression} gives what it was given, or says that this Node.js has none`, async () => {
      if (compression === 'zstd' && !('createZstdCompress' in zlib)) {
        for (const make of [compressor, decompressor])
          assert.throws(() => make('zstd'), /has no zstd: expected gzip, or Node\.js 22\.15/);
        return;
      }
      const [packedBytes, plain] = await thereAndBack(compression);
      assert.equal(plain, LINES.join(''));
      assert.ok(packedBytes < plain.length / 5);
    });
});
