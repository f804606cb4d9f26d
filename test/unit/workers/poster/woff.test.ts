/** Protects the opening of the colour emoji font without its SVG pictures. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { test } from 'node:test';
import { openWoff } from '../../../../workers/poster/woff.ts';

const FONT = fileURLToPath(
  import.meta.resolve('@fontsource/inter/files/inter-latin-700-normal.woff'),
);

function tagsOf(font: Buffer): string[] {
  const starts = Array.from({ length: font.readUInt16BE(4) }, (_, index) => 12 + index * 16);
  return starts.map((start) => font.toString('latin1', start, start + 4));
}

test('the font keeps its tables, sorted, aligned, and inside of the file', () => {
  const font = openWoff(FONT, new Set());
  const tags = tagsOf(font);
  assert.ok(['cmap', 'glyf', 'head', 'loca'].every((tag) => tags.includes(tag)));
  assert.deepEqual(tags, [...tags].sort());
  tags.forEach((_, index) => {
    const [offset, bytes] = [
      font.readUInt32BE(12 + index * 16 + 8),
      font.readUInt32BE(12 + index * 16 + 12),
    ];
    assert.equal(offset % 4, 0);
    assert.ok(offset + bytes <= font.length);
  });
});

test('dropped tables are gone and the font is smaller', () => {
  const font = openWoff(FONT, new Set(['GPOS', 'GSUB']));
  assert.ok(!tagsOf(font).includes('GPOS'));
  assert.ok(font.length < openWoff(FONT, new Set()).length);
});

test('other files and truncated ones are refused', async () => {
  assert.throws(() => openWoff(FONT.replace(/woff$/, 'woff2'), new Set()), /not a WOFF font/);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-woff-'));
  try {
    await writeFile(join(folder, 'short.woff'), Buffer.from('wOFF'));
    assert.throws(() => openWoff(join(folder, 'short.woff'), new Set()), /ends too early/);
  } finally {
    await rm(folder, { recursive: true });
  }
});
