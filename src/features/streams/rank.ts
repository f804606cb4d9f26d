/** Third step: which rows are shown, and in which order, for one kind of settings. */
import { rank, rankReport } from '../../lib/ranking/rank.ts';
import { STREAMS_MAX } from '../../lib/ranking/settings.ts';
import type { NameMatches } from '../../lib/ranking/filter.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';

export class StreamRanker {
  /** Row numbers of the last `rank`, best first; overwritten by the next. */
  readonly rows = new Uint32Array(STREAMS_MAX);
  readonly #report = rankReport();

  /** Rows by DROP_RULES after the last `rank`; overwritten by the next. */
  get counts(): Uint32Array {
    return this.#report.counts;
  }

  /** Fills `rows` and returns how many of them count. */
  rank(set: StreamSet, settings: ListSettings, nameMatches: NameMatches | null): number {
    return rank(set, settings.ranking, nameMatches, this.rows, this.#report);
  }
}
