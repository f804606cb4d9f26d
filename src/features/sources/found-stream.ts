/** From a release that plays the title to a stream: what its title says, and what the source knows. */
import { Buffer } from 'node:buffer';
import { releaseCodes } from '../../lib/release-title/codes.ts';
import type { ReleaseTitle } from '../../lib/release-title/release-title.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';
import { EVERY_SEASON, type Placement } from '../../lib/title-match/title-facts.ts';
import { LANGUAGE_UNKNOWN_BIT, STREAM_FLAGS, STREAM_KINDS } from '../../lib/vocabulary.ts';
import type { ImportedPlacement } from '../library/contract.ts';
import type { EpisodeNumber } from '../streams/contract.ts';
import type { FoundRelease } from './contract.ts';

const PRIVATE = 1 << STREAM_FLAGS.indexOf('private');
const UNKNOWN_LANGUAGE_HIGH = (1 << (LANGUAGE_UNKNOWN_BIT - 32)) >>> 0;

/** As it is shown to whoever plays the file that the source named. */
export function streamRowOf(found: FoundRelease, release: ReleaseTitle): StreamRow {
  const codes = releaseCodes(release);
  const namesNoLanguage = codes.languagesLow === 0 && codes.languagesHigh === 0;
  return {
    ...codes,
    languagesHigh: namesNoLanguage ? UNKNOWN_LANGUAGE_HIGH : codes.languagesHigh,
    flagsMask: found.isPrivate ? codes.flagsMask | PRIVATE : codes.flagsMask,
    // Not in the database yet.
    streamId: 0,
    kind: STREAM_KINDS.indexOf(found.kind),
    name: found.name,
    filename: found.filename,
    locator: found.infohash === null ? found.locator : '',
    source: found.origin,
    releaseGroup: release.group ?? '',
    uploader: found.uploader,
    trackers: found.trackers.join('\n'),
    infohash: found.infohash === null ? null : Buffer.from(found.infohash, 'hex'),
    totalSizeBytes: found.sizeBytes,
    fileSizeBytes: found.fileSizeBytes,
    fileIndex: found.fileIndex,
    seeders: found.seeders,
    addedAtS: found.addedAtS,
  };
}

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
