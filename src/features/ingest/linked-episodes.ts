/** Which episodes links lead to. */
import type { FilePlacement } from '../../lib/import-line/placements.ts';
import { EVERY_SEASON, LAST_EPISODE } from '../../lib/title-match/title-facts.ts';
import type { EpisodeKey } from '../library/contract.ts';

const EPISODES_OF_LINK_MAX = 500;

type Link = Pick<FilePlacement, 'season' | 'episodeFrom' | 'episodeTo'>;

/** Those that a link names one by one; of a film the one with season and episode 0. */
export function episodesOfLink({ season, episodeFrom, episodeTo }: Link): readonly EpisodeKey[] {
  if (season === EVERY_SEASON || episodeTo === LAST_EPISODE) return [];
  const length = Math.min(episodeTo - episodeFrom + 1, EPISODES_OF_LINK_MAX);
  return Array.from({ length }, (_, at) => ({ season, episode: episodeFrom + at }));
}

export function coversEpisode(link: Link, { season, episode }: EpisodeKey): boolean {
  const isOfSeason = link.season === EVERY_SEASON || link.season === season;
  return isOfSeason && link.episodeFrom <= episode && episode <= link.episodeTo;
}
