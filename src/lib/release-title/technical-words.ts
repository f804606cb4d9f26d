/** Words of release titles that say how a release was made, and so end the names before them. */

const WORDS: ReadonlySet<string> = new Set([
  'aac', 'ac3', 'ac3d', 'atmos', 'av1', 'avc', 'avi', 'bd', 'bdrip', 'bluray', 'brrip', 'cam', 'camrip', 'dd', 'ddp',
  'divx', 'dsr', 'dsrip', 'dts', 'dtsx', 'dv', 'dvd', 'dvdr', 'dvdrip', 'eac3', 'flac', 'hdr', 'hdr10', 'hdrip', 'hdtv',
  'hdtvrip', 'hevc', 'hsbs', 'internal', 'mkv', 'mp3', 'mp4', 'ntsc', 'opus', 'pal', 'pdtv', 'proper', 'remux', 'repack',
  'satrip', 'sbs', 'sdr', 'sdtv', 'truehd', 'ts', 'tvrip', 'uhd', 'vhs', 'vhsrip', 'vp9', 'web', 'web-dl', 'webcap',
  'webdl', 'webhd', 'webrip', 'xvid', 'xxx',
]);
/** `1080p`, `x264`, `H`, `10bit`, `DDP5`, `4K`. */
const FORM = /^(?:\d{3,4}[pi]|[xh]\.?26[45]|h|\d+bits?|ddp?\d|aac\d|[248]k|amzn|nf)$/;

/** @param word in lower case */
export function isTechnicalWord(word: string): boolean {
  return WORDS.has(word) || FORM.test(word);
}
