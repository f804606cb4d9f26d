/** The manifest: what clients store when they install the add-on. */
import { ID_PREFIXES } from '../../lib/stremio/media-id.ts';
import type { Manifest, MediaType } from '../../lib/stremio/types.ts';
import { manifestCatalogs } from './catalogs.ts';
import type { GenreNames } from './contract.ts';

/** How this instance presents itself; from configuration and package.json. */
export interface ManifestOptions {
  /** Clients tell add-ons apart by it: it never depends on users' settings. */
  readonly id: string;
  readonly name: string;
  readonly description: string;
  /** Semantic version of the program. */
  readonly version: string;
  readonly logoUrl: string | null;
  readonly contactEmail: string | null;
  /** Offer meta for `tt` and `tmdb:` ids, too; clients then send every title's meta request here. */
  readonly metaForAllIds: boolean;
}

const TYPES: readonly MediaType[] = ['movie', 'series'];

/** @param genres options of the genre filter, in the order to show them */
export function buildManifest(options: ManifestOptions, genres: GenreNames): Manifest {
  const allPrefixes = [ID_PREFIXES.imdb, ID_PREFIXES.tmdb, ID_PREFIXES.sl];
  return {
    id: options.id,
    version: options.version,
    name: options.name,
    description: options.description,
    ...(options.logoUrl === null ? {} : { logo: options.logoUrl }),
    ...(options.contactEmail === null ? {} : { contactEmail: options.contactEmail }),
    resources: [
      'catalog',
      { name: 'stream', types: TYPES, idPrefixes: allPrefixes },
      { name: 'meta', types: TYPES, idPrefixes: options.metaForAllIds ? allPrefixes : [ID_PREFIXES.sl] },
    ],
    types: TYPES,
    catalogs: manifestCatalogs(genres),
    behaviorHints: { adult: false, p2p: true, configurable: false, configurationRequired: false },
  };
}
