/** What a user's configuration means: the typed form that features work with. */
import { EVERYWHERE, type Capabilities } from '../capabilities.ts';
import {
  STREAMS_MAX,
  type RankingSettings,
  type SortKey,
  type SortRule,
} from '../ranking/settings.ts';
import type { StreamKind } from '../vocabulary.ts';
import { canonicalObject, type Strictness } from './canonical.ts';
import { USER_CONFIG_FIELDS } from './fields.ts';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { ProblemList } from './problems.ts';
import { checkRanges } from './ranges.ts';
import { enabledProviders } from './enabled-providers.ts';
import { playsUsenet } from './own-services.ts';
import { serviceOf } from './services.ts';
import { checkSources } from './source-checks.ts';
import {
  AUDIO_NAMES,
  CHANNEL_NAMES,
  CODEC_NAMES,
  HDR_NAMES,
  LANGUAGE_NAMES,
  QUALITY_GROUPS,
  RESOLUTION_NAMES,
  STREAM_TYPE_NAMES,
  type NameMap,
} from './vocabulary.ts';

export type CatalogSort = 'latest' | 'popular' | 'rating' | 'year' | 'title' | 'release_date';

export interface CatalogChoice {
  /** `movie.latest`: media type and catalogue. */
  readonly id: string;
  readonly enabled: boolean;
  /** Null: the catalogue's own. */
  readonly sort: CatalogSort | null;
  readonly descending: boolean | null;
}

export interface UserConfig {
  /** Short labels of the enabled providers that this server can play with, in their order: they name the add-on. */
  readonly providerLabels: readonly string[];
  /** Names of the enabled services that it cannot play with, in their order. */
  readonly unavailableServices: readonly string[];
  /** Chosen by the user instead of the labels; empty when not. */
  readonly nameSuffix: string;
  readonly enableCatalogs: boolean;
  readonly catalogs: readonly CatalogChoice[];
  readonly metaForAllIds: boolean;
  /** What is played is kept, and shown as a catalogue: in stored profiles. */
  readonly continueWatching: boolean;
  /** Null: as the instance has it. */
  readonly liveSearch: boolean | null;
  /** Levels that are hidden; empty when the filter is off. */
  readonly hiddenNudity: readonly string[];
  readonly hiddenCertificates: readonly string[];
  readonly ranking: RankingSettings;
  /** Torrents are shown with services alone: some are chosen that this server can play with. */
  readonly torrentsNeedService: boolean;
  /** A torrent is shown once, with the first service that has it. */
  readonly isMixedByService: boolean;
  /** Null: the default. Either text may be empty, which means the default of that one. */
  readonly template: { readonly title: string; readonly description: string } | null;
}

/** Bodies and tokens are refused above this before they are parsed, in bytes. */
export const CONFIG_BYTES_MAX = 64 * 1024;

/**
 * The canonical form of what a user sent.
 * @throws AppError `config.invalid` naming every field that is wrong
 */
export function acceptUserConfig(given: JsonValue): JsonObject {
  return canonical(given, 'strict');
}

/**
 * The canonical form of what is installed: a token may be older or newer than this version.
 * @throws AppError `config.invalid` for a wrong type
 */
export function installedUserConfig(given: JsonValue): JsonObject {
  return canonical(given, 'lenient');
}

function canonical(given: JsonValue, strictness: Strictness): JsonObject {
  const problems = new ProblemList();
  if (!isJsonObject(given)) {
    problems.add('configuration', 'expected a JSON object');
    problems.throwIfAny();
    return {};
  }
  const config = canonicalObject(given, USER_CONFIG_FIELDS, strictness, problems);
  if (strictness === 'strict') {
    checkRanges(config, problems);
    checkSources(config, problems);
  }
  problems.throwIfAny();
  return config;
}

/**
 * Reads a canonical configuration (`acceptUserConfig`, `installedUserConfig`).
 * @param capabilities of the instance; services and stream types that it has no use for are told apart by them
 */
export function readUserConfig(
  config: JsonObject,
  capabilities: Capabilities = EVERYWHERE,
): UserConfig {
  const providers = enabledProviders(config);
  const services = providers.map(({ sv }) => textOf(sv)).filter((service) => service !== '');
  const plays = (service: string) => capabilities.has(service);
  const playing = services.filter(plays);
  const torrentsNeedService =
    playing.some(playsTorrentsFor) || (playing.some(isUsenetAlone) && !playing.includes('p2p'));
  return {
    providerLabels: unique(playing.map(labelOf)),
    unavailableServices: unique(services.filter((service) => !plays(service)).map(nameOf)),
    nameSuffix: textOf(config['nm']),
    enableCatalogs: flagOf(config['ec'], true),
    catalogs: objectsOf(config['cc']).map(catalogChoice),
    metaForAllIds: flagOf(config['eim'], false),
    continueWatching: flagOf(config['cw'], false),
    liveSearch: typeof config['lss'] === 'boolean' ? config['lss'] : null,
    hiddenNudity: hiddenLevels(config['nf'], 'Severe'),
    hiddenCertificates: hiddenLevels(config['cf'], 'Adults+'),
    ranking: rankingOf(config, capabilities, {
      torrents: torrentsNeedService,
      usenet: providers.some((entry) => playsUsenetWith(entry, plays)),
    }),
    torrentsNeedService,
    isMixedByService: config['pg'] === 'mixed',
    template: templateOf(config['st']),
  };
}

function labelOf(service: string): string {
  const known = serviceOf(service);
  return known === undefined || known.label === '' ? nameOf(service) : known.label;
}

function nameOf(service: string): string {
  return serviceOf(service)?.name ?? service;
}

function unique(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}

function catalogChoice(entry: JsonObject): CatalogChoice {
  const { ci, en, s, o } = entry;
  return {
    id: textOf(ci),
    enabled: flagOf(en, true),
    sort: isCatalogSort(s) ? s : null,
    descending: typeof o === 'string' ? o === 'desc' : null,
  };
}

function isCatalogSort(value: JsonValue | undefined): value is CatalogSort {
  return typeof value === 'string';
}

/** `Disable` anywhere in the list switches the filter off. */
function hiddenLevels(value: JsonValue | undefined, fallback: string): readonly string[] {
  if (value === undefined) return [fallback];
  const levels = textsOf(value);
  return levels.includes('Disable') ? [] : levels;
}

function templateOf(value: JsonValue | undefined): UserConfig['template'] {
  if (!isJsonObject(value)) return null;
  const title = textOf(value['t']);
  const description = textOf(value['d']);
  return title === '' && description === '' ? null : { title, description };
}

/** Whether it fetches torrents itself, so that the player does not. */
function playsTorrentsFor(service: string): boolean {
  const known = serviceOf(service);
  return known !== undefined && known.supportsTorrents && known.kind !== 'p2p';
}

function isUsenetAlone(service: string): boolean {
  return serviceOf(service)?.kind === 'usenet';
}

function playsUsenetWith(entry: JsonObject, plays: (service: string) => boolean): boolean {
  const known = serviceOf(textOf(entry['sv']));
  return known !== undefined && plays(known.service) && playsUsenet(known, entry);
}

/** Which kinds are shown with services, or not at all. */
interface Served {
  readonly torrents: boolean;
  readonly usenet: boolean;
}

function rankingOf(
  config: JsonObject,
  capabilities: Capabilities,
  served: Served,
): RankingSettings {
  const grouping = config['stg'] === 'mixed' ? 'mixed' : 'separate';
  const streamsMax = numberOf(config['mxs'], 25);
  const streamsPerKindMax = numberOf(config['mspt'], 0);
  return {
    ...kindsOf(config, grouping, capabilities, served),
    grouping,
    resolutions: membersOf(config['sr'], RESOLUTION_NAMES),
    qualityGroups: chosen(config['qf'], QUALITY_GROUPS).map(({ members }) => members),
    codecs: membersOf(config['vcf'], CODEC_NAMES),
    hdrFormats: membersOf(config['hf'], HDR_NAMES),
    audioFormats: membersOf(config['acf'], AUDIO_NAMES),
    channels: membersOf(config['chf'], CHANNEL_NAMES),
    languages: membersOf(config['ls'], LANGUAGE_NAMES),
    ...sizesOf(config),
    sort: sortOf(config, grouping, served.torrents || served.usenet),
    streamsPerResolutionMax: numberOf(config['mspr'], 10),
    // In separate groups the total counts for each type: links are not crowded out by torrents.
    streamsPerKindMax:
      grouping === 'separate' && streamsPerKindMax === 0 ? streamsMax : streamsPerKindMax,
    streamsMax: grouping === 'separate' ? STREAMS_MAX : streamsMax,
    nameFilter: nameFilterOf(config),
  };
}

/** Usenet needs a service, and so do torrents without direct playback. */
function kindsOf(
  config: JsonObject,
  grouping: 'separate' | 'mixed',
  capabilities: Capabilities,
  served: Served,
): Pick<RankingSettings, 'kinds' | 'unavailableKinds'> {
  const order = membersOf(config['sto'], STREAM_TYPE_NAMES);
  // Only separate groups are chosen by the order of types; one list holds all types.
  const chosen = grouping === 'separate' ? order : membersOf(undefined, STREAM_TYPE_NAMES);
  const kinds = withUsenet(chosen, config);
  const isDirect = flagOf(config['ept'], true);
  const playsTorrents = served.torrents || isDirect;
  const unavailable = unavailableKinds(capabilities);
  const isPlayable = (kind: StreamKind) =>
    !unavailable.has(kind) &&
    (kind !== 'torrent' || playsTorrents) &&
    (kind !== 'usenet' || served.usenet);
  return {
    kinds: kinds.filter(isPlayable),
    unavailableKinds: kinds.filter((kind) => !isPlayable(kind)),
  };
}

/** Usenet may be switched off, or come before torrents. */
function withUsenet(kinds: readonly StreamKind[], config: JsonObject): readonly StreamKind[] {
  const isWanted = flagOf(config['eus'], true);
  const isPreferred = flagOf(config['puot'], false);
  const others = kinds.filter((kind) => kind !== 'usenet');
  if (!isWanted || others.length === kinds.length) return others;
  const torrentsAt = others.indexOf('torrent');
  if (!isPreferred || torrentsAt === -1) return kinds;
  return [...others.slice(0, torrentsAt), 'usenet', ...others.slice(torrentsAt)];
}

/** Kinds that need something that this instance does not have. */
function unavailableKinds(capabilities: Capabilities): ReadonlySet<StreamKind> {
  return new Set(
    STREAM_TYPE_NAMES.filter(
      ({ capability }) => capability !== null && !capabilities.has(capability),
    ).flatMap(({ members }) => members),
  );
}

type Sizes = Pick<
  RankingSettings,
  'sizeBytesMin' | 'sizeBytesMax' | 'episodeSizeBytesMin' | 'episodeSizeBytesMax'
>;

function sizesOf(config: JsonObject): Sizes {
  const sizeBytesMin = sizeOf(config['mns'], 0);
  const sizeBytesMax = sizeOf(config['ms'], Number.MAX_SAFE_INTEGER);
  return {
    sizeBytesMin,
    sizeBytesMax,
    episodeSizeBytesMin: sizeOf(config['mnes'], sizeBytesMin),
    episodeSizeBytesMax: sizeOf(config['mes'], sizeBytesMax),
  };
}

const SORT_KEYS: Readonly<Record<string, SortKey>> = {
  cached: 'cached',
  resolution: 'resolution',
  quality: 'quality',
  language: 'language',
  size: 'size',
  seeders: 'seeders',
  created_at: 'addedAt',
  codec: 'codec',
  hdr: 'hdr',
  audio: 'audio',
  type: 'kind',
};
const DEFAULT_SORT: readonly SortRule[] = (
  ['resolution', 'quality', 'language', 'size', 'seeders', 'addedAt'] as const
).map((key) => ({ key, descending: true }));

const DEFAULT_SORT_WITH_SERVICES: readonly SortRule[] = [
  { key: 'cached', descending: true },
  ...DEFAULT_SORT,
];

/** Where all types are one list, Usenet that is preferred comes first among equals. */
function sortOf(
  config: JsonObject,
  grouping: 'separate' | 'mixed',
  hasServices: boolean,
): readonly SortRule[] {
  const rules = sortRules(config['tsp'], hasServices);
  const byKind = grouping === 'mixed' && flagOf(config['puot'], false);
  return byKind && rules.every(({ key }) => key !== 'kind')
    ? [...rules, { key: 'kind', descending: true }]
    : rules;
}

/** The first rule of a key counts. What no column says (`watched_count`) orders nothing, nor does `cached` without services. */
function sortRules(value: JsonValue | undefined, hasServices: boolean): readonly SortRule[] {
  if (value === undefined) return hasServices ? DEFAULT_SORT_WITH_SERVICES : DEFAULT_SORT;
  const rules = new Map<SortKey, SortRule>();
  for (const { k, d } of objectsOf(value)) {
    const key = SORT_KEYS[textOf(k)];
    if (key === undefined || (key === 'cached' && !hasServices)) continue;
    if (!rules.has(key)) rules.set(key, { key, descending: d !== 'asc' });
  }
  return [...rules.values()];
}

function nameFilterOf(config: JsonObject): RankingSettings['nameFilter'] {
  const mode = config['snfm'];
  const patterns = textsOf(config['snfp']);
  if ((mode !== 'include' && mode !== 'exclude') || patterns.length === 0) return null;
  return { mode, patterns, regex: flagOf(config['snfr'], false) };
}

/** The chosen entries in the chosen order; all of them when the list is absent or empty. */
function chosen<T>(
  value: JsonValue | undefined,
  names: readonly NameMap<T>[],
): readonly NameMap<T>[] {
  if (!Array.isArray(value) || value.length === 0) return names;
  const result = new Set<NameMap<T>>();
  for (const item of value as readonly JsonValue[]) {
    const name = names.find((candidate) => candidate.value === item);
    if (name !== undefined) result.add(name);
  }
  return [...result];
}

function membersOf<T>(value: JsonValue | undefined, names: readonly NameMap<T>[]): T[] {
  return chosen(value, names).flatMap(({ members }) => members);
}

function objectsOf(value: JsonValue | undefined): readonly JsonObject[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item) => isJsonObject(item))
    : [];
}

function textsOf(value: JsonValue | undefined): readonly string[] {
  return Array.isArray(value)
    ? (value as readonly JsonValue[]).filter((item) => typeof item === 'string')
    : [];
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}

function flagOf(value: JsonValue | undefined, fallback: boolean): boolean {
  return typeof value === 'boolean' ? value : fallback;
}

function numberOf(value: JsonValue | undefined, fallback: number): number {
  return typeof value === 'number' ? value : fallback;
}

function sizeOf(value: JsonValue | undefined, fallback: number): number {
  return value === 'inf' ? Number.MAX_SAFE_INTEGER : numberOf(value, fallback);
}

/** Of a user who chose nothing, and of requests without a configuration. */
export const DEFAULT_RANKING: RankingSettings = rankingOf({}, EVERYWHERE, {
  torrents: false,
  usenet: false,
});
