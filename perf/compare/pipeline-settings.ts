/**
 * A user's settings as the pipeline contender keeps them: read once per configuration, so that a request only
 * looks names up. Filters, order and caps of the `distinct` configurations of install-tokens.ts; not the
 * name filter, the templates and the kinds other than torrents.
 */
import { Buffer } from 'node:buffer';
import type { SortKey } from '../../src/lib/ranking/settings.ts';
import type { JsonObject, JsonValue } from '../../src/lib/json/json-value.ts';
import { acceptUserConfig, readUserConfig } from '../../src/lib/user-config/user-config.ts';
import type { CachedStream } from './documents.ts';

/** Place in a preference list by name, 0 is the best; names that are absent are not shown. */
type Places = ReadonlyMap<string, number>;

/** A number by which streams are sorted; lower comes first. */
type KeyOf = (stream: CachedStream) => number;

export interface PipelineSettings {
  readonly resolutions: Places;
  readonly qualities: Places;
  readonly codecs: Places;
  readonly hdr: Places;
  readonly audio: Places;
  readonly channels: Places;
  readonly languages: Places;
  readonly sizeBytesMin: number;
  readonly sizeBytesMax: number;
  /** Most important first. */
  readonly keys: readonly KeyOf[];
  readonly streamsPerResolutionMax: number;
  readonly streamsMax: number;
}

/** A configuration as it stands in an address of this contender. */
export function pipelineToken(config: JsonObject): string {
  return Buffer.from(JSON.stringify(config)).toString('base64url');
}

/** @throws Error for a token that is none */
export function settingsOfToken(token: string): PipelineSettings {
  return pipelineSettings(JSON.parse(Buffer.from(token, 'base64url').toString()) as JsonValue);
}

/** `{}` gives the defaults. */
export function pipelineSettings(config: JsonValue): PipelineSettings {
  const { ranking } = readUserConfig(acceptUserConfig(config));
  if (ranking.nameFilter !== null) throw new Error('this contender has no name filter');
  const lists = {
    resolutions: placesOf(ranking.resolutions),
    qualities: groupPlacesOf(ranking.qualityGroups),
    codecs: placesOf(ranking.codecs),
    hdr: placesOf(ranking.hdrFormats),
    audio: placesOf(ranking.audioFormats),
    channels: placesOf(ranking.channels),
    languages: placesOf(ranking.languages),
  };
  return {
    ...lists,
    sizeBytesMin: ranking.sizeBytesMin,
    sizeBytesMax: ranking.sizeBytesMax,
    // All streams are torrents: nothing is sorted by kind.
    keys: ranking.sort
      .filter(({ key }) => key !== 'kind')
      .map(({ key, descending }) => keyOf(key, descending, lists)),
    streamsPerResolutionMax: ranking.streamsPerResolutionMax || Infinity,
    streamsMax: ranking.kinds.includes('torrent')
      ? Math.min(ranking.streamsMax, ranking.streamsPerKindMax || Infinity)
      : 0,
  };
}

/** Size of the file that plays; of the whole when it is not known. 0: not known. */
export function playedBytes(stream: CachedStream): number {
  return stream.fileSizeBytes || stream.totalSizeBytes;
}

function placesOf(names: readonly string[]): Places {
  return groupPlacesOf(names.map((name) => [name]));
}

function groupPlacesOf(groups: readonly (readonly string[])[]): Places {
  return new Map(groups.flatMap((group, place) => group.map((name) => [name, place] as const)));
}

type Lists = Pick<
  PipelineSettings,
  'resolutions' | 'qualities' | 'codecs' | 'hdr' | 'audio' | 'languages'
>;

const UNKNOWN_LAST = Number.MAX_VALUE;

function keyOf(key: SortKey, descending: boolean, lists: Lists): KeyOf {
  // Places are best first as they are, amounts are most first when negated; what is not known is last in ascending order, too.
  const place = (at: number, isKnown: boolean) => (descending ? at : isKnown ? -at : UNKNOWN_LAST);
  const amount = (count: number, isKnown: boolean) =>
    descending ? -count : isKnown ? count : UNKNOWN_LAST;
  const { resolutions, qualities, codecs, hdr, audio, languages } = lists;
  switch (key) {
    case 'kind':
    case 'cached':
      return () => 0;
    case 'resolution':
      return (stream) =>
        place(resolutions.get(stream.resolution) ?? 0, stream.resolution !== 'unknown');
    case 'quality':
      return (stream) => place(qualities.get(stream.quality) ?? 0, stream.quality !== 'unknown');
    case 'codec':
      return (stream) => place(codecs.get(stream.codec) ?? 0, stream.codec !== 'unknown');
    case 'hdr':
      return (stream) => place(bestPlace(hdr, stream.hdr), isNamed(stream.hdr));
    case 'audio':
      return (stream) => place(bestPlace(audio, stream.audio), isNamed(stream.audio));
    case 'language':
      return (stream) => place(bestPlace(languages, stream.languages), isNamed(stream.languages));
    case 'seeders':
      return (stream) => amount(stream.seeders, stream.seeders >= 0);
    case 'size':
      return (stream) => amount(playedBytes(stream), playedBytes(stream) > 0);
    case 'addedAt':
      return (stream) => amount(stream.addedAtS, stream.addedAtS > 0);
  }
}

function isNamed(names: readonly string[]): boolean {
  return names.some((name) => name !== 'unknown');
}

function bestPlace(places: Places, names: readonly string[]): number {
  if (names.length === 0) return places.get('unknown') ?? 0;
  let best = Infinity;
  for (const name of names) best = Math.min(best, places.get(name) ?? Infinity);
  return best;
}
