/** What a listing says of a folder: servers disagree about prefixes, encodings, slashes and about naming the folder itself. */
import type { DavResource } from './multistatus.ts';

export interface DavChild {
  /** Decoded, in normal form C. */
  readonly name: string;
  /** As it stands in an address. */
  readonly encodedName: string;
  readonly isFolder: boolean;
  /** Null where the server does not say. */
  readonly sizeBytes: number | null;
}

/** Parts of a path that name nothing below it. */
const NO_NAMES: ReadonlySet<string> = new Set(['', '.', '..']);

interface Segment {
  readonly name: string;
  readonly encodedName: string;
}

/**
 * What lies in the folder itself, without the folder and without what lies deeper.
 * @param path of the folder as it was asked for: a proxy may have added a prefix that the listing lacks
 */
export function childrenOf(resources: readonly DavResource[], path: string): readonly DavChild[] {
  const rows = resources.map((resource) => ({ resource, segments: segmentsOf(resource.href) }));
  const shortest = Math.min(...rows.map(({ segments }) => segments.length));
  const first = rows.filter(({ segments }) => segments.length === shortest);
  const namesFolder =
    first.length === 1 && first.every(({ segments }) => endsWith(segmentsOf(path), segments));
  const depth = namesFolder ? shortest + 1 : shortest;
  return rows.flatMap(({ resource: { isFolder, sizeBytes }, segments }) => {
    const last = segments.at(-1);
    return segments.length === depth && last !== undefined
      ? [{ ...last, isFolder, sizeBytes }]
      : [];
  });
}

/** Names of a path, decoded; those of Windows too. */
export function pathNames(path: string): readonly string[] {
  return path
    .split(/[\\/]+/)
    .filter((name) => !NO_NAMES.has(name))
    .map((name) => name.normalize('NFC'));
}

/** A path as it stands in an address: no slash at the end. */
export function encodePath(names: readonly string[]): string {
  return names.map((name) => `/${encodeURIComponent(name)}`).join('');
}

/** Of a path or an address; whose server that is does not matter, a proxy may stand before it. */
function segmentsOf(href: string): readonly Segment[] {
  return href
    .replace(/^[a-z][a-z\d+.-]*:\/\/[^/]*/i, '')
    .split('/')
    .filter((raw) => !NO_NAMES.has(raw))
    .map((raw) => segmentOf(raw));
}

/** What is no UTF-8, or has a percent sign that encodes nothing, is sent back as it came. */
function segmentOf(raw: string): Segment {
  try {
    const decoded = decodeURIComponent(raw);
    return { name: decoded.normalize('NFC'), encodedName: encodeURIComponent(decoded) };
  } catch {
    return { name: raw, encodedName: raw.replace(/[^\w%.~!$&'()*+,;=:@-]/g, encodeURIComponent) };
  }
}

function endsWith(whole: readonly Segment[], end: readonly Segment[]): boolean {
  const from = whole.length - end.length;
  return from >= 0 && end.every(({ name }, index) => whole[from + index]?.name === name);
}
