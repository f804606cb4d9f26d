/**
 * Texts that configurations are made of, as one- or two-byte codes in install tokens. Append-only: a code
 * never changes its meaning, or installed URLs would. A new version may add entries at the end; an older
 * server then refuses the token as one of a newer version (`compact.ts`).
 */

/** The first 96 take one byte. What many configurations hold comes first. */
export const DICTIONARY: readonly string[] = [
  // Keys of the document.
  'sps', 'sv', 'tk', 'en', 'pr', 'cc', 'ci', 's', 'o', 'sr', 'qf', 'hf', 'ls', 'tsp', 'k', 'd', 'ms', 'mns', 'mes', 'mnes',
  'mxs', 'mspr', 'mspt', 'stg', 'sto', 'st', 't', 'snfm', 'snfp', 'snfr', 'nf', 'cf', 'vcf', 'acf', 'chf', 'lss',
  // Frequent values.
  '2160p', '1440p', '1080p', '720p', '576p', '480p', 'BluRay/UHD', 'WEB/HD', 'DVD/TV/SAT', 'CAM/Screener', 'Unknown',
  'Dolby Vision', 'HDR10+', 'HDR10', 'SDR', 'cached', 'resolution', 'quality', 'language', 'size', 'seeders', 'created_at',
  'asc', 'desc', 'realdebrid', 'torbox', 'premiumize', 'alldebrid', 'mixed', 'separate', 'torrent', 'http', 'exclude',
  'include', 'English', 'Spanish', 'French', 'German', 'Italian', 'Portuguese', 'Latino', 'Hindi', 'Tamil', 'Japanese',
  'Korean', 'Chinese', 'Russian', 'Dutch', 'Polish', 'Turkish', 'Arabic', 'latest', 'popular', 'rating', 'movie.latest',
  'movie.popular', 'series.latest', 'series.popular', 'movie.search', 'series.search',
  // Two bytes from here.
  'uid', 'pid', 'ap', 'sp', 'ec', 'eim', 'sc', 'pg', 'ept', 'eus', 'puot', 'ets', 'eas', 'mfc', 'ic', 'mdb', 'rpc', 'tmdb',
  'tvdb', 'tgc', 'nm', 'ia', 'ed', 'n', 'ewc', 'em', 'pw', 'umf', 'oscs', 'eun', 'qbc', 'sbc', 'ngc', 'ndc', 'enc', 'u',
  'stsn', 'ak', 'un', 'cat', 'wur', 'wus', 'wpw', 'qur', 'qus', 'qpw', 'wdp', 'wep', 'pva', 'stl', 'srl', 'jk', 'tz', 'nz',
  'ug', 'i', 'h', 'c', 'p', 'mc', 'tc', 'uz', 'zb', 'l', 'ct', 'uf', 'pu', 'pls', 'ewp', 'user_id', 'profile_id',
  '360p', '240p', 'HLG', 'None', 'Mild', 'Moderate', 'Severe', 'Disable', 'All Ages', 'Children', 'Parental Guidance',
  'Teens', 'Adults', 'Adults+', 'disabled', 'usenet', 'telegram', 'acestream', 'youtube', 'external', 'watched_count',
  'codec', 'hdr', 'audio', 'type', 'year', 'title', 'release_date', 'inf', 'MediaFusion', '/', 'debridlink', 'offcloud',
  'easydebrid', 'debrider', 'pikpak', 'seedr', 'stremthru', 'torrin', 'qbittorrent', 'sabnzbd', 'nzbget', 'nzbdav',
  'easynews', 'stremio_nntp', 'p2p', 'hevc', 'avc', 'av1', 'vp9', 'vp8', 'vp7', 'xvid', 'divx', 'mpeg2', 'vc1', 'h263',
  'theora', 'mpeg4', 'Atmos', 'TrueHD', 'DTS:X', 'DTS Lossless', 'DTS Lossy', 'EAC3', 'AC3', 'AAC', 'FLAC', 'PCM', 'Opus',
  'MP3', 'MP2', 'Vorbis', 'HQ Clean Audio', '1.0', '2.0', '5.0', '5.1', '6.1', '7.1', 'Malayalam', 'Kannada', 'Telugu',
  'Taiwanese', 'Ukrainian', 'Czech', 'Thai', 'Indonesian', 'Vietnamese', 'Bengali', 'Greek', 'Swedish', 'Romanian',
  'Hungarian', 'Finnish', 'Norwegian', 'Danish', 'Hebrew', 'Lithuanian', 'Punjabi', 'Marathi', 'Gujarati', 'Bhojpuri',
  'Nepali', 'Urdu', 'Tagalog', 'Filipino', 'Malay', 'Mongolian', 'Armenian', 'Georgian', 'movie.rating', 'series.rating',
  'cam', 'telesync', 'hdcam', '3D', 'dubbed',
];

/** Raised when entries are added; a token names the version that it was written with. */
export const DICTIONARY_VERSION = 1;

const CODES: ReadonlyMap<string, number> = new Map(DICTIONARY.map((text, code) => [text, code]));

/** Undefined when the text is not in the dictionary. */
export function codeOfText(text: string): number | undefined {
  return CODES.get(text);
}
