/** Audio formats and channels that the library leaves out or gets wrong. */
import type { Text } from './text.ts';

const CHANNELS_AFTER_AUDIO =
  /(?:dd[pa+]?|ac-?3|aac|flac|dts|hd|ma|x|hra?|truehd|atmos|opus|pcm|dolby|mp3|ogg|vorbis)[ ._-]*([125678])[ .]([01])(?!\d)/g;
const BARE_CHANNELS = /(?<![\d.])([25678])\.([01])(?![\d.]|[ .]?(?:gb|mb))/g;
const KNOWN_CHANNELS: ReadonlySet<string> = new Set(['1.0', '2.0', '5.0', '5.1', '6.1', '7.1']);

/** `5.1`, from numbers that follow an audio format; the library's when there are none. */
export function channelsOf({ lower }: Text, found: readonly string[]): readonly string[] {
  // One number of the library's is right; beside several, words like "stereo" have added to what is written.
  if (found.length === 1) return found;
  if (found.length === 0 && !/\d[ .][01]|6ch/.test(lower)) return spokenChannels(lower);
  const named = matchedChannels(CHANNELS_AFTER_AUDIO, lower);
  if (named.length > 0) return named;
  if (found.length > 0) return found;
  if (lower.includes('6ch')) return ['5.1'];
  return matchedChannels(BARE_CHANNELS, lower);
}

const SPOKEN_HINTS: readonly string[] = ['surround', 'stereo', 'mono'];

function spokenChannels(lower: string): readonly string[] {
  if (!SPOKEN_HINTS.some((hint) => lower.includes(hint))) return [];
  const [, word] = /[-_. (](surround|stereo|mono)(?=[-_. )]|$)/.exec(lower) ?? [];
  return word === undefined
    ? []
    : [word === 'surround' ? '5.1' : word === 'stereo' ? '2.0' : '1.0'];
}

function matchedChannels(pattern: RegExp, lower: string): string[] {
  const names: string[] = [];
  for (const [, front, low] of lower.matchAll(pattern)) {
    const name = `${front}.${low}`;
    if (KNOWN_CHANNELS.has(name) && !names.includes(name)) names.push(name);
  }
  return names;
}

export function audioOf({ lower }: Text, found: readonly string[]): readonly string[] {
  const isDts = lower.includes('dts');
  const isAtmos = lower.includes('atmos');
  const isVorbis = lower.includes('vorbis');
  if (found.length > 0 && !isDts && !isAtmos && !isVorbis) return found;
  const audio = new Set(found);
  if (isDts) correctDts(lower, audio);
  if (isAtmos) audio.add('Atmos');
  if (isVorbis) audio.add('Vorbis');
  if (audio.size === 0) {
    if (lower.includes('aac') && /[ ._([]aac(?=[-\])._ ]|$)/.test(lower)) audio.add('AAC');
    const maybeDolby = lower.includes('dd') || lower.includes('dolby');
    if (maybeDolby && /\b(?:dd[25]\.[01]|dolby[ .](?:digital|[25][ .][01]))/.test(lower))
      audio.add('AC3');
  }
  return [...audio];
}

function correctDts(lower: string, audio: Set<string>): void {
  if (/\bdts[-. ]?(?:hd[-. ]?)?ma(?![a-z])/.test(lower)) {
    audio.add('DTS Lossless');
    audio.delete('DTS Lossy');
  }
  if (/\bdts[-. ]?x(?=$|[^a-z0-9])/.test(lower)) {
    audio.add('DTS:X');
    audio.delete('DTS Lossless');
    audio.delete('DTS Lossy');
  }
}
