/** Whether a release plays the title, and which part of it. */
import type { ReleaseTitle } from '../../lib/release-title/release-title.ts';
import type { Placement } from '../../lib/title-match/title-facts.ts';
import type { FoundRelease, SearchSubject } from './contract.ts';

/** It plays these parts, or it does not, for a reason that people read. */
export type Verdict =
  | { readonly parts: readonly Placement[]; readonly title: ReleaseTitle }
  | { readonly reason: string };

export type Matcher = (release: FoundRelease) => Verdict;

export function createMatcher(_subject: SearchSubject): Matcher {
  return () => ({ reason: 'nothing is compared yet' });
}
