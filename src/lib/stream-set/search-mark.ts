/** What a StreamSet says about the search for more of its streams: in its header, so that it shapes neither hash nor body. */

export const SEARCH_PHASES = {
  /** Nothing is to be done. */
  done: 0,
  /** Due or under way: whoever wants streams waits for it. */
  due: 1,
  /** Under way, and longer than anybody waits for. */
  underWay: 2,
  /** Due, while what was found before is there: it is done behind. */
  renewal: 3,
} as const;
export type SearchPhase = (typeof SEARCH_PHASES)[keyof typeof SEARCH_PHASES];

export interface SearchMark {
  readonly phase: SearchPhase;
  /** Epoch seconds of the next search: the set is not fresh for longer. 0: that of the cache decides. */
  readonly nextAtS: number;
}

/** Of sets on instances without sources. */
export const NO_SEARCH: SearchMark = { phase: SEARCH_PHASES.done, nextAtS: 0 };

export function isSearchPhase(code: number): code is SearchPhase {
  return code >= SEARCH_PHASES.done && code <= SEARCH_PHASES.renewal;
}

/** What of a set tells whether its sources are to be asked. */
export interface SearchedStreams {
  readonly searchPhase: SearchPhase;
  readonly nextSearchAtS: number;
  readonly rowCount: number;
}

/** Under way longer than anybody waits for. False when its time is over: whoever searched has died. */
export function isUnderWay({ searchPhase, nextSearchAtS }: SearchedStreams): boolean {
  return searchPhase === SEARCH_PHASES.underWay && Date.now() < nextSearchAtS * 1000;
}

/** Whether there is something to join or begin. A set of nothing becomes due by itself: nobody is served it for longer. */
export function isSearchWanted({ searchPhase, nextSearchAtS, rowCount }: SearchedStreams): boolean {
  if (searchPhase !== SEARCH_PHASES.done) return true;
  return rowCount === 0 && nextSearchAtS > 0 && Date.now() >= nextSearchAtS * 1000;
}
