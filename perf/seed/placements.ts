/** Which files of a generated stream play what. */
import { EVERY_SEASON, LAST_EPISODE } from '../../src/lib/title-match/title-facts.ts';
import type { Random } from './random.ts';
import type { SeedTitle } from './titles.ts';

export interface SeedPlacement {
  readonly season: number;
  readonly episodeFrom: number;
  readonly episodeTo: number;
  /** −1 when the files are not known. */
  readonly fileIndex: number;
}

/** A film's file; an episode, a season with known or unknown files, or a whole series. */
export function makePlacements(random: Random, title: SeedTitle): readonly SeedPlacement[] {
  if (!title.isSeries)
    return [{ season: 0, episodeFrom: 0, episodeTo: 0, fileIndex: random.between(-1, 2) }];
  const season = random.between(1, title.seasons);
  const roll = random.fraction();
  if (roll < 0.75) return [oneFile(random, season, random.between(1, title.episodesPerSeason))];
  if (roll < 0.92) return wholeSeason(season, title.episodesPerSeason);
  return [
    {
      season: roll < 0.98 ? season : EVERY_SEASON,
      episodeFrom: 0,
      episodeTo: LAST_EPISODE,
      fileIndex: -1,
    },
  ];
}

/** One episode; now and then two in one file. */
function oneFile(random: Random, season: number, episode: number): SeedPlacement {
  return {
    season,
    episodeFrom: episode,
    episodeTo: random.onceIn(40) ? episode + 1 : episode,
    fileIndex: 0,
  };
}

function wholeSeason(season: number, episodes: number): readonly SeedPlacement[] {
  return Array.from({ length: episodes }, (_, at) => ({
    season,
    episodeFrom: at + 1,
    episodeTo: at + 1,
    fileIndex: at,
  }));
}
