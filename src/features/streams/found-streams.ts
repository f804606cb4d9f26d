/** What was found for a query, before it is ranked. */
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { CacheTier } from '../../platform/cache/cache.ts';
import type { SourceProgress } from './contract.ts';
import type { Absence } from './resolve.ts';

export interface FoundStreams {
  /** A set may be of no streams, where they are searched for. */
  readonly found: StreamSet | Absence;
  /** Which tiers answered, by step. */
  readonly tiers: readonly CacheTier[];
  /** Of the search that was joined, by source; left out where there was none. */
  readonly sources?: readonly SourceProgress[];
  /** Nobody could say in time whether there is such a title. */
  readonly isTitleOpen?: boolean;
}
