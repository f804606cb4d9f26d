/** Protects the colours of placeholders: stable, varied, and white text reads on every one of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { oklch, paletteOf, titleHash, type Rgb } from '../../../../workers/poster/palette.ts';

/** WCAG 2.2 relative luminance. */
function luminance(rgb: Rgb): number {
  const linear = rgb.map((part) => {
    const value = part / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const [red = 0, green = 0, blue = 0] = linear;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

const contrast = (a: Rgb, b: Rgb) => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (light + 0.05) / (dark + 0.05);
};
const rgbOf = (css: string): Rgb => {
  const [red = 0, green = 0, blue = 0] = (css.match(/\d+/g) ?? []).map(Number);
  return [red, green, blue];
};

test('OKLCH is turned into sRGB as published', () => {
  assert.deepEqual(oklch(1, 0, 0), [255, 255, 255]);
  assert.deepEqual(oklch(0, 0, 0), [0, 0, 0]);
  const [red, green, blue] = oklch(0.628, 0.2577, 29.23);
  assert.ok(red > 253 && green < 12 && blue < 12, 'sRGB red (its chroma is at the edge of sRGB)');
});

test('white reads where titles stand, and so does the accent (WCAG: 4.5 for text)', () => {
  for (let hash = 0; hash < 18 * 256 * 17; hash += 251) {
    const palette = paletteOf(hash);
    assert.ok(contrast([255, 255, 255], rgbOf(palette.dark)) > 7, palette.dark);
    assert.ok(contrast([255, 255, 255], rgbOf(palette.night)) > 12, palette.night);
    assert.ok(contrast(rgbOf(palette.accent), rgbOf(palette.night)) > 7, palette.accent);
  }
});

test('the same title has the same colours, similar titles do not', () => {
  assert.equal(titleHash('Caminandes'), titleHash('Caminandes'));
  const grounds = new Set(
    Array.from({ length: 40 }, (_, index) => paletteOf(titleHash(`Episode ${index}`)).light),
  );
  assert.ok(grounds.size > 15, `${grounds.size} different grounds for 40 titles`);
});
