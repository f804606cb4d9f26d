/** THE route table: every path that the server answers, in one place. Its golden copy is in the tests. */
import { createHash } from 'node:crypto';
import { NAMED_CATALOGS } from '../features/addon/catalogs.ts';
import { addonRoutes } from '../features/addon/routes.ts';
import type { AddonService } from '../features/addon/service.ts';
import type { UserContexts } from '../features/configure/contract.ts';
import type { ConfigEditor } from '../features/configure/editor.ts';
import { pageRoutes, type PageFiles } from '../features/configure/page-routes.ts';
import type { Profiles } from '../features/configure/profiles.ts';
import { configureRoutes } from '../features/configure/routes.ts';
import { createReadyHandler, health } from '../features/health/routes.ts';
import type { HealthService } from '../features/health/service.ts';
import { iconRoutes, type Icons } from '../features/landing/icon-routes.ts';
import { landingRoute } from '../features/landing/routes.ts';
import { posterRoutes } from '../features/posters/routes.ts';
import type { PosterService } from '../features/posters/service.ts';
import { previewRoute } from '../features/streams/preview-routes.ts';
import { streamRoutes } from '../features/streams/routes.ts';
import type { StreamService } from '../features/streams/service.ts';
import type { Handler, Route } from '../http/route.ts';
import { AddressRate } from '../lib/address-rate.ts';
import type { Config } from '../platform/config/config.ts';
import { replyShareBytes } from './settings.ts';
import { version } from './version.ts';

export interface RouteParts {
  readonly health: HealthService;
  readonly addon: AddonService;
  readonly streams: StreamService;
  readonly posters: PosterService;
  readonly contexts: UserContexts;
  readonly editor: ConfigEditor;
  readonly profiles: Profiles;
  readonly page: PageFiles;
  readonly icons: Icons;
}

const HEALTH_TIMEOUT_MS = 5000;

export function routeTable(config: Config, parts: RouteParts): readonly Route[] {
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const replyBytesMax = replyShareBytes(config);
  const manifest = {
    id: config.ADDON_ID,
    name: config.ADDON_NAME,
    description: config.ADDON_DESCRIPTION,
    version,
    logoUrl: config.ADDON_LOGO,
    contactEmail: config.CONTACT_EMAIL,
    metaForAllIds: config.META_FOR_ALL_IDS,
  };
  const identity = {
    name: config.ADDON_NAME, version, description: config.ADDON_DESCRIPTION, logoUrl: config.ADDON_LOGO,
    catalogs: NAMED_CATALOGS.map(({ id, type, spec }) => ({
      id, type, name: spec.name, defaultSort: spec.order === 'relevance' ? null : spec.order,
    })),
  };
  const previews = new AddressRate(config.PREVIEWS_PER_MINUTE_MAX, 'preview.too-many', 'previews');
  const noStore = { cachePolicy: 'no-store', timeoutMs: HEALTH_TIMEOUT_MS, uncapped: true };
  const addon = addonRoutes(parts.addon, parts.contexts, { manifest, replyBytesMax, timeoutMs });
  return [
    landingRoute({ identity, readiness: () => parts.health.readiness(), manifest: handlerOf(addon, 'manifest'), timeoutMs }),
    ...iconRoutes(parts.icons),
    { pattern: '/health', name: 'health', handler: health, ...noStore },
    { pattern: '/ready', name: 'ready', handler: createReadyHandler(parts.health), ...noStore },
    ...addon,
    ...streamRoutes(parts.streams, parts.contexts, {
      replyBytesMax, timeoutMs, reuse: config.RESPONSE_REUSE, bodyVersion: bodyVersion(config),
    }),
    ...posterRoutes(parts.posters, { replyBytesMax, timeoutMs }),
    ...configureRoutes(parts.editor, parts.profiles, {
      identity, timeoutMs, profilesPerHourMax: config.PROFILES_PER_HOUR_MAX, previews,
    }),
    previewRoute(parts.streams, parts.contexts, previews, timeoutMs),
    ...pageRoutes(parts.page),
  ];
}

function handlerOf(rows: readonly Route[], name: string): Handler {
  const row = rows.find((candidate) => candidate.name === name);
  if (row === undefined) throw new Error(`no row of the route table is called ${name}`);
  return row.handler;
}

/** What shapes stream lists beside sets and settings. */
function bodyVersion({ ADDON_NAME: addonName }: Config): string {
  return createHash('sha1').update(`${version} ${addonName}`).digest('base64url').slice(0, 8);
}
