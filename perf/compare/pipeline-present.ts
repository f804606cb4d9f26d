/** Stream objects of the pipeline contender: what Sluice's default presenter writes, as objects for JSON.stringify. */
import type { CachedStream, CachedTitle } from './documents.ts';

export interface PresentedStream {
  readonly name: string;
  readonly description: string;
  readonly infoHash: string;
  readonly fileIdx?: number;
  readonly sources: readonly string[];
  readonly behaviorHints: {
    readonly bingeGroup: string;
    readonly videoSize?: number;
    readonly filename?: string;
  };
}

const ADDON_NAME = 'Sluice';
const ADDON_SLUG = 'sluice';
/** Stremio's core keeps 16 bits. */
const FILE_INDEX_MAX = 0xffff;
const UNITS = ['B', 'KB', 'MB', 'GB', 'TB', 'PB'];

export function presentStreams(
  streams: readonly CachedStream[],
  trackerLists: CachedTitle['trackerLists'],
): readonly PresentedStream[] {
  const sources = trackerLists.map((list) => list.map((url) => `tracker:${url}`));
  return streams.map((stream) => presentStream(stream, sources[stream.trackers] ?? []));
}

function presentStream(stream: CachedStream, trackers: readonly string[]): PresentedStream {
  const { infohash, fileIndex, fileSizeBytes } = stream;
  const filename = stream.filename || stream.name;
  return {
    name:
      stream.resolution === 'unknown'
        ? `${ADDON_NAME} 🧲`
        : `${ADDON_NAME} 🧲 ${stream.resolution}`,
    description: descriptionOf(stream),
    infoHash: infohash,
    ...(fileIndex >= 0 && fileIndex <= FILE_INDEX_MAX ? { fileIdx: fileIndex } : {}),
    sources: [...trackers, `dht:${infohash}`],
    behaviorHints: {
      bingeGroup: bingeGroupOf(stream),
      ...(fileSizeBytes > 0 ? { videoSize: fileSizeBytes } : {}),
      ...(filename === '' ? {} : { filename }),
    },
  };
}

function bingeGroupOf({ resolution, quality, codec, hdr, releaseGroup }: CachedStream): string {
  let group = `${ADDON_SLUG}|torrent|${resolution}`;
  if (quality !== 'unknown') group += `|${quality}`;
  if (codec !== 'unknown') group += `|${codec}`;
  if (hdr.length > 0) group += `|${hdr.join('|')}`;
  return releaseGroup === '' ? group : `${group}|${releaseGroup}`;
}

function descriptionOf(stream: CachedStream): string {
  const lines = [releaseLine(stream), sizeLine(stream), languageLine(stream), sourceLine(stream)];
  return lines.filter((line) => line !== '').join('\n');
}

function releaseLine({ name, hdr, quality, codec, audio, channels }: CachedStream): string {
  const parts: string[] = [];
  if (hdr.length > 0) parts.push(`🎨 ${hdr.join('|')}`);
  if (quality !== 'unknown') parts.push(`📺 ${quality}`);
  if (codec !== 'unknown') parts.push(`🎞️ ${codec}`);
  if (audio.length > 0) parts.push(`🎵 ${audio.join('|')}`);
  if (channels.length > 0) parts.push(`🔊 ${channels.join(' ')}`);
  // A title stands in when nothing is known.
  return parts.length === 0 && name !== '' ? `📄 ${name}` : parts.join(' ');
}

function sizeLine({ fileSizeBytes, totalSizeBytes, seeders }: CachedStream): string {
  const parts: string[] = [];
  if (fileSizeBytes > 0) parts.push(`📦 ${sizeText(fileSizeBytes)}`);
  else if (totalSizeBytes > 0) parts.push(`📦 ${sizeText(totalSizeBytes)}`);
  if (fileSizeBytes > 0 && totalSizeBytes > fileSizeBytes)
    parts.push(`/ ${sizeText(totalSizeBytes)}`);
  if (seeders > 0) parts.push(`👤 ${seeders}`);
  return parts.join(' ');
}

function languageLine({ languages }: CachedStream): string {
  return languages.length === 0 ? '' : `🌐 ${languages.join(' + ')}`;
}

function sourceLine({ source, uploader }: CachedStream): string {
  const parts: string[] = [];
  if (source !== '') parts.push(`🔗 ${source}`);
  if (uploader !== '') parts.push(`🧑‍💻 ${uploader}`);
  return parts.join(' | ');
}

/** `4.19 GB`. */
function sizeText(sizeBytes: number): string {
  let amount = sizeBytes;
  let unit = 0;
  for (; amount >= 1023.995 && unit < UNITS.length - 1; unit++) amount /= 1024;
  return `${unit === 0 ? sizeBytes : (Math.round(amount * 100) / 100).toFixed(2)} ${UNITS[unit] ?? ''}`;
}
