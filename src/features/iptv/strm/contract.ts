/** A folder of `.strm` and `.nfo` files for media servers. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';

export interface StrmOrder {
  /** Absolute, or of the working folder. */
  readonly folder: string;
  /** `http…/iptv/{token}`: what addresses begin with, and who sees what. */
  readonly viewerUrl: string;
  /** Of the preview whose files may be deleted; empty: none. */
  readonly deletion: string;
  /** Nothing is written. */
  readonly isPreview: boolean;
}

export interface StrmReport {
  readonly films: number;
  readonly episodes: number;
  /** Files that were new or different; in a preview, those that would be. */
  readonly written: number;
  readonly unchanged: number;
  readonly deleted: number;
  /** Series whose provider did not tell their episodes: their files stay as they are. */
  readonly failedSeries: number;
  readonly stale: {
    /** Files that nothing leads to any more. */
    readonly files: number;
    /** What deletes them, said to the next run; empty without any. */
    readonly deletion: string;
    /** The first hundred. */
    readonly first: readonly string[];
  };
}

export interface StrmExport {
  /** @throws AppError `iptv.bad-token`, `iptv.bad-folder` */
  write(
    order: StrmOrder,
    progress: (files: number) => void,
    signal: CancelSignal,
  ): Promise<StrmReport>;
}
