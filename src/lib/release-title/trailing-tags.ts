/** Tags that the library leaves at the end of a name: `Das Kabinett German DOKU DL`, `The Pilot REAL READNFO`. */

/** As releasers write them: in capitals, or in spellings that no name has. */
const TAG = new RegExp(
  ' (?:REAL|READ ?NFO|NFO ?FiX|STV|WS|DSR|DOKU|DOCU|AC3D?|DL|STAN|iTunesHD|AmazonHD|NetflixU?HD|iNTERNAL|EDITION HQ|' +
    '(?:GERMAN|German|FRENCH|French)(?: (?:DL|Dubbed|DUBBED|Custom|Subbed|SUBBED))*)$',
);
const TAGS_MAX = 6;

/** The last words of all tags, in lower case: most names end in none of them. */
const LAST_WORDS: ReadonlySet<string> = new Set([
  'real',
  'readnfo',
  'nfo',
  'nfofix',
  'fix',
  'stv',
  'ws',
  'dsr',
  'doku',
  'docu',
  'ac3',
  'ac3d',
  'dl',
  'stan',
  'ituneshd',
  'amazonhd',
  'netflixhd',
  'netflixuhd',
  'internal',
  'hq',
  'german',
  'french',
  'dubbed',
  'custom',
  'subbed',
]);

/** The name without them; what is nothing but a tag stays. */
export function withoutTrailingTags(name: string): string {
  let text = name;
  for (let index = 0; index < TAGS_MAX; index++) {
    if (!LAST_WORDS.has(text.slice(text.lastIndexOf(' ') + 1).toLowerCase())) return text;
    const shorter = text.replace(TAG, '');
    if (shorter === text) return text;
    text = shorter;
  }
  return text;
}
