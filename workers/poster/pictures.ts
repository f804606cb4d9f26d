/**
 * libvips (sharp) with limits: reading artwork that nobody vouches for, and writing posters.
 * SVG is refused, by its first bytes and in the library itself: librsvg follows references to files, and
 * its cost is not bounded by the picture's size.
 */
import sharp, { type Sharp } from 'sharp';
import type { PosterFormat } from '../contract.ts';
import { HEIGHT_PX, WIDTH_PX, type Pixels } from './frame.ts';
import type { InsetArtwork } from './paint.ts';
import { isKnownPicture } from './signatures.ts';

/** TMDB's largest poster has 6 megapixels (2,000 × 3,000), its largest backdrop 8.3 (3,840 × 2,160). */
const INPUT_PIXELS_MAX = 10_000_000;
/** A tracking pixel or a favicon is not artwork. */
const SIDE_PX_MIN = 32;
/** 16 megapixels take 0.06 s in JPEG, 0.55 s in AVIF, 0.65 s in interlaced PNG. */
const DECODE_TIMEOUT_S = 2;
/** Width divided by height between which cropping loses less than a fifth of the picture. */
const POSTER_RATIO_MIN = 0.55;
const POSTER_RATIO_MAX = 0.8;
const GROUND = { r: 18, g: 19, b: 26 };

/** Effort 4 takes 30 times as long for a fifth fewer bytes (docs/posters.md). */
const AVIF = { quality: 60, effort: 0 } as const;

const READ_LIMITS = {
  limitInputPixels: INPUT_PIXELS_MAX,
  failOn: 'error',
  sequentialRead: true,
} as const;

/**
 * Everything that libvips could have beside the five formats. Not "all, then five back": the switches belong
 * to the process, and a second thread that starts would switch the first one off in between.
 */
const UNUSED_LOADERS = [
  'Analyze',
  'Csv',
  'DcRaw',
  'Fits',
  'Jp2k',
  'Jxl',
  'Magick',
  'Magick7',
  'Mat',
  'Matrix',
  'Nifti',
  'OpenExr',
  'Openexr',
  'Openslide',
  'Pdf',
  'Ppm',
  'Rad',
  'Raw',
  'Svg',
  'Tiff',
  'Uhdr',
  'Vips',
];

// No operation cache: no picture is read twice. One thread per picture: the pool has the others.
sharp.cache(false);
sharp.concurrency(1);
sharp.block({ operation: UNUSED_LOADERS.map((format) => `VipsForeignLoad${format}`) });

/** Artwork made ready for a poster: it fills the frame, or it is wider or narrower and becomes an inset. */
export type Artwork = { readonly frame: Pixels } | { readonly inset: InsetArtwork };

/**
 * Decodes the first picture of the file, upright (EXIF), in sRGB, without alpha.
 * @throws Error for everything that is not a whole picture of a sane size in one of the five formats.
 */
export async function readArtwork(file: Uint8Array): Promise<Artwork> {
  if (!isKnownPicture(file))
    throw new Error('the file is not a picture in one of the five formats');
  const { width, height } = (await sharp(file, READ_LIMITS).metadata()).autoOrient;
  if (Math.min(width, height) < SIDE_PX_MIN)
    throw new Error('the picture is too small to be artwork');
  const ratio = width / height;
  if (ratio >= POSTER_RATIO_MIN && ratio <= POSTER_RATIO_MAX)
    return { frame: await frameOf(upright(file)) };
  const { data, info } = await plain(
    upright(file).resize({ width: WIDTH_PX, height: HEIGHT_PX, fit: 'inside' }),
  ).toBuffer({ resolveWithObject: true });
  const ground = await groundOf(data, info.width, info.height);
  return {
    inset: { ground, picture: data, pictureWidthPx: info.width, pictureHeightPx: info.height },
  };
}

function upright(file: Uint8Array): Sharp {
  return sharp(file, READ_LIMITS).timeout({ seconds: DECODE_TIMEOUT_S }).autoOrient();
}

function frameOf(picture: Sharp): Promise<Buffer> {
  return plain(picture.resize({ width: WIDTH_PX, height: HEIGHT_PX, fit: 'cover' })).toBuffer();
}

/** Opaque RGBA rows, as Skia takes them. */
function plain(picture: Sharp): Sharp {
  return picture.flatten({ background: GROUND }).toColourspace('srgb').ensureAlpha().raw();
}

/** The picture cropped to the frame and blurred; done at an eighth of the size, where a blur is cheap. */
async function groundOf(picture: Buffer, width: number, height: number): Promise<Buffer> {
  const small = { width: Math.round(WIDTH_PX / 8), height: Math.round(HEIGHT_PX / 8) };
  const reduced = await sharp(picture, { raw: { width, height, channels: 4 } })
    .resize({ ...small, fit: 'cover' })
    .blur(2.5)
    .raw()
    .toBuffer();
  return frameOf(sharp(reduced, { raw: { ...small, channels: 4 } }));
}

/** Artwork that needs no drawing, as a file. The same pixels give the same bytes. */
export function encodeFrame(pixels: Pixels, format: PosterFormat): Promise<Buffer> {
  const picture = sharp(pixels, {
    raw: { width: WIDTH_PX, height: HEIGHT_PX, channels: 4 },
  }).removeAlpha();
  switch (format) {
    case 'jpeg':
      return picture.jpeg({ quality: 86 }).toBuffer();
    case 'webp':
      return picture.webp({ quality: 84, effort: 2 }).toBuffer();
    case 'avif':
      return picture.avif(AVIF).toBuffer();
  }
}

/** @param png our own drawing */
export function pngToAvif(png: Uint8Array): Promise<Buffer> {
  return sharp(png).removeAlpha().avif(AVIF).toBuffer();
}
