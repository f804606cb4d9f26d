/** Whether a release with the right name is of the series, and which of its episodes it plays. */
import { bareEpisode } from './bare-episodes.ts';
import { COUNTRY_CODES, countryOfRelease } from './known-words.ts';
import { sequelEnd } from './find-name.ts';
import type { Reading } from './match.ts';
import { notTheVideo } from './not-the-video.ts';
import { afterYears, otherYear } from './series-year.ts';
import { refuse, type Refusal, type RefusalReason } from './reasons.ts';
import { seasonWords } from './season-words.ts';
import { seriesPlacements, type Claim } from './series-placements.ts';
import { EVERY_SEASON, type Placement } from './title-facts.ts';

const BYTES_MIN = 1_000_000;
const EPISODE_BYTES_MAX = 150_000_000_000;
const PACK_WORDS: ReadonlySet<string> = new Set(
  'complete completa completo komplett integrale collection boxset batch all'.split(' '),
);
const SPECIALS = /^(?:ova\d?|oad|ovas|oads|specials)$/;
const PLUS = /[+&]/;
/** `- 24.5`: a recap between two episodes. */
const HALF_EPISODE = /[\s_]-[\s_]\d{1,4}\.5(?![\d.])/;
const RANGE =
  /s(\d{1,3})[ ._]?e(\d{1,4})[ ._]*(?:[-–~]|to|bis)[ ._]*s(\d{1,3})[ ._]?e(\d{1,4})(?!\d)/i;

export function judgeSeries(reading: Reading): readonly Placement[] | Refusal {
  const notIt = notTheVideo(reading) ?? otherYear(reading) ?? otherCountry(reading);
  if (notIt !== undefined) return notIt;
  const { title, release, asked } = reading;
  if (HALF_EPISODE.test(reading.text)) return refuse('other-episode', 'a recap');
  const placements = seriesPlacements(title, claimOf(reading));
  if ('accepted' in placements) {
    // An add-on that was asked for an episode answers with it, though its name may say less.
    return release.isVouchedFor && mayBeAsked(reading, placements.reason)
      ? [only(asked.season, asked.episode)]
      : placements;
  }
  if (release.isVouchedFor && !placements.some((placement) => isIn(placement, asked)))
    return refuse('other-episode', placements.map(placementText).join(', '));
  return sizeMisfit(reading, placements) ?? placements;
}

/** Nothing that the name says is against it: no number, or the episode's own. */
function mayBeAsked({ parsed, asked }: Reading, reason: RefusalReason): boolean {
  if (reason === 'movie-not-series') return true;
  const { episodes } = parsed;
  const isUnclear = reason === 'unclear-episode';
  return isUnclear && (episodes.length === 0 || episodes.includes(asked.episode));
}

function only(season: number, episode: number): Placement {
  return { season, episodeFrom: episode, episodeTo: episode };
}

function isIn(placement: Placement, { season, episode }: Reading['asked']): boolean {
  if (placement.season !== EVERY_SEASON && placement.season !== season) return false;
  return placement.episodeFrom <= episode && episode <= placement.episodeTo;
}

function placementText({ season, episodeFrom }: Placement): string {
  return episodeFrom === 0 ? `season ${season}` : `season ${season}, episode ${episodeFrom}`;
}

function claimOf({ title, parsed, words, tail, found, text, parsedName }: Reading): Claim {
  const after = words.slice(tail);
  return {
    parsed,
    seasonWords: seasonWords(words, afterYears(words, tail), sequelEnd(title.facts, parsedName)),
    seasonOfTitle: found?.seasonOfTitle ?? 0,
    isSpecial: after.some(
      ({ written, from }, at) =>
        SPECIALS.test(written) && !PLUS.test(text.slice(words[tail + at - 1]?.to ?? 0, from)),
    ),
    isPack: parsed.flags.has('complete') || after.some(({ written }) => PACK_WORDS.has(written)),
    range: rangeOf(text),
    bare: words[tail] && bareEpisode(title, words[tail]),
    isUnnumberedPack:
      title.facts.isAnime || (title.episodes.lastSeason <= 1 && parsed.year !== undefined),
  };
}

/** `S03E01-S04E02`, of which the parser knows the seasons only. */
function rangeOf(text: string): Claim['range'] {
  const [season = 0, episode = 0, lastSeason = 0, lastEpisode = 0] =
    RANGE.exec(text)?.slice(1).map(Number) ?? [];
  return lastSeason > season
    ? [
        { season, episode },
        { season: lastSeason, episode: lastEpisode },
      ]
    : undefined;
}

function otherCountry({ title, parsed, words, tail }: Reading): Refusal | undefined {
  if (title.countries.size === 0) return undefined;
  const word = words[afterYears(words, tail)];
  const named =
    (word === undefined ? undefined : countryOfRelease(word)) ??
    COUNTRY_CODES.get(parsed.country?.toLowerCase() ?? '');
  return named === undefined || title.countries.has(named)
    ? undefined
    : refuse('other-country', named);
}

function sizeMisfit({ release }: Reading, placements: readonly Placement[]): Refusal | undefined {
  const { sizeBytes } = release;
  if (sizeBytes === 0) return undefined;
  const [first] = placements;
  const isOneEpisode =
    placements.length === 1 && first?.episodeFrom === first?.episodeTo && first?.episodeFrom !== 0;
  const isPossible = sizeBytes >= BYTES_MIN && (!isOneEpisode || sizeBytes <= EPISODE_BYTES_MAX);
  return isPossible ? undefined : refuse('size', `${sizeBytes} bytes`);
}
