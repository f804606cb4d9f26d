/** Of which title the releases of a group are: of the library, and where it has none that fits, of the metadata services. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { compileTitle } from '../../../lib/title-match/compiled-title.ts';
import { matchRelease, type Acceptance } from '../../../lib/title-match/match.ts';
import { refusalText } from '../../../lib/title-match/reasons.ts';
import type { SearchSubject, SubjectSource } from '../../sources/contract.ts';
import type { ListedRelease } from '../contract.ts';
import type { TitleFinder } from '../title-finder.ts';
import type { LineId } from '../../../lib/import-line/title-line.ts';
import type { ReleaseGroup } from './group.ts';

/** Of one release: its title and what it plays of that, or why it is of none. */
export type ReleaseMatch =
  | { readonly subject: SearchSubject; readonly acceptance: Acceptance }
  | { readonly reason: string };

type Judge = (subject: SearchSubject) => readonly ReleaseMatch[];

export interface GroupMatchParts {
  /** Reads what the library knows, also of titles that only a search has shown. */
  readonly finder: TitleFinder;
  /** Asks for all of a title of which only a search is known. */
  readonly subjects: SubjectSource;
}

/** In the order of the members. @throws AppError `database.…` */
export async function matchGroup(
  { finder, subjects: whole }: GroupMatchParts,
  group: ReleaseGroup,
  asksMetadata: boolean,
  signal: CancelSignal,
): Promise<readonly ReleaseMatch[]> {
  const judge = judgeOf(group);
  const isEnough = (found: readonly SearchSubject[]) =>
    best(group, found.map(judge)).every((match) => 'subject' in match);
  const byId = await finder.subjectByIds(group.type, idsOf(group), asksMetadata, signal);
  const subjects =
    byId === null
      ? await finder.candidates(
          { name: group.title, type: group.type, asksMetadata, isEnough },
          signal,
        )
      : [byId];
  const matches = best(group, subjects.map(judge));
  const [likeliest] = subjects;
  const isDone = matches.every((match) => 'subject' in match);
  if (isDone || !asksMetadata || likeliest === undefined) return matches;
  // Its other names may be what the releases are called.
  const target = { mediaId: likeliest.mediaId, season: 0, episode: 0 };
  const known = await whole.searchSubject(target, signal);
  const isMore = known !== null && known.names.length > likeliest.names.length;
  return isMore ? best(group, [known, ...subjects.slice(1)].map(judge)) : matches;
}

function idsOf({ imdbId, tmdbId }: ReleaseGroup): readonly LineId[] {
  return [
    ...(imdbId === '' ? [] : [{ provider: 'imdb', id: imdbId } as const]),
    ...(tmdbId === '' ? [] : [{ provider: 'tmdb', id: tmdbId } as const]),
  ];
}

/** Comparing is most of the work: each title is looked at once. */
function judgeOf({ members }: ReleaseGroup): Judge {
  const judged = new Map<SearchSubject, readonly ReleaseMatch[]>();
  return (subject) => {
    const known = judged.get(subject);
    if (known !== undefined) return known;
    const title = compileTitle(subject);
    const matches = members.map(({ release }): ReleaseMatch => {
      const verdict = matchRelease(title, release, subject);
      return verdict.accepted ? { subject, acceptance: verdict } : { reason: refusalText(verdict) };
    });
    judged.set(subject, matches);
    return matches;
  };
}

/** The first title that fits, one of the release's year before others. */
function best(
  { members }: ReleaseGroup,
  bySubject: readonly (readonly ReleaseMatch[])[],
): readonly ReleaseMatch[] {
  return members.map(({ release }, at) => {
    const matches = bySubject.map((matched) => matched[at] ?? noTitle(release));
    const accepted = matches.filter((match) => 'subject' in match);
    const ofYear = accepted.find(
      ({ subject, acceptance }) => subject.year === acceptance.parsed.year,
    );
    return ofYear ?? accepted[0] ?? matches[0] ?? noTitle(release);
  });
}

function noTitle({ name }: ListedRelease): ReleaseMatch {
  return { reason: `no title is known that ${JSON.stringify(name.slice(0, 100))} could be of` };
}
