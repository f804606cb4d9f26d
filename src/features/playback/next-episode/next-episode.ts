/** Which episode follows another one. */
import type { EpisodeFacts } from '../../../lib/title-match/title-facts.ts';

export interface EpisodeNumber {
  readonly season: number;
  readonly episode: number;
}

/**
 * The next one of the season, else the first of the season after; null for the last one, and for what has not been shown yet.
 * Specials (season 0) are followed by nothing.
 * @param today ISO date
 */
export function nextEpisode(
  { season, episode }: EpisodeNumber,
  episodes: readonly EpisodeFacts[],
  today: string,
): EpisodeNumber | null {
  if (season <= 0) return null;
  if (episodes.length === 0) return { season, episode: episode + 1 };
  const [next] = episodes
    .filter((one) => (one.season === season ? one.episode > episode : one.season === season + 1))
    .toSorted((a, b) => a.season - b.season || a.episode - b.episode);
  if (next === undefined || next.released > today) return null;
  return { season: next.season, episode: next.episode };
}
