/** Episodes that are nothing but a number behind the name: `Dead Set 02`, and `103` for the third of season 1. */
import type { CompiledTitle } from './compiled-title.ts';
import type { Word } from './words.ts';

export interface EpisodeNumber {
  readonly season: number;
  readonly episode: number;
}

const OF_ONE_SEASON = /^0\d$/;
const WITH_SEASON = /^(\d{1,2})(\d\d)$/;

/** Undefined for other words, and for numbers of no known episode. Anime counts otherwise. */
export function bareEpisode(
  { facts, episodes }: CompiledTitle,
  { written }: Word,
): EpisodeNumber | undefined {
  if (facts.type !== 'series' || facts.isAnime) return undefined;
  const isOneSeason = episodes.lastSeason <= 1;
  if (OF_ONE_SEASON.test(written))
    return isOneSeason && Number(written) > 0 ? { season: 1, episode: Number(written) } : undefined;
  const [, season = 0, episode = 0] = WITH_SEASON.exec(written)?.map(Number) ?? [];
  const isKnown = season > 0 && episode > 0 && episode <= (episodes.lastOfSeason.get(season) ?? 0);
  return isKnown ? { season, episode } : undefined;
}
