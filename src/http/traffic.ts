/** What requests of each class are worth. */
import type { TrafficClass } from './route.ts';

interface TrafficSpec {
  /** Tokens of the client address's bucket; 0: not limited. */
  readonly price: number;
}

/** Posters come a hundred at a time, for one page of a catalogue. A player asks for the same link again at every seek. */
export const TRAFFIC: Readonly<Record<TrafficClass, TrafficSpec>> = {
  playback: { price: 1 },
  stream: { price: 2 },
  manifest: { price: 1 },
  catalog: { price: 1 },
  page: { price: 1 },
  control: { price: 5 },
  poster: { price: 0 },
  admin: { price: 5 },
  exempt: { price: 0 },
};
