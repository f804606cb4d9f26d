/** Which parts of a title a release that was found plays. */
import { EVERY_SEASON, type Placement } from '../../lib/title-match/title-facts.ts';
import type { ImportedPlacement } from '../library/contract.ts';
import type { EpisodeNumber } from '../streams/contract.ts';
import type { FoundRelease } from './contract.ts';

/** What its links say: the parts of the title, and the file of what was searched for, where the source names it. */
export function placementsOf(
  found: FoundRelease,
  parts: readonly Placement[],
  searched: EpisodeNumber,
): readonly ImportedPlacement[] {
  const hasFile = found.fileIndex >= 0 || found.filename !== '';
  const isNamed = hasFile && parts.some((part) => covers(part, searched));
  const links = parts
    .filter((part) => !isNamed || !isExactly(part, searched))
    .map((part) => ({ ...part, fileIndex: -1, filename: '', fileSizeBytes: 0 }));
  if (!isNamed) return links;
  const { season, episode } = searched;
  const { fileIndex, filename, fileSizeBytes } = found;
  const played = { season, episodeFrom: episode, episodeTo: episode };
  return [...links, { ...played, fileIndex, filename, fileSizeBytes }];
}

export function covers(part: Placement, { season, episode }: EpisodeNumber): boolean {
  const isOfSeason = part.season === EVERY_SEASON || part.season === season;
  return isOfSeason && part.episodeFrom <= episode && episode <= part.episodeTo;
}

function isExactly(part: Placement, { season, episode }: EpisodeNumber): boolean {
  return part.season === season && part.episodeFrom === episode && part.episodeTo === episode;
}
