/** Size of every poster in pixels, and the column that text stands in. */

/** 2:3, the ratio of Stremio's `posterShape: poster`; 300 px are shown at most at 2 × 150 CSS pixels. */
export const WIDTH_PX = 300;
export const HEIGHT_PX = 450;

export const MARGIN_PX = 22;
export const COLUMN_PX = WIDTH_PX - 2 * MARGIN_PX;

/** Uncompressed picture, 4 bytes (RGBA) a pixel, opaque. */
export type Pixels = Uint8ClampedArray | Uint8Array;
