/** Resolution, codec and HDR where the library leaves them out or gets them wrong. */
import type { Text } from './text.ts';

const HEIGHT_HINTS: readonly string[] = ['2160', '1080', '720', '576', '480'];

export function resolutionOf(
  { title, lower }: Text,
  found: string | undefined,
): string | undefined {
  if (found === '1080p' && lower.includes('1080i')) return '1080i';
  if (
    found === '2160p' &&
    lower.includes('1080p') &&
    /\b4k[ ._](?:re(?:master|stor)|scan)/.test(lower)
  )
    return '1080p';
  if (found !== undefined) return found;
  if (title.includes('2K') && /\b2K\b/.test(title)) return '1440p';
  if (!HEIGHT_HINTS.some((hint) => lower.includes(hint))) return undefined;
  const [, height] =
    /[[ ._](2160|1080|720|576|480)(?=[\]._ ]+(?:hi10|10bit|hdtv|bluray|web))/.exec(lower) ?? [];
  return height === undefined ? undefined : `${height}p`;
}

const CODEC_HINTS: readonly string[] = ['vc', 'vp', '263', 'mpeg', 'theora', 'ogv'];

export function codecOf({ lower }: Text, found: string | undefined): string | undefined {
  if (found !== undefined) return found;
  if (!CODEC_HINTS.some((hint) => lower.includes(hint))) return undefined;
  if (/\bvc-?1\b/.test(lower)) return 'vc1';
  const [, name] = /\b(vp[78]|h\.?263|mpeg2|theora|ogv)\b/.exec(lower) ?? [];
  return name === 'ogv' ? 'theora' : name?.replace('.', '');
}

export function hdrOf({ title }: Text, found: readonly string[]): readonly string[] {
  return title.includes('HLG') && /\bHLG\b/.test(title) ? [...found, 'HLG'] : found;
}
