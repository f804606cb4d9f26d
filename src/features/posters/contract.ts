/** What posters need from the rest of the program, and what they are made of. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { TitleId } from '../../lib/stremio/media-id.ts';

/** What a poster shows. */
export interface PosterSubject {
  readonly title: string;
  /** 0 when unknown. */
  readonly year: number;
  /** 0 to 10; 0 when unknown. */
  readonly rating: number;
  /** Artwork to fetch; empty when there is none. */
  readonly posterUrl: string;
}

export interface PosterSource {
  /** One statement. Null when no title has this id. */
  posterSource(id: TitleId, signal: CancelSignal): Promise<PosterSubject | null>;
}
