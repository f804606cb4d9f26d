/** What requests of each class are worth and cost, in one table. */
import type { Rank } from '../lib/admission/brownout.ts';
import type { TrafficClass } from './route.ts';

interface TrafficSpec {
  /** Tokens of the client address's bucket; 0: not limited. */
  readonly price: number;
  /** In an overload the highest ranks are refused first. */
  readonly rank: Rank;
  /** Of requests that memory does not answer. */
  readonly workRank: Rank;
}

/** Posters come a hundred at a time, for one page of a catalogue. A player asks for the same link again at every seek. */
export const TRAFFIC: Readonly<Record<TrafficClass, TrafficSpec>> = {
  playback: { price: 1, rank: 0, workRank: 0 },
  stream: { price: 2, rank: 1, workRank: 4 },
  manifest: { price: 1, rank: 2, workRank: 2 },
  catalog: { price: 1, rank: 3, workRank: 3 },
  page: { price: 1, rank: 2, workRank: 2 },
  control: { price: 5, rank: 3, workRank: 3 },
  poster: { price: 0, rank: 3, workRank: 5 },
  admin: { price: 5, rank: 6, workRank: 6 },
  exempt: { price: 0, rank: 0, workRank: 0 },
};
