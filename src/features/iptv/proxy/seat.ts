/** A viewer's place at a channel. It moves to another stream when the one that it was at plays what the viewer may not see. */
import { eitherOf, type CancelController, type CancelSignal } from '../../../lib/async/cancel.ts';
import type { ChannelStream } from './channel-stream.ts';

/** At one stream; disposing leaves it. */
export interface Place extends Disposable {
  readonly stream: ChannelStream;
  readonly sourceIds: ReadonlySet<number>;
  /** Aborts when the stream plays none of these sources any more. */
  readonly moved: CancelController;
}

export class Seat implements Disposable {
  #place: Place;
  #isLeft = false;
  readonly #sitAgain: (signal: CancelSignal) => Promise<Place>;

  /** @param sitAgain finds another place */
  constructor(place: Place, sitAgain: (signal: CancelSignal) => Promise<Place>) {
    this.#place = place;
    this.#sitAgain = sitAgain;
  }

  /** From the newest picture on, for as long as a source plays. @throws AppError of the last one when none does any more */
  async *read(signal: CancelSignal): AsyncGenerator<Buffer, void, undefined> {
    for (;;) {
      const moved = this.#place.moved.signal;
      try {
        yield* this.#place.stream.ring.read(eitherOf(signal, moved));
        return;
      } catch (error) {
        if (!moved.aborted || signal.aborted) throw error;
      }
      this.#place[Symbol.dispose]();
      this.#place = await this.#sitAgain(signal);
      if (this.#isLeft) this.#place[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    this.#isLeft = true;
    this.#place[Symbol.dispose]();
  }
}
