/** Protects compression: once per representation, only where it pays, and never in the way of an answer. */
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib';
import type { Compression } from '../../../src/http/accept-encoding.ts';
import { ZlibCompressor, type BodyCompressor } from '../../../src/http/body-compressor.ts';
import {
  chooseEncoding,
  COMPRESS_BYTES_MIN,
  ContentEncoder,
  LARGE_BYTES_MIN,
  variantOf,
} from '../../../src/http/content-encoding.ts';
import { Representation, strongEtag } from '../../../src/http/representation.ts';
import { compressibleText, recordingLogger } from '../../support/toy-server.ts';

class CountingCompressor implements BodyCompressor {
  readonly calls: Compression[] = [];
  readonly #zlib = new ZlibCompressor();
  failing = false;

  compress(bytes: Uint8Array, encoding: Compression): Promise<Uint8Array> {
    this.calls.push(encoding);
    return this.failing
      ? Promise.reject(new Error('queue full'))
      : this.#zlib.compress(bytes, encoding);
  }
}

function start() {
  const small = new CountingCompressor();
  const large = new CountingCompressor();
  return {
    small,
    large,
    encoder: new ContentEncoder({ small, large, logger: recordingLogger([]) }),
  };
}

const represent = (body: Uint8Array | string) =>
  new Representation(Buffer.from(body), {
    contentType: 'text/plain',
    cacheControl: 'no-store',
    compressible: true,
  });

test('many who ask at once share one compression, and later ones its result', async () => {
  const { small, encoder } = start();
  const page = represent(compressibleText(20_000));
  await Promise.all(Array.from({ length: 50 }, () => encoder.prepare(page, 'gzip')));
  assert.deepEqual(small.calls, ['gzip']);
  assert.equal(encoder.missing(page, ['gzip']), null);
  assert.equal(encoder.missing(page, ['br', 'gzip']), 'br');
  await encoder.prepare(page, 'br');
  assert.equal(
    gunzipSync(variantOf(page, 'gzip').bytes).toString(),
    page.identity.bytes.toString(),
  );
  assert.equal(
    brotliDecompressSync(variantOf(page, 'br').bytes).toString(),
    page.identity.bytes.toString(),
  );
  assert.equal(chooseEncoding(page, ['br', 'gzip']), 'br');
  assert.equal(chooseEncoding(page, []), 'identity');
});

test('a small body for few clients is compressed at once, and its ETag is not that of the smaller bytes', async () => {
  const { small, large, encoder } = start();
  const body = Buffer.from(compressibleText(20_000));
  const few = (bytes: Buffer) =>
    new Representation(bytes, {
      contentType: 'text/plain',
      cacheControl: 'no-store',
      compressible: true,
      isForFew: true,
    });
  const [shared, page] = [represent(body), few(body)];
  for (const encoding of ['gzip', 'br'] as const) {
    assert.equal(encoder.prepareInline(shared, encoding), false);
    await encoder.prepare(shared, encoding);
    assert.equal(encoder.prepareInline(page, encoding), true);
    assert.notDeepEqual(variantOf(page, encoding).bytes, variantOf(shared, encoding).bytes);
    assert.equal(variantOf(page, encoding).etag, strongEtag(body, encoding).replace(/"$/, '1"'));
    assert.equal(encoder.missing(page, [encoding]), null);
  }
  assert.deepEqual(gunzipSync(variantOf(page, 'gzip').bytes), body);
  assert.deepEqual(brotliDecompressSync(variantOf(page, 'br').bytes), body);
  assert.deepEqual([small.calls.length, large.calls.length], [2, 0]);
  assert.equal(encoder.prepareInline(few(Buffer.from(compressibleText(40_000))), 'gzip'), false);
});

test('each encoding has the strong ETag of its own', async () => {
  const { encoder } = start();
  const page = represent(compressibleText(5000));
  await encoder.prepare(page, 'gzip');
  await encoder.prepare(page, 'br');
  for (const encoding of ['identity', 'gzip', 'br'] as const) {
    assert.equal(variantOf(page, encoding).etag, strongEtag(page.identity.bytes, encoding));
  }
});

test('small and incompressible bodies stay as they are, and are not tried again', async () => {
  const { small, encoder } = start();
  assert.equal(encoder.missing(represent(compressibleText(COMPRESS_BYTES_MIN - 1)), ['br']), null);
  const noise = represent(randomBytes(5000));
  assert.equal(encoder.missing(noise, ['br']), 'br');
  await encoder.prepare(noise, 'br');
  assert.equal(noise.br, null);
  assert.equal(encoder.missing(noise, ['br']), null);
  assert.equal(chooseEncoding(noise, ['br']), 'identity');
  assert.deepEqual(small.calls, ['br']);
});

test('large bodies go to the other compressor; a refusal is no failure and is tried again', async () => {
  const { small, large, encoder } = start();
  const page = represent(compressibleText(LARGE_BYTES_MIN));
  large.failing = true;
  await encoder.prepare(page, 'gzip');
  assert.equal(page.gzip, undefined);
  assert.equal(chooseEncoding(page, ['gzip']), 'identity');
  large.failing = false;
  await encoder.prepare(page, 'gzip');
  assert.equal(chooseEncoding(page, ['gzip']), 'gzip');
  assert.deepEqual([small.calls.length, large.calls.length], [0, 2]);
});

test('compressed bytes own their memory and nothing more', async () => {
  const { encoder } = start();
  const page = represent(compressibleText(20_000));
  await encoder.prepare(page, 'gzip');
  const { bytes } = variantOf(page, 'gzip');
  assert.equal(bytes.buffer.byteLength, bytes.byteLength);
});

test('gzip that is at hand goes before brotli, for whoever takes it', () => {
  const { encoder } = start();
  const body = Buffer.from(compressibleText(20_000));
  const list = new Representation(body, {
    contentType: 'text/plain',
    cacheControl: 'no-store',
    compressible: true,
    isForFew: true,
    gzip: () => gzipSync(body),
    isGzipAtHand: true,
  });
  assert.equal(encoder.missing(list, ['br']), 'br');
  assert.equal(encoder.missing(list, ['br', 'gzip']), 'gzip');
  assert.ok(encoder.prepareInline(list, 'gzip'));
  assert.equal(encoder.missing(list, ['br', 'gzip']), null);
  assert.equal(chooseEncoding(list, ['br', 'gzip']), 'gzip');
});
