/** What stands at the edges of file names: their type, the version of a fansub, that of a sample, the bit rate. */
import type { Text } from './text.ts';

const EXTENSIONS: ReadonlySet<string> = new Set([
  'mkv',
  'mp4',
  'avi',
  'ts',
  'm2ts',
  'wmv',
  'webm',
  'mov',
  'm4v',
  'flv',
  'mpg',
  'mpeg',
  'vob',
  'iso',
  'srt',
  'ass',
  'ssa',
  'sub',
  'idx',
  'vtt',
  'torrent',
  'nzb',
]);

/** Of a file name. */
export function extensionOf({ lower }: Text): string | undefined {
  const extension = lower.slice(lower.lastIndexOf('.') + 1);
  return extension.length < lower.length && EXTENSIONS.has(extension) ? extension : undefined;
}

/** `V2` of anime releases. */
export function versionOf({ lower }: Text): number | undefined {
  const version = lower.includes('v')
    ? /(?:\d|[[ _.])v(\d)(?=[\]) _.]|$)/.exec(lower)?.[1]
    : undefined;
  return version === undefined ? undefined : Number(version);
}

export function isSample({ lower }: Text): boolean {
  return (
    lower.includes('sample') &&
    /(?:\d{3,4}p|[xh]\.?26[45]|webrip|bluray).*[ .-]sample(?:[ .-]|$)/.test(lower)
  );
}

export function bitrateOf({ lower }: Text): string | undefined {
  if (!lower.includes('bps')) return undefined;
  const [, number, unit = ''] = /\b(\d{2,5}) ?(kbps|mbps)\b/.exec(lower) ?? [];
  return number === undefined ? undefined : `${number}${unit}`;
}

/** Lower case. One site signs without a domain. */
export function siteOf({ lower }: Text, found: string | undefined): string | undefined {
  return found?.toLowerCase() ?? (lower.includes('[rarbg]') ? 'rarbg' : undefined);
}
