/** Titles that the library does not have yet, made on demand from metadata services. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
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
  /**
   * For a title that somebody looks at: one of which only a list is known is waited for, another whose time has come is
   * asked for behind. Resolves with whether the title is different now. Rejects with the signal's reason only.
   */
  keepCurrent(id: TitleId, signal: CancelSignal): Promise<boolean>;
  /** Titles by name, for catalogues; created as far as they are not in the library. Empty when no service answers. */
  search(type: MediaType, text: string, signal: CancelSignal): Promise<readonly TitleId[]>;
}

/** Of an instance that asks no service. */
export const NO_TITLES: TitlesOnDemand = {
  peek: () => 'absent',
  create: () => Promise.resolve('absent'),
  keepCurrent: () => Promise.resolve(false),
  search: () => Promise.resolve([]),
};

/**
 * What `read` finds; where that is nothing, again once the title was made.
 * @throws AppError `metadata.unavailable` when nobody can tell, and what `read` throws
 */
export async function readOrMake<T>(
  read: (id: TitleId, signal: CancelSignal) => Promise<T | null>,
  onDemand: TitlesOnDemand,
  id: TitleId,
  signal: CancelSignal,
): Promise<T | null> {
  const found = await read(id, signal);
  if (found !== null) return found;
  const creation = await onDemand.create(id, signal);
  if (creation === 'absent') return null;
  const made = creation === 'created' ? await read(id, signal) : null;
  // A replica may be behind.
  if (made === null)
    throw new AppError('metadata.unavailable', 'this title is not known yet: try again');
  return made;
}
