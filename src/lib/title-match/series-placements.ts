/** What of a series a release plays, by its seasons, episodes and dates. */
import type { ReleaseTitle } from '../release-title/release-title.ts';
import type { EpisodeNumber } from './bare-episodes.ts';
import { dayOf, type CompiledTitle, type EpisodeTables } from './compiled-title.ts';
import { refuse, type Refusal } from './reasons.ts';
import type { SeasonWords } from './season-words.ts';
import { EVERY_SEASON, LAST_EPISODE, type EpisodeFacts, type Placement } from './title-facts.ts';

/** What a release says of the episodes that it plays. */
export interface Claim {
  readonly parsed: ReleaseTitle;
  readonly seasonWords: SeasonWords | undefined;
  /** Season that the release's name for the title stands for; 0 for all of it. */
  readonly seasonOfTitle: number;
  readonly isSpecial: boolean;
  readonly isPack: boolean;
  /** Bounds of a range over several seasons, from and to inclusive. */
  readonly range: readonly [EpisodeNumber, EpisodeNumber] | undefined;
  /** A number behind the name that nothing says anything of. */
  readonly bare: EpisodeNumber | undefined;
  /** A release without any number may be the whole of a short series. */
  readonly isUnnumberedPack: boolean;
}

/** Links of one release; whoever names more is no release. */
const PLACEMENTS_MAX = 100;
/** Broadcasts begin on one day and are dated by another. */
const DAYS_APART_MAX = 1;
/** A pause this long splits a season in two parts. */
const PAUSE_DAYS = 42;
/** Seasons that are about to begin, and numberings that differ by one. */
const UNKNOWN_SEASONS_MAX = 1;

export function seriesPlacements(
  title: CompiledTitle,
  claim: Claim,
): readonly Placement[] | Refusal {
  const { parsed, range } = claim;
  if (range !== undefined) return ofRange(title, range);
  const seasons = seasonsOf(title, claim);
  if (seasons.length === 0 && parsed.episodes.length === 0 && parsed.date !== undefined)
    return ofDate(title, parsed.date);
  if (claim.isSpecial && !seasons.some((season) => season > 0)) return ofSpecials(title, claim);
  if (seasons.length === 0) return withoutSeason(title, claim);
  const known = seasons.filter((season) => maybeSeason(title, season));
  if (known.length === 0) return refuse('other-season', `season ${seasons.join(', ')}`);
  const [season] = known;
  const isPart = parsed.episodes.length > 0 || (claim.seasonWords?.part ?? 0) > 0;
  if (isPart && season !== undefined && seasons.length === 1) return ofSeason(title, claim, season);
  return known.slice(0, PLACEMENTS_MAX).map(wholeSeason);
}

/** The seasons that are named, in the title's own count. */
function seasonsOf(title: CompiledTitle, claim: Claim): readonly number[] {
  const { parsed, seasonWords: words, seasonOfTitle } = claim;
  const named =
    parsed.seasons.length > 0
      ? parsed.seasons
      : words?.isFinalSeason === true && title.episodes.lastSeason > 0
        ? [title.episodes.lastSeason]
        : words !== undefined && words.season > 0
          ? [words.season]
          : [];
  const own = seasonOfName(title);
  if (own === 0) return named;
  // The title is one season of something larger; with its number in the name, releases count from 1, too.
  if (seasonOfTitle === 0)
    return named.map((season) => (season === own && title.episodes.lastSeason <= 1 ? 1 : season));
  return named.includes(own) ? [1] : [NO_SEASON];
}

/** What the name without its number says when no season is named: the first one, which is another title. */
const NO_SEASON = -1;

function seasonOfName(title: CompiledTitle): number {
  return Math.max(0, ...title.keys.seasons.values());
}

function maybeSeason({ episodes, facts }: CompiledTitle, season: number): boolean {
  if (season < 0) return false;
  if (facts.episodes.length === 0 || episodes.lastOfSeason.has(season) || season === 0) return true;
  return season > episodes.lastSeason && season <= episodes.lastSeason + UNKNOWN_SEASONS_MAX;
}

function ofSeason(
  title: CompiledTitle,
  claim: Claim,
  season: number,
): readonly Placement[] | Refusal {
  const { parsed, seasonWords: words } = claim;
  const { episodes: tables, facts } = title;
  const last = tables.lastOfSeason.get(season);
  if (words !== undefined && words.part > 0)
    return ofPart(title, season, words.part, parsed.episodes);
  // Fansubs go on counting where others begin a season: S01E30 of a season of 25 is S02E05.
  const isCountedOn = facts.isAnime && last !== undefined && season > 0;
  if (isCountedOn && parsed.episodes.every((episode) => episode > last)) {
    const placed = byAbsolute(tables, parsed.episodes);
    if (placed.some((placement) => placement.season > season)) return placed;
  }
  return runs(parsed.episodes.map((episode) => ({ season, episode })));
}

function withoutSeason(title: CompiledTitle, claim: Claim): readonly Placement[] | Refusal {
  const { parsed, seasonWords: words } = claim;
  const { episodes: tables, facts } = title;
  const isOneSeason = tables.lastSeason <= 1;
  const numbers = parsed.episodes;
  if (words !== undefined && words.part > 0) {
    if (!isOneSeason && !facts.isAnime) return refuse('unclear-episode', `part ${words.part}`);
    if (facts.isAnime && (numbers.length > 0 || hasPause(tables)))
      return ofPart(title, 1, words.part, numbers);
    if (numbers.length === 0) return runs([{ season: 1, episode: words.part }]);
  }
  if (numbers.length > 0) {
    if (tables.byAbsolute.size > 0 && (facts.isAnime || isOneSeason)) {
      const placed = byAbsolute(tables, numbers);
      return placed.length > 0 ? placed : refuse('other-episode', `episode ${numbers.join(', ')}`);
    }
    return isOneSeason
      ? runs(numbers.map((episode) => ({ season: 1, episode })))
      : refuse('unclear-episode', `episode ${numbers.join(', ')} of no season`);
  }
  if (claim.bare !== undefined) return runs([claim.bare]);
  if (claim.isPack) return [wholeSeason(EVERY_SEASON)];
  if (!claim.isUnnumberedPack) return refuse('movie-not-series');
  return [wholeSeason(isOneSeason ? EVERY_SEASON : 1)];
}

function ofSpecials(title: CompiledTitle, { parsed }: Claim): readonly Placement[] | Refusal {
  const last = title.episodes.lastOfSeason.get(0);
  const { episodes } = parsed;
  if (episodes.length > 0)
    return last === undefined || episodes.every((episode) => episode <= last)
      ? runs(episodes.map((episode) => ({ season: 0, episode })))
      : refuse('other-episode', `special ${episodes.join(', ')}`);
  if (last === 1) return runs([{ season: 0, episode: 1 }]);
  return parsed.seasons.includes(0) ? [wholeSeason(0)] : refuse('unclear-episode', 'a special');
}

/** On the very day, else on a day beside it. */
function ofDate({ episodes }: CompiledTitle, date: string): readonly Placement[] | Refusal {
  const day = dayOf(date);
  for (const apart of [0, DAYS_APART_MAX, -DAYS_APART_MAX]) {
    const found = episodes.byDay.get(day + apart);
    if (found !== undefined) return runs(found);
  }
  return refuse('other-episode', `no episode is of ${date}`);
}

/** Everything between two episodes of different seasons. */
function ofRange(
  title: CompiledTitle,
  [from, to]: readonly [EpisodeNumber, EpisodeNumber],
): readonly Placement[] {
  const placements: Placement[] = [];
  for (let season = from.season; season <= to.season; season++) {
    if (placements.length >= PLACEMENTS_MAX) break;
    placements.push({
      season,
      episodeFrom: season === from.season ? from.episode : 1,
      episodeTo:
        season === to.season
          ? to.episode
          : (title.episodes.lastOfSeason.get(season) ?? LAST_EPISODE),
    });
  }
  return placements;
}

function byAbsolute({ byAbsolute: known }: EpisodeTables, numbers: readonly number[]): Placement[] {
  return runs(numbers.map((number) => known.get(number)).filter((found) => found !== undefined));
}

/** Part 2 counts its episodes from 1 or goes on counting; which one, its length tells. */
function ofPart(
  { episodes }: CompiledTitle,
  season: number,
  part: number,
  numbers: readonly number[],
): readonly Placement[] | Refusal {
  const bounds = partsOf(episodes.daysOfSeason.get(season) ?? []);
  const from = bounds[part - 1];
  const end = bounds[part];
  if (from === undefined || end === undefined)
    return refuse('unclear-episode', `part ${part} of season ${season}`);
  const length = end - from;
  if (numbers.length === 0) return [{ season, episodeFrom: from + 1, episodeTo: end }];
  if (numbers.every((number) => number <= length))
    return runs(numbers.map((number) => ({ season, episode: from + number })));
  return numbers.every((number) => number > from && number <= end)
    ? runs(numbers.map((episode) => ({ season, episode })))
    : refuse('other-episode', `episode ${numbers.join(', ')} of part ${part}`);
}

function hasPause({ daysOfSeason }: EpisodeTables): boolean {
  return partsOf(daysOfSeason.get(1) ?? []).length > 2;
}

/** Where the parts of a season begin, and where the last one ends: 0, 12, 24. */
function partsOf(days: readonly number[]): readonly number[] {
  const bounds = [0];
  for (const [at, day] of days.entries()) {
    const before = days[at - 1] ?? 0;
    if (before > 0 && day - before > PAUSE_DAYS) bounds.push(at);
  }
  return [...bounds, days.length];
}

function wholeSeason(season: number): Placement {
  return { season, episodeFrom: 0, episodeTo: LAST_EPISODE };
}

/** Neighbours as one placement. */
function runs(episodes: readonly (EpisodeNumber | EpisodeFacts)[]): Placement[] {
  const sorted = episodes.toSorted((a, b) => a.season - b.season || a.episode - b.episode);
  const placements: { season: number; episodeFrom: number; episodeTo: number }[] = [];
  for (const { season, episode } of sorted) {
    const last = placements.at(-1);
    const isNext = last?.season === season && episode <= last.episodeTo + 1;
    if (last !== undefined && isNext) last.episodeTo = episode;
    else placements.push({ season, episodeFrom: episode, episodeTo: episode });
  }
  return placements.slice(0, PLACEMENTS_MAX);
}
