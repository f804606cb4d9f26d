/** Whether a release plays the title, and which part of it. */
import type { ReleaseTitle } from '../../lib/release-title/release-title.ts';
import { compileTitle } from '../../lib/title-match/compiled-title.ts';
import { matchRelease } from '../../lib/title-match/match.ts';
import { refusalText } from '../../lib/title-match/reasons.ts';
import type { Placement } from '../../lib/title-match/title-facts.ts';
import type { FoundRelease, SearchSubject } from './contract.ts';

/** It plays these parts, or it does not, for a reason that people read. */
export type Verdict =
  | { readonly parts: readonly Placement[]; readonly title: ReleaseTitle }
  | { readonly reason: string };

export type Matcher = (release: FoundRelease) => Verdict;

export function createMatcher(subject: SearchSubject): Matcher {
  const title = compileTitle(subject);
  return (release) => {
    const verdict = matchRelease(title, release, subject);
    return verdict.accepted
      ? { parts: verdict.placements, title: verdict.parsed }
      : { reason: refusalText(verdict) };
  };
}
