/** What a user's configuration says about services that play: which, with what credentials, and how they are used. */
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { mediaflowProxyOf, type MediaflowProxy } from '../mediaflow/mediaflow-proxy.ts';
import { enabledProviders } from './enabled-providers.ts';
import { serviceOf, type Service } from './services.ts';

/** Of an entry: how it is listed, which changes nothing about how it plays. */
const LISTING_KEYS: ReadonlySet<string> = new Set(['n', 'en', 'pr', 'oscs', 'ewc', 'umf']);

/** Addresses of `stremio_nntp`. */
export const NEWS_SERVER = /^nntps?:\/\/[^\s/?#]+(?:\/|$)/i;
const HAS_CONNECTIONS = /^[a-z]+:\/\/[^/]+\/\d+$/i;
/** At a time, where the user says nothing. */
const CONNECTIONS = 4;

/** Of an entry that plays Usenet: what it needs of `ic`. */
const INDEXERS = 'ic';

/** An indexer of a user's own, as far as getting its NZBs goes. */
export interface IndexerKey {
  /** As entered: the address of the API, or above it. */
  readonly url: string;
  readonly apiKey: string;
}

/**
 * One entry of `sps`. Its credentials are private, so that neither a log nor JSON shows them: for whoever opens the service,
 * and nobody else.
 */
export class ServiceEntry {
  readonly service: Service;
  /** As the user calls it. */
  readonly name: string;
  /**
   * Of the account and the proxy it is used through: equal for equal services with equal credentials, whatever else is set;
   * nothing is learnt from it.
   */
  readonly accountKey: string;
  /** What is not cached is not shown. */
  readonly onlyCached: boolean;
  /** What its calls and links go through; null: directly. */
  readonly mediaflow: MediaflowProxy | null;
  readonly playsTorrents: boolean;
  readonly playsUsenet: boolean;
  /** While an episode is watched, the next one is made ready where that takes nothing of the account. */
  readonly preparesNext: boolean;
  /** The same by a download, which takes one of the account's places. */
  readonly preparesByDownload: boolean;
  /** What the account holds is offered as catalogues. */
  readonly hasCatalogs: boolean;
  readonly #entry: JsonObject;

  /**
   * @param entry with `mfc` where it plays through the user's MediaFlow proxy
   * @param digest keyed: equal for equal texts, and nothing is learnt from it
   */
  constructor(service: Service, entry: JsonObject, digest: (text: string) => string) {
    this.service = service;
    this.name = textOf(entry['n']) || service.name;
    this.onlyCached = entry['oscs'] === true;
    this.mediaflow = mediaflowProxyOf(entry['mfc']);
    this.playsTorrents = service.supportsTorrents && service.kind !== 'p2p';
    this.playsUsenet = playsUsenet(service, entry);
    this.preparesNext = entry['pne'] === true;
    this.preparesByDownload = this.preparesNext && entry['pnd'] === true;
    this.hasCatalogs = entry['ewc'] !== false;
    this.#entry = entry;
    const values = service.credentials.map(({ key }) => this.text(key));
    if (this.mediaflow !== null) values.push(this.text('mfc.pu'), this.text('mfc.ap'));
    this.accountKey = digest(JSON.stringify([service.service, ...values]));
  }

  /** A text of the entry, empty when there is none. @param path short keys: `tk`, `qbc.qur` */
  text(path: string): string {
    const value = this.value(path);
    return typeof value === 'number' ? String(value) : textOf(value).trim();
  }

  /** Whatever stands there. @param path short keys: `qbc.wep` */
  value(path: string): JsonValue | undefined {
    let value: JsonValue | undefined = this.#entry;
    for (const key of path.split('.')) value = isJsonObject(value) ? value[key] : undefined;
    return value;
  }

  /** What playing needs of the entry, credentials included: equal however it is listed. */
  playing(): JsonObject {
    return sortedKeys(
      Object.fromEntries(Object.entries(this.#entry).filter(([key]) => !LISTING_KEYS.has(key))),
    );
  }

  /** The user's own indexers, whose keys get the NZBs that it plays. */
  indexers(): readonly IndexerKey[] {
    const indexers = this.#entry[INDEXERS];
    if (!Array.isArray(indexers)) return [];
    return (indexers as readonly JsonValue[])
      .filter(isJsonObject)
      .map(({ u, ak }) => ({ url: textOf(u), apiKey: textOf(ak) }))
      .filter(({ url }) => URL.canParse(url));
  }

  /**
   * Where players that fetch Usenet posts by themselves do so: `nntps://user:password@host:563/4`. Empty for all other services,
   * and where none is entered.
   */
  newsServer(): string {
    const url = this.service.service === 'stremio_nntp' ? this.text('u') : '';
    if (!NEWS_SERVER.test(url)) return '';
    return HAS_CONNECTIONS.test(url) ? url : `${url.replace(/\/*$/, '')}/${CONNECTIONS}`;
  }

  /** What no answer, log line or link may hold. */
  secrets(): readonly string[] {
    return this.service.credentials
      .filter(({ type }) => type === 'secret')
      .map(({ key }) => this.text(key))
      .concat(this.indexers().map(({ apiKey }) => apiKey))
      .filter((secret) => secret !== '');
  }

  /** Labels of required credentials that are not there. */
  missing(): readonly string[] {
    return this.service.credentials
      .filter(({ key, required }) => required && this.text(key) === '')
      .map(({ label }) => label);
  }
}

/**
 * Those that are switched on, in the order in which they are used; services that this version does not know are left out.
 * @param config in canonical form
 * @param digest keyed: equal for equal texts, and nothing is learnt from it
 * @param indexers of the user's own
 */
export function ownServices(
  config: JsonObject,
  digest: (text: string) => string,
  indexers: readonly IndexerKey[] = [],
): readonly ServiceEntry[] {
  const keys = indexers.map(({ url, apiKey }) => ({ u: url, ak: apiKey }));
  return enabledProviders(config).flatMap((entry) => {
    const service = serviceOf(textOf(entry['sv']));
    if (service === undefined) return [];
    const hasKeys = keys.length > 0 && playsUsenet(service, entry);
    const own = hasKeys ? { ...entry, [INDEXERS]: keys } : entry;
    return [new ServiceEntry(service, withMediaflow(own, config['mfc']), digest)];
  });
}

/** Services that play torrents as well have to be told to. */
export function playsUsenet({ kind, supportsUsenet }: Service, entry: JsonObject): boolean {
  return supportsUsenet && (kind === 'usenet' || entry['eun'] === true);
}

/** From what `playing` gave; null when it names no service that this version knows. */
export function serviceEntryOf(
  playing: JsonObject,
  digest: (text: string) => string,
): ServiceEntry | null {
  const service = serviceOf(textOf(playing['sv']));
  return service === undefined ? null : new ServiceEntry(service, playing, digest);
}

/** The user's proxy stands beside the credentials of each service that plays through it. */
function withMediaflow(entry: JsonObject, settings: JsonValue | undefined): JsonObject {
  const { mfc: _, ...direct } = entry;
  if (entry['umf'] === false || !isJsonObject(settings)) return direct;
  const { pu, ap } = settings;
  if (mediaflowProxyOf(settings) === null || pu === undefined) return direct;
  return { ...direct, mfc: { pu, ...(ap !== undefined && { ap }) } };
}

/** Equal objects have equal JSON then. */
function sortedKeys(object: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(object)
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => [key, isJsonObject(value) ? sortedKeys(value) : value]),
  );
}

function textOf(value: JsonValue | undefined): string {
  return typeof value === 'string' ? value : '';
}
