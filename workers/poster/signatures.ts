/** Which files are looked at as artwork at all: five raster formats, told by their first bytes. */

/** JPEG (ITU T.81 B.1.1), PNG, GIF, WebP (RIFF container), AVIF (ISO BMFF brand). */
export function isKnownPicture(file: Uint8Array): boolean {
  const start = Buffer.from(file.buffer, file.byteOffset, Math.min(file.byteLength, 16)).toString(
    'latin1',
  );
  return (
    start.startsWith('\xff\xd8\xff') ||
    start.startsWith('\x89PNG\r\n\x1a\n') ||
    /^GIF8[79]a/.test(start) ||
    /^RIFF[^]{4}WEBP/.test(start) ||
    /^[^]{4}ftyp(avif|avis|mif1|miaf)/.test(start)
  );
}
