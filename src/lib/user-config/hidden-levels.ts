/** Nudity levels and certificates that a user hides, as one mask: bit of the level, and bit 8 + the certificate. */
import { CERTIFICATES, NUDITY_LEVELS, maskOf } from '../vocabulary.ts';

const CERTIFICATE_SHIFT = 8;

/** Mask of names of `lib/vocabulary.ts`; the same bits as `catalog_entry.levels`. */
export function hiddenLevelsMask(nudity: readonly string[], certificates: readonly string[]): number {
  return maskOf(NUDITY_LEVELS, nudity) | (maskOf(CERTIFICATES, certificates) << CERTIFICATE_SHIFT);
}

/** Whether a title with these `restrictions` (`StreamSetMedia`) is of a hidden level. */
export function isHidden(restrictions: number, hiddenLevels: number): boolean {
  const levels = (1 << ((restrictions >> 2) & 7)) | (1 << (CERTIFICATE_SHIFT + ((restrictions >> 5) & 7)));
  return (levels & hiddenLevels) !== 0;
}
