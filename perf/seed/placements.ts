/** Which files of a generated stream play what. */
import { EVERY_SEASON, LAST_EPISODE } from '../../src/features/library/contract.ts';
import type { Random } from './random.ts';
import type { SeedTitle } from './titles.ts';

export interface SeedPlacement {
  readonly season: number;
  readonly episodeFrom: number;
  readonly episodeTo: number;
  readonly fileIndex: number;
}

export interface SeedRelease {
  /** What stands in the release title: `2011`, `S02E05`, `S02`, `COMPLETE`. */
  readonly part: string;
  readonly placements: readonly SeedPlacement[];
}

/** A film's file; an episode, a season with known or unknown files, or a whole series. */
export function makePlacements(random: Random, title: SeedTitle): SeedRelease {
  if (!title.isSeries) {
    const placement = { season: 0, episodeFrom: 0, episodeTo: 0, fileIndex: random.between(-1, 2) };
    return { part: String(title.year), placements: [placement] };
  }
  const season = random.between(1, title.seasons);
  const roll = random.fraction();
  if (roll < 0.75) return oneFile(random, season, random.between(1, title.episodesPerSeason));
  if (roll < 0.92) return wholeSeason(season, title.episodesPerSeason);
  const range = { episodeFrom: 0, episodeTo: LAST_EPISODE, fileIndex: -1 };
  if (roll < 0.98) return { part: seasonName(season), placements: [{ season, ...range }] };
  return { part: 'COMPLETE', placements: [{ season: EVERY_SEASON, ...range }] };
}

/** One episode; now and then two in one file. */
function oneFile(random: Random, season: number, episode: number): SeedRelease {
  const episodeTo = random.onceIn(40) ? episode + 1 : episode;
  return {
    part: `${seasonName(season)}E${twoDigits(episode)}`,
    placements: [{ season, episodeFrom: episode, episodeTo, fileIndex: 0 }],
  };
}

function wholeSeason(season: number, episodes: number): SeedRelease {
  const placements = Array.from({ length: episodes }, (_, at) => (
    { season, episodeFrom: at + 1, episodeTo: at + 1, fileIndex: at }
  ));
  return { part: seasonName(season), placements };
}

function seasonName(season: number): string {
  return `S${twoDigits(season)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}
