/**
 * From a configuration to what requests need of it: tables, closures and names. No credential is left but those of the
 * user's own sources and services, which stay inside `OwnSources` and `ServiceEntry`.
 */
import { createHash } from 'node:crypto';
import { compileRanking } from '../../lib/ranking/compile.ts';
import type { RankingSettings } from '../../lib/ranking/settings.ts';
import { compileStreamTemplate } from '../../lib/stream-template/stream-variables.ts';
import { TemplateError } from '../../lib/stream-template/template-error.ts';
import { hiddenLevelsMask } from '../../lib/user-config/hidden-levels.ts';
import type { JsonObject } from '../../lib/json/json-value.ts';
import { readUserConfig, type UserConfig } from '../../lib/user-config/user-config.ts';
import type {
  ListedService,
  ListSettings,
  StreamTemplate,
} from '../../lib/user-config/list-settings.ts';
import {
  ownServices,
  type IndexerKey,
  type ServiceEntry,
} from '../../lib/user-config/own-services.ts';
import { ownSources, type OwnSources } from '../../lib/user-config/own-sources.ts';
import { playingServices, type OwnServices } from '../../lib/user-config/playing-services.ts';
import { maskOf, STREAM_KINDS, type StreamKind } from '../../lib/vocabulary.ts';
import type { ManifestSettings, UserContext } from './contract.ts';
import type { InstanceOffer } from './instance-offer.ts';

/** They do not say what an account holds. */
const WITHOUT_LIST: ReadonlySet<string> = new Set(['easydebrid']);

/** What a context says of the stored profile that it is. */
export interface ProfileFacts {
  /** Empty for all other configurations. */
  readonly profileId: string;
  /** Of its private streams; 0: it never had any. */
  readonly privateRevision: number;
}

const NO_PROFILE: ProfileFacts = { profileId: '', privateRevision: 0 };

/** @param config in canonical form (`acceptUserConfig`, `installedUserConfig`) */
export function userContext(
  config: JsonObject,
  instance: InstanceOffer,
  profile = NO_PROFILE,
): UserContext {
  const { profileId, privateRevision: revision } = profile;
  const settings = readUserConfig(config, instance.capabilities);
  const sources = ownSources(config, instance.ownSources);
  const services = servicesOf(config, sources, instance, profileId);
  const privateMark = revision === 0 ? null : { profileId, revision };
  return {
    manifest: manifestSettings(settings, services, profileId),
    list: listSettings(settings, { sources, services, privateMark }, instance),
    sources,
    services,
    profileId,
    privateMark,
  };
}

/** Those that this instance can play with, with all the credentials that they need. */
function servicesOf(
  config: JsonObject,
  sources: OwnSources,
  { capabilities, ownSources: { digest } }: InstanceOffer,
  profileId: string,
): OwnServices {
  const playing = ownServices(config, digest, nzbIndexers(sources)).filter(
    (entry) =>
      (entry.playsTorrents || entry.playsUsenet) &&
      capabilities.has(entry.service.service) &&
      entry.missing().length === 0 &&
      (entry.service.service !== 'stremio_nntp' || entry.newsServer() !== ''),
  );
  return playingServices(playing, profileId, digest);
}

/** Those of the user's own sources that have NZBs. */
function nzbIndexers(sources: OwnSources): readonly IndexerKey[] {
  return sources
    .settings()
    .flatMap((one) => (one.kind === 'newznab' || one.kind === 'prowlarr' ? [one] : []))
    .map(({ url, apiKey }) => ({ url, apiKey }));
}

/** Each once: the first of a service is the one. */
function watchlistsOf({ all }: OwnServices): ManifestSettings['watchlists'] {
  const listed = all
    .map(({ entry }) => entry)
    .filter(({ hasCatalogs, playsTorrents }) => hasCatalogs && playsTorrents)
    .map(({ service: { service, label, name } }) => ({ service, label: label || name }))
    .filter(({ service }) => !WITHOUT_LIST.has(service));
  return [...new Map(listed.map((one) => [one.service, one])).values()];
}

function manifestSettings(
  settings: UserConfig,
  services: OwnServices,
  profileId: string,
): ManifestSettings {
  const { enableCatalogs, catalogs, metaForAllIds } = settings;
  const watchlists = watchlistsOf(services);
  const continueWatching = settings.continueWatching && profileId !== '';
  const nameSuffix =
    settings.nameSuffix === '' ? settings.providerLabels.join(' + ') : settings.nameSuffix;
  return {
    nameSuffix,
    enableCatalogs,
    catalogs,
    metaForAllIds,
    continueWatching,
    watchlists,
    key: digest([
      nameSuffix,
      enableCatalogs,
      metaForAllIds,
      catalogs,
      continueWatching,
      watchlists,
    ]),
  };
}

function listSettings(
  settings: UserConfig,
  { sources, services, privateMark }: Pick<UserContext, 'sources' | 'services' | 'privateMark'>,
  instance: InstanceOffer,
): ListSettings {
  const ranking = compileRanking(rankedKinds(settings, services), {
    kinds: services.all.map(({ entry }) => playedKinds(entry)),
    // Nobody says what a news server has.
    onlyCached: services.all.map(({ entry }) => entry.onlyCached && entry.newsServer() === ''),
    isMixed: settings.isMixedByService,
  });
  const listed = services.all.map(({ entry }) => listedService(entry));
  const hiddenLevels = hiddenLevelsMask(settings.hiddenNudity, settings.hiddenCertificates);
  const template = settings.template === null ? null : compileTemplates(settings.template);
  const templateKey = template === null ? '' : digest([settings.template]);
  const { unavailableServices } = settings;
  const playsTorrents = !settings.torrentsNeedService && settings.ranking.kinds.includes('torrent');
  const { digest: keyed } = instance.ownSources;
  const own = listed.map((one) => ({
    ...one,
    newsServer: one.newsServer && keyed(one.newsServer),
  }));
  const listedKey = own.length === 0 ? '' : digest(own);
  const ownKeys = privateMark === null ? [] : [digest(privateMark)];
  const unavailableKey = unavailableServices.length === 0 ? '' : digest(unavailableServices);
  return {
    ranking,
    template,
    hiddenLevels,
    nameFilter: settings.ranking.nameFilter,
    hasProviders: settings.providerLabels.length > 0 || playsTorrents,
    services: listed,
    unavailableServices,
    playsTorrents,
    ...searches(settings, sources, instance),
    marksDirectTorrents: listed.length === 0 && unavailableServices.length > 0,
    rowsKey: `${templateKey}${unavailableServices.length > 0 ? 'P2P' : ''}${listedKey}`,
    key: [
      ranking.fingerprint,
      templateKey,
      unavailableKey,
      listedKey,
      sources.key,
      ...ownKeys,
    ].join('.'),
  };
}

function listedService(entry: ServiceEntry): ListedService {
  const { service, name } = entry;
  const label = service.label || service.name;
  return { service: service.service, name, label, newsServer: entry.newsServer() };
}

/** What no service plays is not shown; where services lack credentials, torrents are not played without them all the same. */
function rankedKinds(
  { ranking, torrentsNeedService }: UserConfig,
  { all }: OwnServices,
): RankingSettings {
  const playsTorrents = !torrentsNeedService || all.some(({ entry }) => entry.playsTorrents);
  const playsUsenet = all.some(({ entry }) => entry.playsUsenet);
  const isMissing = (kind: StreamKind) =>
    (kind === 'torrent' && !playsTorrents) || (kind === 'usenet' && !playsUsenet);
  const missing = ranking.kinds.filter(isMissing);
  if (missing.length === 0) return ranking;
  return {
    ...ranking,
    kinds: ranking.kinds.filter((kind) => !isMissing(kind)),
    unavailableKinds: [...ranking.unavailableKinds, ...missing],
  };
}

/** Bits of STREAM_KINDS. */
function playedKinds({ playsTorrents, playsUsenet }: ServiceEntry): number {
  const played = { torrent: playsTorrents, usenet: playsUsenet };
  return maskOf(
    STREAM_KINDS,
    (['torrent', 'usenet'] as const).filter((kind) => played[kind]),
  );
}

/** What the user says, else the instance; never where there is nothing to search. */
function searches(
  { liveSearch }: UserConfig,
  { count, withoutShared }: OwnSources,
  { sharedSources, liveSearchDefault }: InstanceOffer,
): Pick<ListSettings, 'liveSearch' | 'ownSourcesOnly'> {
  const off: readonly string[] = withoutShared;
  const hasShared = sharedSources.some((kind) => !off.includes(kind));
  const isWanted = liveSearch ?? liveSearchDefault ?? true;
  return {
    liveSearch: isWanted && (hasShared || count > 0),
    ownSourcesOnly: sharedSources.length > 0 && !hasShared,
  };
}

/** A template that an older version accepted and this one does not gives the default, not an error. */
function compileTemplates({
  title,
  description,
}: NonNullable<UserConfig['template']>): StreamTemplate {
  return { title: compileOrDefault(title), description: compileOrDefault(description) };
}

function compileOrDefault(source: string): StreamTemplate['title'] {
  if (source === '') return null;
  try {
    return compileStreamTemplate(source);
  } catch (error) {
    if (error instanceof TemplateError) return null;
    throw error;
  }
}

/** 96 bits. */
function digest(value: unknown): string {
  return createHash('sha1').update(JSON.stringify(value)).digest('base64url').slice(0, 16);
}
