/** What pages of catalogues leave out, as one mask: bit of the nudity level, bit 8 + the certificate, and bit 16. */
import { CERTIFICATES, NUDITY_LEVELS, maskOf } from '../vocabulary.ts';

const CERTIFICATE_SHIFT = 8;
/** Titles that nothing plays at the moment. */
export const NOTHING_PLAYS = 1 << 16;

/** Mask of names of `lib/vocabulary.ts`; the same bits as `catalog_entry.levels`. */
export function hiddenLevelsMask(
  nudity: readonly string[],
  certificates: readonly string[],
): number {
  return maskOf(NUDITY_LEVELS, nudity) | (maskOf(CERTIFICATES, certificates) << CERTIFICATE_SHIFT);
}

/** Whether a title with these `restrictions` (`StreamSetMedia`) is of a hidden level. */
export function isHidden(restrictions: number, hiddenLevels: number): boolean {
  const levels =
    (1 << ((restrictions >> 2) & 7)) | (1 << (CERTIFICATE_SHIFT + ((restrictions >> 5) & 7)));
  return (levels & hiddenLevels) !== 0;
}
