/**
 * Facts that the library leaves out or gets wrong, found by small passes of our own over the title as it was sent.
 * A pass first looks for a word that must be there (30 ns each), because a title is read within 50 µs in all.
 */
import type { ReleaseFlag } from './release-title.ts';

/** A title beside its lower-case form, in which the passes look for words. */
export interface Text {
  readonly title: string;
  readonly lower: string;
}

const POOR_QUALITIES: ReadonlySet<string> = new Set(['CAM', 'TeleSync', 'TeleCine', 'SCR', 'WORKPRINT']);

/** Groups that release by the rules of the scene and say so nowhere. */
const SCENE_GROUPS: ReadonlySet<string> = new Set([
  'b0mbardiers', 'b2b', 'bae', 'cakes', 'dirt', 'edith', 'eleanor', 'ethel', 'ftp', 'ggez', 'ggwp', 'glhf', 'gossip', 'kogi',
  'naisu', 'nhtfs', 'peculate', 'slot', 'spamneggs', 'successfulcrab', 'surcode', 'syncopy',
]);

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

function spokenChannels(lower: string): readonly string[] {
  const [, word] = /[-_. (](surround|stereo|mono)(?=[-_. )]|$)/.exec(lower) ?? [];
  return word === undefined ? [] : [word === 'surround' ? '5.1' : word === 'stereo' ? '2.0' : '1.0'];
}

function matchedChannels(pattern: RegExp, lower: string): string[] {
  const names = new Set<string>();
  for (const [, front, low] of lower.matchAll(pattern)) names.add(`${front}.${low}`);
  return [...names].filter((name) => KNOWN_CHANNELS.has(name));
}

export function resolutionOf({ title, lower }: Text, found: string | undefined): string | undefined {
  if (found === '1080p' && lower.includes('1080i')) return '1080i';
  if (found === '2160p' && lower.includes('1080p') && /\b4k[ ._](?:re(?:master|stor)|scan)/.test(lower)) return '1080p';
  if (found !== undefined) return found;
  if (/\b2K\b/.test(title)) return '1440p';
  const [, height] = /[[ ._](2160|1080|720|576|480)(?=[\]._ ]+(?:hi10|10bit|hdtv|bluray|web))/.exec(lower) ?? [];
  return height === undefined ? undefined : `${height}p`;
}

export function codecOf({ lower }: Text, found: string | undefined): string | undefined {
  if (found !== undefined) return found;
  if (/\bvc-?1\b/.test(lower)) return 'vc1';
  const [, name] = /\b(vp[78]|h\.?263|mpeg2|theora|ogv)\b/.exec(lower) ?? [];
  return name === 'ogv' ? 'theora' : name?.replace('.', '');
}

const EXTENSION = /\.(mkv|mp4|avi|ts|m2ts|wmv|webm|mov|m4v|flv|mpg|mpeg|vob|iso|srt|ass|ssa|sub|idx|vtt|torrent|nzb)$/;

/** Of a file name. */
export function extensionOf({ lower }: Text): string | undefined {
  return EXTENSION.exec(lower.slice(-8))?.[1];
}

export function audioOf({ lower }: Text, found: readonly string[]): readonly string[] {
  const audio = new Set(found);
  if (lower.includes('dts')) correctDts(lower, audio);
  if (lower.includes('atmos')) audio.add('Atmos');
  if (lower.includes('vorbis')) audio.add('Vorbis');
  if (audio.size === 0) {
    if (/[ ._([]aac(?=[\])._ ]|$)/.test(lower)) audio.add('AAC');
    if (/\b(?:dd[25]\.[01]|dolby[ .](?:digital|[25][ .][01]))/.test(lower)) audio.add('AC3');
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

export function hdrOf({ title }: Text, found: readonly string[]): readonly string[] {
  return title.includes('HLG') && /\bHLG\b/.test(title) ? [...found, 'HLG'] : found;
}

/** Words for a language that the library does not take for one at this place. */
const LANGUAGE_WORDS: readonly (readonly [hint: string, pattern: RegExp, code: string])[] = [
  ['ita-dan', /\bita-dan\b/, 'da'], ['german', /[ ._-]german[ ._-](?!sub)/, 'de'], ['french', /[ ._-]french[ ._-](?!sub)/, 'fr'],
  ['vff', /\bvff\b/, 'fr'], ['albanian', /\balbanian\b/, 'sq'], ['catalan', /\bcatal[aà]n?\b/, 'ca'],
];

export function languagesOf({ title, lower }: Text, found: readonly string[]): readonly string[] {
  const languages = new Set(found);
  for (const [hint, pattern, code] of LANGUAGE_WORDS) if (lower.includes(hint) && pattern.test(lower)) languages.add(code);
  // Italian "chi" (who) is not Chinese.
  if (languages.has('zh') && /[a-z] chi [a-z]/.test(title)) languages.delete('zh');
  return [...languages];
}

const SUBTITLE_MARKS: readonly (readonly [hint: string, pattern: RegExp, code: string])[] = [
  ['vostfr', /vostfr/, 'fr'], ['hebsub', /hebsubs?/, 'he'], ['swesub', /swesubs?/, 'sv'], ['legenda', /legenda(?:s|do).*pt-?br/, 'pt-BR'],
  ['german', /german[ .](?:custom[ .])?sub/, 'de'], ['spanish', /spanish[ .]sub/, 'es'], ['subtitulado', /subtitulado.*espa[nñ]ol/, 'es'],
  ['french', /french[ .]sub/, 'fr'], ['eng', /\beng(?:lish)?[ .-]?subs?\b|\bsub[ _].*\beng\b/, 'en'], ['ita', /\bsub[ _].*?\bita\b/, 'it'],
  ['esub', /\be-?subs?\b/, 'en'], ['ensub', /ensub/, 'en'],
];

export function subtitleLanguagesOf({ lower }: Text): readonly string[] {
  if (!lower.includes('sub') && !lower.includes('vost') && !lower.includes('legenda')) return [];
  const marks = SUBTITLE_MARKS.filter(([hint, pattern]) => lower.includes(hint) && pattern.test(lower));
  return [...new Set(marks.map(([, , code]) => code))];
}

/** German releases call two languages `DL`. */
export function languageFlagsOf({ lower }: Text, found: readonly string[]): readonly string[] {
  const isDual = found.length === 0 && lower.includes('german') && /german.*[ .]dl[ .]/.test(lower);
  return isDual ? ['multi-audio'] : found;
}

/** `V2` of anime releases. */
export function versionOf({ lower }: Text): string | undefined {
  return lower.includes('v') ? /(?:\d|[[ _.])v(\d)(?=[\]) _.]|$)/.exec(lower)?.[1] : undefined;
}

const NETWORK_WORDS: readonly (readonly [hint: string, pattern: RegExp, name: string])[] = [
  ['amazonhd', /[. ]AmazonHD[. ]/, 'Amazon'], ['amzn', /[. ]AMZN[. ]/, 'Amazon'], ['netflix', /[. ]Netflix(?=[. ]|UHD|HD)/, 'Netflix'],
  ['ituneshd', /[. ]iTunesHD[. ]/, 'iTunes'], ['stan.web', /[. ]STAN[. ]WEB/, 'Stan'], ['viki', /[. ]VIKI[. ]/, 'Viki'],
  ['.ae.', /[. ]AE[. ]WEB/, 'A&E'], ['.df.', /[. ]DF[. ]WEB/, 'DramaFever'],
];

export function networkOf({ title, lower }: Text, found: string | undefined): string | undefined {
  return found ?? NETWORK_WORDS.find(([hint, pattern]) => lower.includes(hint) && pattern.test(title))?.[2];
}

/** Flags that follow from other facts, or from words that the library does not read. */
export function flagsOf(
  { title, lower }: Text, found: Set<ReleaseFlag>,
  { quality, group }: { readonly quality: string | undefined; readonly group: string | undefined },
): Set<ReleaseFlag> {
  const isPoor = quality !== undefined && POOR_QUALITIES.has(quality);
  const maybePoor = lower.includes('hq') || lower.includes('cam');
  if (isPoor || (maybePoor && /\bhq[ .-](?:new[ .])?(?:hdrip|cam)|hd-?cam\b/.test(lower))) found.add('trash');
  const isScene = group !== undefined && SCENE_GROUPS.has(group.toLowerCase());
  if (isScene || (quality === 'WEB' && /\d{3,4}p[._ ]web[._ ](?!dl|rip)/.test(lower))) found.add('scene');
  if (lower.includes('remaster') || lower.includes('rekonstrukcja')) found.add('remastered');
  if (title.includes('XXX') && /(?<=.{3})\bXXX\b/.test(title)) found.add('adult');
  if (found.has('repack') || (title.includes('REAL') && /[. ]REAL[. ]/.test(title))) found.add('proper');
  if (title.includes('DOKU') || title.includes('DOCU')) found.add('documentary');
  return found;
}
