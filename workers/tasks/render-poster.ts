/**
 * Task `poster.render`: artwork in the frame, or the designed placeholder when there is none that can be
 * used. Skia and libvips are loaded with the first poster: they cost 50 MB that an idle process saves.
 */
import type { TaskHandler, TaskInput } from '../contract.ts';
import type { DrawnFormat, PosterText } from '../poster/paint.ts';
import type { Artwork } from '../poster/pictures.ts';

export const renderPoster: TaskHandler<'poster.render'> = async (input) => {
  const artwork = input.artwork === null ? null : await usableArtwork(input.artwork);
  return { bytes: await compose(artwork, input), artworkUsed: artwork !== null };
};

/** Null for anything that cannot be shown; whoever sent it is not worth an error. */
async function usableArtwork(file: Uint8Array): Promise<Artwork | null> {
  const { readArtwork } = await import('../poster/pictures.ts');
  return readArtwork(file).catch(() => null);
}

async function compose(
  artwork: Artwork | null,
  input: TaskInput<'poster.render'>,
): Promise<Uint8Array> {
  const { format, rating } = input;
  if (artwork !== null && 'frame' in artwork && rating < 0) {
    const { encodeFrame } = await import('../poster/pictures.ts');
    return encodeFrame(artwork.frame, format);
  }
  if (format !== 'avif') return draw(artwork, input, format);
  const { pngToAvif } = await import('../poster/pictures.ts');
  return pngToAvif(await draw(artwork, input, 'png'));
}

async function draw(
  artwork: Artwork | null,
  text: PosterText,
  format: DrawnFormat,
): Promise<Uint8Array> {
  const { paintBadge, paintInset, paintPlaceholder } = await import('../poster/paint.ts');
  if (artwork === null) return paintPlaceholder(text, format);
  return 'frame' in artwork
    ? paintBadge(artwork.frame, text.rating, format)
    : paintInset(artwork.inset, text, format);
}
