/** Usenet posters write names backwards to hide them: `p0801.2291.utarefsoN.mkv`. */

const HINTS: readonly string[] = ['p0801', 'p027', '462', '562'];
/** `1080p`, `720p`, `x264` from behind, and no such thing from the front. */
const BACKWARDS = /(?:^|[ ._-])(?:p(?:0801|027)|[45]62[._]?[xhXH])(?=[ ._-]|$)/;
const FORWARDS = /\b(?:1080p|720p|2160p|[xh][._]?26[45]|S\d\dE\d\d)\b/i;
const FILE_TYPE = /\.[A-Za-z0-9]{2,4}$/;

/** The name as it was meant. */
export function unreversed(name: string): string {
  if (!HINTS.some((hint) => name.includes(hint)) || !BACKWARDS.test(name) || FORWARDS.test(name))
    return name;
  const [type = ''] = FILE_TYPE.exec(name) ?? [];
  return (
    Array.from(name.slice(0, name.length - type.length))
      .toReversed()
      .join('') + type
  );
}
