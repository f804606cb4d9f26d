/** A title of the library, as rows of catalogues are made of it. */
import type { MediaType } from './types.ts';

/** A title as catalogues show it. Texts are empty and numbers 0 when unknown. */
export interface CatalogTitle {
  readonly type: MediaType;
  /** Our own id, `sl:…`. */
  readonly publicId: string;
  readonly imdbId: string;
  readonly title: string;
  readonly year: number;
  /** Last year of a series that has ended. */
  readonly endYear: number;
  readonly description: string;
  readonly genres: readonly string[];
  /** 0 to 10. */
  readonly rating: number;
}
