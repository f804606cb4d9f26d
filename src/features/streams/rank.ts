/** Third step: which rows are shown, and in which order, for one kind of settings. */
import { compileRanking, type CompiledRanking } from '../../lib/ranking/compile.ts';
import { rank, rankReport } from '../../lib/ranking/rank.ts';
import type { RankingSettings } from '../../lib/ranking/settings.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';

export class StreamRanker {
  /** Row numbers of the last `rank`, best first; overwritten by the next. */
  readonly rows: Uint32Array;
  readonly #compiled: CompiledRanking;
  readonly #report = rankReport();

  constructor(settings: RankingSettings) {
    this.#compiled = compileRanking(settings);
    this.rows = new Uint32Array(settings.streamsMax);
  }

  /** Part of every response-reuse key: equal for settings that lead to the same list. */
  get fingerprint(): string {
    return this.#compiled.fingerprint;
  }

  /** Fills `rows` and returns how many of them count. */
  rank(set: StreamSet): number {
    return rank(set, this.#compiled, null, this.rows, this.#report);
  }
}
