/**
 * Posters drawn and encoded with Skia: the placeholder, and artwork that does not fill the frame or carries a
 * badge. The same input gives the same bytes.
 */
import { createCanvas, ImageData, type Canvas, type SKRSContext2D } from '@napi-rs/canvas';
import { drawBadge } from './badge.ts';
import { HEIGHT_PX, WIDTH_PX, type Pixels } from './frame.ts';
import { drawMotif, randomFrom } from './motifs.ts';
import { paletteOf, titleHash, type Palette } from './palette.ts';
import { drawTitleBlock, layTitle, type TitleBlock } from './title-block.ts';

export interface PosterText extends TitleBlock {
  /** 0 to 10; negative for no badge. */
  readonly rating: number;
}

/** What Skia may encode. Not AVIF: its encoder here loses 0.12 MB with every picture. */
export type DrawnFormat = 'jpeg' | 'webp' | 'png';

/** Artwork that is wider or narrower than a poster, as two layers. */
export interface InsetArtwork {
  /** Fills the frame, blurred. */
  readonly ground: Pixels;
  /** Fits into the frame, sharp. */
  readonly picture: Pixels;
  readonly pictureWidthPx: number;
  readonly pictureHeightPx: number;
}

/** A designed poster for a title without artwork. */
export function paintPlaceholder(text: PosterText, format: DrawnFormat): Uint8Array {
  const hash = titleHash(text.title);
  const palette = paletteOf(hash);
  return paint(format, (context) => {
    drawGround(context, palette);
    drawMotif(context, palette, randomFrom(hash));
    drawTitleBlock(context, layTitle(context, text, 'whole'), palette);
    if (text.rating >= 0) drawBadge(context, text.rating);
  });
}

/** The artwork in the upper part, title and year below: backdrops do not name the title. */
export function paintInset(art: InsetArtwork, text: PosterText, format: DrawnFormat): Uint8Array {
  const palette = paletteOf(titleHash(text.title));
  return paint(format, (context) => {
    const layout = layTitle(context, text, 'foot');
    putPixels(context, art.ground, WIDTH_PX, HEIGHT_PX, 0);
    context.fillStyle = 'rgba(8, 9, 13, 0.5)';
    context.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
    const y = Math.max(0, Math.round((layout.top - art.pictureHeightPx) / 2));
    putPixels(context, art.picture, art.pictureWidthPx, art.pictureHeightPx, y);
    drawTitleBlock(context, layout, palette);
    if (text.rating >= 0) drawBadge(context, text.rating);
  });
}

/** Artwork in the shape of a poster, with its badge. */
export function paintBadge(art: Pixels, rating: number, format: DrawnFormat): Uint8Array {
  return paint(format, (context) => {
    putPixels(context, art, WIDTH_PX, HEIGHT_PX, 0);
    drawBadge(context, rating);
  });
}

/** One canvas for each thread; a task draws without awaiting. */
let sheet: Canvas | undefined;

function paint(format: DrawnFormat, draw: (context: SKRSContext2D) => void): Uint8Array {
  sheet ??= createCanvas(WIDTH_PX, HEIGHT_PX);
  const context = sheet.getContext('2d');
  context.save();
  try {
    draw(context);
  } finally {
    context.restore();
  }
  return encode(sheet, format);
}

/** Not by way of `canvas.data()`: each call keeps 1 MB until a collection that may come 300 MB later. */
function encode(canvas: Canvas, format: DrawnFormat): Uint8Array {
  switch (format) {
    case 'jpeg':
      return canvas.encodeSync('jpeg', 90);
    case 'webp':
      return canvas.encodeSync('webp', 86);
    case 'png':
      return canvas.encodeSync('png');
  }
}

function drawGround(context: SKRSContext2D, palette: Palette): void {
  const ground = context.createLinearGradient(0, 0, WIDTH_PX * 0.7, HEIGHT_PX);
  ground.addColorStop(0, palette.light);
  ground.addColorStop(1, palette.dark);
  context.fillStyle = ground;
  context.fillRect(0, 0, WIDTH_PX, HEIGHT_PX);
}

/** Whole frames pass through one image for each thread; garbage of 540 KB a poster is collected too late. */
let frameImage: ImageData | undefined;

/** Puts rows of RGBA in the middle of the frame's width. */
function putPixels(
  context: SKRSContext2D,
  pixels: Pixels,
  widthPx: number,
  heightPx: number,
  y: number,
): void {
  frameImage ??= new ImageData(WIDTH_PX, HEIGHT_PX);
  const isFrame = widthPx === WIDTH_PX && heightPx === HEIGHT_PX;
  const image = isFrame ? frameImage : new ImageData(widthPx, heightPx);
  image.data.set(pixels);
  context.putImageData(image, Math.round((WIDTH_PX - widthPx) / 2), y);
}
