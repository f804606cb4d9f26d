/** Release groups where the library finds none, or only a part of one. They stand at the end, so only that is read. */

import { languageOfWord } from './language-words.ts';
import { isSubtitleWord } from './subtitles.ts';

/** Words that end release titles and are no groups. */
const NO_GROUPS: ReadonlySet<string> = new Set([
  'sub',
  'subs',
  'esub',
  'esubs',
  'msub',
  'msubs',
  'multi',
  'multisub',
  'multisubs',
  'dual',
  'audio',
  'audios',
  'dubbed',
  'dub',
  'hindi',
  'english',
  'eng',
  'tamil',
  'telugu',
  'malayalam',
  'ita',
  'italian',
  'french',
  'fre',
  'fra',
  'vff',
  'vfq',
  'vf',
  'vostfr',
  'german',
  'ger',
  'deu',
  'spanish',
  'spa',
  'esp',
  'latino',
  'castellano',
  'rus',
  'russian',
  'jap',
  'jpn',
  'japanese',
  'kor',
  'korean',
  'chi',
  'chinese',
  'pl',
  'por',
  'dublado',
  'legendado',
  'legendas',
  'complete',
  'repack',
  'proper',
  'internal',
  'remux',
  'uhd',
  'hdr',
  'hdr10',
  'sdr',
  'dv',
  'atmos',
  'truehd',
  'dts',
  'dtsx',
  'ma',
  'hd',
  'aac',
  'ac3',
  'eac3',
  'dd',
  'ddp',
  'flac',
  'opus',
  'mp3',
  'mp4',
  'mkv',
  'avi',
  'hevc',
  'avc',
  'xvid',
  'divx',
  'av1',
  'web',
  'web-dl',
  'webdl',
  'webrip',
  'bluray',
  'bdrip',
  'brrip',
  'dvdrip',
  'hdrip',
  'hdtv',
  'dvd',
  'bd',
  'cam',
  'ts',
  '4k',
  '2k',
  'extended',
  'unrated',
  'uncut',
  'remastered',
  'season',
  'pal',
  'ntsc',
  'org',
  'net',
  'com',
  'final',
  'new',
  'hq',
  'lq',
  'hc',
  'nordic',
  'movie',
  'film',
  'series',
  'untouched',
  'original',
  'colorized',
  'imax',
  'hsbs',
  'sbs',
  'ou',
  '3d',
  'torrent',
  'nzb',
  'gb',
  'mb',
]);
/** `x264`, `10bit`, `S01E02`, `1080p`, `1.4GB`. */
const NO_GROUP_FORM = /^(?:[xh]26[45]|\d+bits?|[se]p?\d+|s\d+e\d+|\d+[pi]?|[\d.]+[gm]b)$/;
const TECHNICAL_END = new RegExp(
  '(?:mux|x\\.?26[45]|h\\.? ?26[45]|hevc|avc|xvid|divx|vp9|opus|ddp?|aac|e?ac-?3|flac|truehd|atmos|dts|\\bma|[1-7][ .][01]|' +
    '10bit|dxva|(?:480|576|720|1080|2160)p|hdrip|dvdrip|webrip|brrip|bdrip|hdtv|blu-?ray|' +
    'web-?dl|remux|mp[34]|\\b[em]?subs?|' +
    'eng|ita|\\d[gm]b|\\])$',
  'i',
);
const CODEC_END = /(?:x26[45]|xvid|divx|avc|hevc|h\.?26[45])-([A-Za-z0-9]{3,})$/i;
const LETTER_END = /^[. ][A-Z]$/;
const UNDERSCORED_END = /^[^_]{5,}-([A-Za-z0-9]{2,15}_[A-Za-z0-9]{2,15})$/;
const AUDIO_NOTE = /\.-\.Dual\.Audio.*$/i;
const FILE_END = /(?:\.(?:mkv|mp4|avi|srt|webm|nzb|ts)| mkv)$/i;
const BRACKETED_END = /-([A-Za-z0-9]{2,20})\[[A-Za-z0-9.]{2,10}\]$/;
const DOMAIN_END = /[ .]((?:MVGroup|YTS)\.[A-Za-z]{2,4})$/;
const WORD_END = /[ ._([](by[ .])?\[?([A-Za-z0-9][\w-]{1,18})[\])]{0,3}$/i;
const WORD_END_CHARS = 30;
const HYPHEN_END = /-\[?([A-Za-z0-9]{2,20})\]?$/;
const BEFORE_HYPHEN = /(?:^|[^a-z])([a-z]{2,4})$/;
/** Longer groups are no codes. */
const LANGUAGE_CHARS_MAX = 4;
/** Longer than any end that says something. */
const END_CHARS = 60;

/** @param title prepared; @param found by the library */
export function groupOf(title: string, found: string | undefined): string | undefined {
  const group = found === undefined ? missedGroup(title) : wholeGroup(title, found);
  const isAtFront = group !== undefined && title.startsWith(`[${group}`);
  return group === undefined || (!isAtFront && isOfLanguages(title, group)) ? undefined : group;
}

/** `CZ-SK`, `PT-BR`, `Sub-Ita` and `PLSUB` at the end are no groups. */
function isOfLanguages(title: string, group: string): boolean {
  const lower = group.toLowerCase();
  if (group.length > LANGUAGE_CHARS_MAX)
    return (lower.includes('sub') || lower.startsWith('legend')) && isSubtitleWord(lower);
  const rest = title
    .slice(0, title.lastIndexOf(`-${group}`))
    .slice(-WORD_END_CHARS)
    .toLowerCase();
  const [, before = ''] = BEFORE_HYPHEN.exec(rest) ?? [];
  const isLanguage =
    languageOfWord(lower) !== undefined || (lower === 'la' && before.startsWith('es'));
  return (
    isSubtitleWord(lower) ||
    (isLanguage && (languageOfWord(before) !== undefined || isSubtitleWord(before)))
  );
}

/** `x264-MARINE-FORD`, `x264.D-Z0N3`: the library takes what follows the last hyphen. */
function wholeGroup(title: string, found: string): string {
  const at = title.lastIndexOf(`-${found}`);
  if (at <= 0) return found;
  if (LETTER_END.test(title.slice(at - 2, at))) return `${title.charAt(at - 1)}-${found}`;
  const [, first] = CODEC_END.exec(title.slice(Math.max(0, at - 30), at)) ?? [];
  return first === undefined || isNoGroup(first) ? found : `${first}-${found}`;
}

function missedGroup(title: string): string | undefined {
  const file = title.slice(-END_CHARS).replace(FILE_END, '');
  const end = file.includes('.-.') ? file.replace(AUDIO_NOTE, '') : file;
  return signedGroup(end) ?? lastWord(end) ?? lastAfterHyphen(end);
}

/** Forms that nothing else has. */
function signedGroup(end: string): string | undefined {
  const underscored = end.includes('_') ? UNDERSCORED_END.exec(end)?.[1] : undefined;
  if (underscored !== undefined) return underscored;
  const bracketed = end.endsWith(']') ? BRACKETED_END.exec(end)?.[1] : undefined;
  return bracketed !== undefined && !isNoGroup(bracketed) ? bracketed : DOMAIN_END.exec(end)?.[1];
}

function lastWord(end: string): string | undefined {
  const word = WORD_END.exec(end.slice(-WORD_END_CHARS));
  if (word === null) return undefined;
  const [all, , last = ''] = word;
  if (isNoGroup(last) || !TECHNICAL_END.test(end.slice(0, -all.length).replace(/[ -]+$/, '')))
    return undefined;
  return last.includes('-') ? last.split('-').at(-1) : last;
}

function lastAfterHyphen(end: string): string | undefined {
  const hyphen = HYPHEN_END.exec(end);
  if (hyphen === null) return undefined;
  const [, last = ''] = hyphen;
  return !isNoGroup(last) && TECHNICAL_END.test(end.slice(0, hyphen.index)) ? last : undefined;
}

function isNoGroup(word: string): boolean {
  const lower = word.toLowerCase();
  return NO_GROUPS.has(lower) || NO_GROUP_FORM.test(lower) || !/[a-z]/.test(lower);
}
