/** Protects libvips from formats that nobody needs: only five are let through, and the library itself refuses SVG. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import sharp from 'sharp';
import { readArtwork } from '../../../../workers/poster/pictures.ts';
import { isKnownPicture } from '../../../../workers/poster/signatures.ts';

const made = () => sharp({ create: { width: 100, height: 150, channels: 3, background: '#888' } });
const SVG = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="100" height="150"/>');

test('the five formats are known, and read', async () => {
  const pictures = made();
  for (const format of ['jpeg', 'png', 'webp', 'gif', 'avif'] as const) {
    const file = await pictures.clone().toFormat(format).toBuffer();
    assert.equal(isKnownPicture(file), true, format);
    assert.ok('frame' in (await readArtwork(file)), format);
  }
});

test('everything else is not looked at', async () => {
  const tiff = await made().tiff().toBuffer();
  for (const file of [
    SVG,
    tiff,
    Buffer.alloc(0),
    Buffer.from('%PDF-1.7'),
    Buffer.from('RIFF....AVI '),
  ]) {
    assert.equal(isKnownPicture(file), false);
    await assert.rejects(readArtwork(file), /not a picture/);
  }
});

test('SVG and TIFF are switched off in the library, too', async () => {
  const tiff = await made().tiff().toBuffer();
  await assert.rejects(sharp(SVG).metadata());
  await assert.rejects(sharp(tiff).metadata());
});
