/** Filter, sort and cap of one title's streams in the pipeline contender: plain objects, sort keys computed once a stream. */
import type { CachedStream } from './documents.ts';
import { playedBytes, type PipelineSettings } from './pipeline-settings.ts';

interface Keyed {
  readonly stream: CachedStream;
  readonly keys: readonly number[];
}

/** The streams to show, best first. */
export function rankStreams(
  streams: readonly CachedStream[],
  settings: PipelineSettings,
): readonly CachedStream[] {
  const passed: Keyed[] = [];
  for (const stream of streams) {
    if (isAllowed(stream, settings))
      passed.push({ stream, keys: settings.keys.map((keyOf) => keyOf(stream)) });
  }
  passed.sort(compareKeys);
  return capped(passed, settings);
}

function isAllowed(stream: CachedStream, settings: PipelineSettings): boolean {
  if (
    stream.isPrivate ||
    !settings.resolutions.has(stream.resolution) ||
    !settings.qualities.has(stream.quality)
  )
    return false;
  if (
    !settings.codecs.has(stream.codec) ||
    !anyOf(settings.hdr, stream.hdr) ||
    !anyOf(settings.audio, stream.audio)
  )
    return false;
  if (!anyOf(settings.channels, stream.channels) || !anyOf(settings.languages, stream.languages))
    return false;
  const sizeBytes = playedBytes(stream);
  return (
    sizeBytes <= settings.sizeBytesMax && (sizeBytes >= settings.sizeBytesMin || sizeBytes === 0)
  );
}

function anyOf(places: ReadonlyMap<string, number>, names: readonly string[]): boolean {
  if (names.length === 0) return places.has('unknown');
  for (const name of names) if (places.has(name)) return true;
  return false;
}

/** The last tie-breaker is the stream's id. */
function compareKeys(a: Keyed, b: Keyed): number {
  for (let at = 0; at < a.keys.length; at++) {
    const difference = (a.keys[at] ?? 0) - (b.keys[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return a.stream.id - b.stream.id;
}

function capped(
  sorted: readonly Keyed[],
  { streamsMax, streamsPerResolutionMax }: PipelineSettings,
): readonly CachedStream[] {
  const shown: CachedStream[] = [];
  const perResolution = new Map<string, number>();
  for (const { stream } of sorted) {
    if (shown.length >= streamsMax) break;
    const same = perResolution.get(stream.resolution) ?? 0;
    if (same >= streamsPerResolutionMax) continue;
    perResolution.set(stream.resolution, same + 1);
    shown.push(stream);
  }
  return shown;
}
