/** Shapes of the Stremio add-on protocol, as clients read them (stremio-addon-sdk docs/api). */

export type MediaType = 'movie' | 'series';

export interface Manifest {
  readonly id: string;
  readonly version: string;
  readonly name: string;
  readonly description: string;
  readonly logo?: string;
  readonly background?: string;
  readonly contactEmail?: string;
  readonly resources: readonly (string | ManifestResource)[];
  readonly types: readonly string[];
  readonly idPrefixes?: readonly string[];
  readonly catalogs: readonly ManifestCatalog[];
  readonly behaviorHints?: {
    readonly adult?: boolean;
    readonly p2p?: boolean;
    readonly configurable?: boolean;
    readonly configurationRequired?: boolean;
  };
}

export interface ManifestResource {
  readonly name: string;
  readonly types: readonly string[];
  readonly idPrefixes?: readonly string[];
}

export interface ManifestCatalog {
  readonly type: MediaType;
  readonly id: string;
  readonly name: string;
  readonly extra: readonly ManifestCatalogExtra[];
}

export interface ManifestCatalogExtra {
  readonly name: 'skip' | 'genre' | 'search';
  readonly isRequired?: boolean;
  readonly options?: readonly string[];
  readonly optionsLimit?: number;
}

export interface MetaPreview {
  readonly id: string;
  readonly type: MediaType;
  readonly name: string;
  readonly poster?: string;
  readonly posterShape?: 'poster' | 'landscape' | 'square';
  readonly genres?: readonly string[];
  readonly imdbRating?: string;
  readonly releaseInfo?: string;
  readonly description?: string;
  readonly behaviorHints?: {
    /** What the title opens with. */
    readonly defaultVideoId?: string;
  };
}

export interface Meta extends MetaPreview {
  readonly background?: string;
  readonly logo?: string;
  readonly released?: string;
  readonly runtime?: string;
  readonly language?: string;
  readonly country?: string;
  readonly website?: string;
  readonly videos?: readonly MetaVideo[];
}

export interface MetaVideo {
  readonly id: string;
  readonly title: string;
  readonly released: string;
  readonly season: number;
  readonly episode: number;
  readonly overview?: string;
  readonly thumbnail?: string;
}

export interface Stream {
  readonly name: string;
  readonly description: string;
  readonly url?: string;
  readonly ytId?: string;
  readonly externalUrl?: string;
  readonly infoHash?: string;
  readonly fileIdx?: number;
  readonly sources?: readonly string[];
  readonly behaviorHints?: {
    readonly notWebReady?: boolean;
    readonly bingeGroup?: string;
    readonly videoSize?: number;
    readonly filename?: string;
  };
}
