/** Titles that the library does not have yet, made on demand from metadata services. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

/** What is known of an id. `created`: the title is in the library now. `absent`: nobody knows it, for the next while. */
export type Creation = 'created' | 'absent' | 'unavailable';

export interface TitlesOnDemand {
  /** Without waiting: `absent` when that is remembered, undefined when somebody has to be asked. */
  peek(id: TitleId): 'absent' | undefined;
  /**
   * Asks the metadata services, once for everybody who waits, and writes what they know into the library.
   * `unavailable` when none answered within its deadline. Rejects with the signal's reason only.
   */
  create(id: TitleId, signal: CancelSignal): Promise<Creation>;
  /** Titles by name, for catalogues; created as far as they are not in the library. Empty when no service answers. */
  search(type: MediaType, text: string, signal: CancelSignal): Promise<readonly TitleId[]>;
}
