/** libvips (sharp) on one poster's pixels: formats and settings to choose from (docs/posters.md). */
import sharp from 'sharp';
import { Bench } from 'tinybench';
import { renderPoster } from '../workers/tasks/render-poster.ts';
import type { BenchSuite } from './suite.ts';

export async function openPictureFormatsBench(): Promise<BenchSuite> {
  const text = { title: 'Night of the Living Dead', year: 1968, rating: 7.8 };
  const { bytes: poster } = await renderPoster({ ...text, artwork: null, format: 'jpeg' });
  const { data, info } = await sharp(poster).raw().toBuffer({ resolveWithObject: true });
  const picture = () =>
    sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });
  const bench = new Bench({
    name: `encoding a poster of ${info.width} × ${info.height}`,
    time: 400,
    warmupTime: 20,
  });
  const sizesBytes: Record<string, number> = {};
  const contenders: Readonly<Record<string, () => Promise<Buffer>>> = {
    'JPEG 86': () => picture().jpeg({ quality: 86 }).toBuffer(),
    'JPEG 86, mozjpeg': () => picture().jpeg({ quality: 86, mozjpeg: true }).toBuffer(),
    'WebP 84, effort 0': () => picture().webp({ quality: 84, effort: 0 }).toBuffer(),
    'WebP 84, effort 2': () => picture().webp({ quality: 84, effort: 2 }).toBuffer(),
    'WebP 84, effort 4': () => picture().webp({ quality: 84, effort: 4 }).toBuffer(),
    'PNG 6': () => picture().png({ compressionLevel: 6 }).toBuffer(),
    'PNG, 256 colours': () => picture().png({ palette: true, effort: 1 }).toBuffer(),
    'AVIF 60, effort 0': () => picture().avif({ quality: 60, effort: 0 }).toBuffer(),
    'AVIF 60, effort 2': () => picture().avif({ quality: 60, effort: 2 }).toBuffer(),
    '  reading the JPEG back': () => sharp(poster).raw().toBuffer(),
    '  resizing to 500 × 750': () => picture().resize(500, 750).raw().toBuffer(),
  };
  for (const [task, encode] of Object.entries(contenders)) {
    sizesBytes[task] = (await encode()).byteLength;
    bench.add(task, async () => {
      await encode();
    });
  }
  return { bench, sizesBytes, measuresCpu: true, [Symbol.asyncDispose]: () => Promise.resolve() };
}
