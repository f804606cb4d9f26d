/** Why a release is not taken for a title: the wording that `?trace=1` shows. */

export const REFUSALS = {
  unreadable: 'the name has no words to compare',
  'no-name': 'names an episode, but no series',
  'other-id': 'its source says that it is another title',
  'other-title': 'is another title',
  'longer-title': 'has a longer name: a sequel, spin-off or remake',
  'unclear-title': 'the name is too short to be sure without a year',
  'other-year': 'is of another year',
  'other-country': "is another country's version",
  'other-season': 'is a season that the series does not have',
  'other-episode': 'is another episode',
  'unclear-episode': 'does not say which episode it is',
  'series-not-movie': 'is an episode or a season, not the movie',
  'movie-not-series': 'names no season or episode: a movie',
  collection: 'is a pack of several movies',
  extra: 'is a trailer, sample or other extra',
  'not-video': 'is music, a book or a game',
  adult: 'is an adult release',
  size: 'cannot be of this size',
} as const;

export type RefusalReason = keyof typeof REFUSALS;

export interface Refusal {
  readonly accepted: false;
  readonly reason: RefusalReason;
  /** What was found in its place, one line; empty when the reason says all. */
  readonly detail: string;
}

const DETAIL_CHARS_MAX = 80;

export function refuse(reason: RefusalReason, detail = ''): Refusal {
  return { accepted: false, reason, detail: detail.slice(0, DETAIL_CHARS_MAX) };
}

/** One line, as people read it. */
export function refusalText({ reason, detail }: Refusal): string {
  return detail === '' ? REFUSALS[reason] : `${REFUSALS[reason]} (${detail})`;
}
