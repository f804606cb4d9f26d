/** The manifest: what clients store when they install the add-on. */
import { HELD_PREFIX } from '../../lib/stremio/held-id.ts';
import { ID_PREFIXES } from '../../lib/stremio/media-id.ts';
import type { Manifest, MediaType } from '../../lib/stremio/types.ts';
import type { ManifestSettings } from '../configure/contract.ts';
import { LOGO_PATH } from '../landing/contract.ts';
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
  /** Null: ours. */
  readonly logoUrl: string | null;
  readonly contactEmail: string | null;
  /** Offer meta for all ids and not ours alone; clients then send every title's meta request here. */
  readonly metaForAllIds: boolean;
}

const TYPES: readonly MediaType[] = ['movie', 'series'];

/**
 * The id is the same whatever the settings: clients then replace an install by another of this server.
 * @param genres options of the genre filter, in the order to show them
 * @param baseUrl what links begin with
 */
export function buildManifest(
  options: ManifestOptions,
  genres: GenreNames,
  settings: ManifestSettings,
  baseUrl: string,
): Manifest {
  const metaForAllIds = options.metaForAllIds || settings.metaForAllIds;
  const allPrefixes = Object.values(ID_PREFIXES);
  const held = settings.enableCatalogs && settings.watchlists.length > 0 ? [HELD_PREFIX] : [];
  return {
    id: options.id,
    version: options.version,
    name: settings.nameSuffix === '' ? options.name : `${options.name} ${settings.nameSuffix}`,
    description: options.description,
    logo: options.logoUrl ?? baseUrl + LOGO_PATH,
    ...(options.contactEmail === null ? {} : { contactEmail: options.contactEmail }),
    resources: [
      'catalog',
      { name: 'stream', types: TYPES, idPrefixes: [...allPrefixes, ...held] },
      {
        name: 'meta',
        types: TYPES,
        idPrefixes: [...(metaForAllIds ? allPrefixes : [ID_PREFIXES.sl]), ...held],
      },
    ],
    types: TYPES,
    catalogs: manifestCatalogs(genres, settings),
    behaviorHints: { adult: false, p2p: true, configurable: true, configurationRequired: false },
  };
}
