/** Texts inside of XML that we write. */

/** Characters that XML 1.0 cannot hold at all, not even escaped; halves of characters among them. */
const IMPOSSIBLE =
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;
const ESCAPES: ReadonlyMap<string, string> = new Map([
  ['&', '&amp;'],
  ['<', '&lt;'],
  ['>', '&gt;'],
  ['"', '&quot;'],
]);

/** The text as it stands between tags, or in an attribute in double quotes. */
export function xmlText(text: string): string {
  return text
    .replaceAll(IMPOSSIBLE, ' ')
    .replaceAll(/[&<>"]/g, (character) => ESCAPES.get(character) ?? character);
}

const DAYS = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** `Sat, 14 Mar 2015 17:10:42 +0000`, as RSS wants its dates; the number of the zone, which every reader knows. */
export function rssDate(epochSeconds: number): string {
  const date = new Date(epochSeconds * 1000);
  const [year, , day, time] =
    /^(\d+)-(\d+)-(\d+)T([\d:]+)/.exec(date.toISOString())?.slice(1) ?? [];
  return `${DAYS[date.getUTCDay()]}, ${day} ${MONTHS[date.getUTCMonth()]} ${year} ${time} +0000`;
}
