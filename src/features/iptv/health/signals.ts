/** What playback learns of sources, written in batches: nobody has to look at what is watched. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { WriteBuffer } from '../../../lib/async/write-buffer.ts';
import type { ChannelSource } from '../contract.ts';
import type { SourceFinding } from './contract.ts';
import type { HealthStore } from './store.ts';

const WAITING_MAX = 1000;

export class SourceSignals implements AsyncDisposable {
  readonly #buffer: WriteBuffer<SourceFinding>;

  constructor(store: Pick<HealthStore, 'put'>) {
    this.#buffer = new WriteBuffer<SourceFinding>({
      waitingMax: WAITING_MAX,
      merge: (_, last) => last,
      write: (values, signal) => store.put([...values.values()], signal),
      // A look at the sources finds out again.
      onLost: () => undefined,
    });
  }

  /** @param failure why it does not play; empty when it does */
  tell(
    { providerId, storedUrl }: Pick<ChannelSource, 'providerId' | 'storedUrl'>,
    failure: string,
  ): void {
    this.#buffer.add(`${providerId} ${storedUrl}`, { providerId, storedUrl, failure });
  }

  flush(signal: CancelSignal): Promise<void> {
    return this.#buffer.flush(signal);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#buffer[Symbol.asyncDispose]();
  }
}
