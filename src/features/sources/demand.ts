/** What was asked for and found little, counted in this process until somebody takes it. */
import type { Demand, Demanded, SearchTarget } from './contract.ts';
import { searchKey } from './search.ts';

/** Between two takes; what comes on top is left out, and counted the next time. */
const TITLES_MAX = 2000;

export class SearchDemand implements Demand {
  #counts = new Map<string, { readonly target: SearchTarget; times: number }>();

  note({ mediaId, season, episode }: SearchTarget): void {
    const key = searchKey({ mediaId, season, episode });
    const known = this.#counts.get(key);
    if (known !== undefined) known.times++;
    else if (this.#counts.size < TITLES_MAX)
      this.#counts.set(key, { target: { mediaId, season, episode }, times: 1 });
  }

  take(): readonly Demanded[] {
    const taken = [...this.#counts.values()].map(({ target, times }) => ({ ...target, times }));
    this.#counts = new Map();
    return taken;
  }
}
