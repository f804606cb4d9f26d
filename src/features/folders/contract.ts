/** Folders of videos, as the command line scans them. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { MediaType } from '../../lib/stremio/types.ts';

export interface ScanCounts {
  readonly videos: number;
  readonly unchanged: number;
  readonly linked: number;
  /** Of no title that is known. */
  readonly refused: number;
  /** Not there any more. */
  readonly gone: number;
}

export interface ScanListener {
  /** Of the videos that are new or changed. */
  progress(done: number, total: number): void;
  /** @param path below the folder */
  refused(path: string, reason: string): void;
}

export interface Folders {
  /**
   * Scans a folder, which is scanned by schedule from then on.
   * @param place path of a folder of this machine, or address of a WebDAV share, also with name and password
   * @param type null: names of the videos say it
   * @throws AppError `folder.unreadable`, `database.…`
   */
  scan(
    place: string,
    type: MediaType | null,
    listener: ScanListener,
    signal: CancelSignal,
  ): Promise<ScanCounts>;
}
