/** Streams that stored profiles have brought for themselves, as those see them who bring some. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { FilePlacement } from '../../lib/import-line/placements.ts';
import type { StreamRow } from '../../lib/stream/fields.ts';

/** A stream, and what it plays of one title. */
export interface PrivateStream {
  readonly mediaId: number;
  /** Without a number; the file is that of `placements`. */
  readonly row: StreamRow;
  /** At least one. */
  readonly placements: readonly FilePlacement[];
}

export interface PrivateLibrary {
  /**
   * In the lists of the profile from now on, in this process at once, in others within seconds. Replaces what the profile has
   * brought of the same stream for the same title.
   * @throws AppError `import.quota`, `profile.not-found`, `import.no-title` where the title is gone, `database.…`
   */
  add(profileId: string, stream: PrivateStream, signal: CancelSignal): Promise<void>;
}
