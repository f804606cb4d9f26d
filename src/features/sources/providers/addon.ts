/** Any add-on of the Stremio protocol that lists streams. Its address may hold its owner's settings and credentials. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { isJsonObject } from '../../../lib/json/json-value.ts';
import type { AddonSettings } from '../../../lib/source-settings/source-settings.ts';
import type { Upstream, Upstreams } from '../../../platform/upstream/upstream.ts';
import type { SearchSubject } from '../contract.ts';
import type { Source, SourceCall, SourceReport } from '../source.ts';
import { AddonAddress, idFor, streamOffer, titleIds, type StreamOffer } from './addon-manifest.ts';
import { releasesOfRows } from './addon-rows.ts';
import { badAnswer, JSON_BYTES_MAX, jsonRows, parseJsonAnswer } from './json-answer.ts';
import { openUpstream, type Politeness } from './open-upstream.ts';
import { Remembered } from './remembered.ts';
import { reportOf } from './source-test.ts';

const SEARCH_TIMEOUT_MS = 25_000;
const MANIFEST_TIMEOUT_MS = 8000;
const MANIFEST_LIFETIME_MS = 6 * 3600_000;
const MANIFEST_BYTES_MAX = 512 * 1024;

const POLITENESS: Politeness = { callsPerMinute: 30, burst: 20, concurrencyMax: 4 };
/** Public instances whose limits are known. Torrentio's takes 300 requests in an hour from one address, whoever they are for. */
const PUBLIC_HOSTS: ReadonlyMap<string, Politeness> = new Map([
  ['torrentio.strem.fun', { callsPerMinute: 5, burst: 30, concurrencyMax: 4 }],
]);

/** What is known of these without asking: the first search is one call shorter. */
const KNOWN_OFFERS: Partial<Record<AddonSettings['kind'], StreamOffer>> = {
  torrentio: { name: 'Torrentio', types: ['movie', 'series'], idPrefixes: ['tt'] },
  mediafusion: { name: 'MediaFusion', types: ['movie', 'series'], idPrefixes: ['tt', 'tmdb:'] },
};

export function addonSource(settings: AddonSettings, upstreams: Upstreams): Source {
  return new AddonSource(settings, upstreams);
}

class AddonSource implements Source {
  readonly id: string;
  readonly #name: string;
  readonly #address: AddonAddress;
  readonly #upstream: Upstream;
  /** Null: the add-on has no streams. */
  readonly #offer: Remembered<StreamOffer | null>;
  readonly #knownOffer: StreamOffer | undefined;

  constructor(settings: AddonSettings, upstreams: Upstreams) {
    this.id = settings.id;
    this.#name = settings.name;
    this.#address = new AddonAddress(settings.url);
    const { base } = this.#address;
    const politeness = PUBLIC_HOSTS.get(new URL(base).hostname) ?? POLITENESS;
    this.#upstream = openUpstream({ ...settings, url: base }, politeness, upstreams);
    this.#knownOffer = KNOWN_OFFERS[settings.kind];
    this.#offer = new Remembered({
      lifetimeMs: MANIFEST_LIFETIME_MS,
      timeoutMs: MANIFEST_TIMEOUT_MS,
      load: (signal) => this.#loadOffer(signal),
    });
  }

  /** Its own, as soon as its manifest is known. */
  get name(): string {
    return this.#offer.latest?.name || this.#name;
  }

  /** Before the manifest is known: whether there is an id at all. */
  canSearch(subject: SearchSubject): boolean {
    const offer = this.#knownOffer ?? this.#offer.latest;
    if (offer === undefined) return titleIds(subject).length > 0;
    return offer !== null && idFor(subject, offer) !== null;
  }

  async search(subject: SearchSubject, { signal, found }: SourceCall): Promise<void> {
    const offer = this.#knownOffer ?? (await this.#offer.value(signal));
    const id = offer === null ? null : idFor(subject, offer);
    if (id === null) return;
    const answer = await this.#upstream.request({
      url: this.#address.streams(subject.type, id),
      headers: { accept: 'application/json' },
      signal,
      timeoutMs: SEARCH_TIMEOUT_MS,
      bodyBytesMax: JSON_BYTES_MAX,
      retriesMax: 1,
    });
    // Some add-ons answer 404 for what they have nothing of; where no manifest was read the address may be wrong.
    if (answer.status === 404 && this.#knownOffer === undefined) return;
    const body = parseJsonAnswer(answer);
    const rows = jsonRows(isJsonObject(body) ? body['streams'] : undefined, 'a list of streams');
    const releases = releasesOfRows(rows, { name: this.name, base: this.#address.base });
    if (releases.length > 0) found(releases);
  }

  test(signal: CancelSignal): Promise<SourceReport> {
    return reportOf(signal, async () => {
      const offer = await this.#loadOffer(signal);
      if (offer === null) throw badAnswer('this add-on has no streams: it can be no source');
      const types = offer.types.filter((type) => type === 'movie' || type === 'series');
      if (types.length === 0) throw badAnswer('this add-on has no streams of movies or series');
      const ids =
        offer.idPrefixes === null ? 'any id' : `ids ${offer.idPrefixes.slice(0, 6).join(' ')}`;
      return `${offer.name || 'The add-on'} answers: streams of ${types.join(' and ')}, ${ids}`;
    });
  }

  async #loadOffer(signal: CancelSignal): Promise<StreamOffer | null> {
    const answer = await this.#upstream.request({
      url: this.#address.manifest,
      headers: { accept: 'application/json' },
      signal,
      timeoutMs: MANIFEST_TIMEOUT_MS,
      bodyBytesMax: MANIFEST_BYTES_MAX,
      retriesMax: 1,
    });
    return streamOffer(parseJsonAnswer(answer));
  }
}
