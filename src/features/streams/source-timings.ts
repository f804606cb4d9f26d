/** `Server-Timing` of a search: a metric for each source. */
import type { SourceProgress } from './contract.ts';

/** More are not shown: a header has its limits. */
const SOURCES_SHOWN = 24;
const NAME_CHARS_MAX = 40;

/** Header name and value. Names of sources are their ids, with what a token may not have as `-`. */
export function sourceTimings(sources: readonly SourceProgress[]): readonly string[] {
  return ['Server-Timing', sources.slice(0, SOURCES_SHOWN).map(metricOf).join(', ')];
}

function metricOf({ id, state, elapsedMs }: SourceProgress): string {
  const token = id.replace(/[^A-Za-z0-9_.-]+/g, '-').slice(0, NAME_CHARS_MAX);
  const description = state === 'answered' ? '' : `;desc="${DESCRIPTIONS[state]}"`;
  return `source-${token}${description};dur=${elapsedMs.toFixed(1)}`;
}

const DESCRIPTIONS = { asked: 'still asked', failed: 'failed' } as const;
