/** Releases that seem to be of one title: it is looked up once for all of them. */
import { parseReleaseTitle } from '../../../lib/release-title/parse.ts';
import { plainText } from '../../../lib/search-text.ts';
import type { MediaType } from '../../../lib/stremio/types.ts';
import type { ListedRelease } from '../contract.ts';

export interface ReleaseGroup {
  readonly type: MediaType;
  /** As the first of them spells it. */
  readonly title: string;
  /** What whoever lists them says that it is; empty when nobody does. */
  readonly imdbId: string;
  readonly tmdbId: string;
  readonly members: ReleaseGroupMember[];
}

export interface ReleaseGroupMember {
  /** Among all releases. */
  readonly position: number;
  readonly release: ListedRelease;
}

/** @param type null: their names say it */
export function groupReleases(
  releases: readonly ListedRelease[],
  type: MediaType | null,
): readonly ReleaseGroup[] {
  const groups = new Map<string, ReleaseGroup>();
  for (const [position, release] of releases.entries()) {
    const { title, seasons, episodes, date, year = 0 } = parseReleaseTitle(release.name);
    const isSeries = seasons.length > 0 || episodes.length > 0 || date !== undefined;
    const ofType = type ?? (isSeries ? 'series' : 'movie');
    const { imdbId, tmdbId } = release;
    const name = ofType === 'movie' ? `${plainText(title)} ${year}` : plainText(title);
    const key = `${ofType}:${imdbId || tmdbId || name}`;
    const group = groups.get(key);
    if (group === undefined)
      groups.set(key, { type: ofType, title, imdbId, tmdbId, members: [{ position, release }] });
    else group.members.push({ position, release });
  }
  return [...groups.values()];
}
