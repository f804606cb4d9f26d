/**
 * Playlists of other servers (RFC 8216) as they are passed on: every address replaced, segments renumbered, the rest as it was.
 * Tags of low latency are left out: they announce what is not there yet.
 */

export type Linked = 'playlist' | 'segment' | 'other';

/** @param url absolute @returns what stands in its place */
export type AddressOf = (url: string, what: Linked) => string;

interface Entry {
  /** Tags before the address. */
  readonly tags: readonly string[];
  readonly url: string;
}

export interface RelayedMedia {
  readonly kind: 'media';
  /** Without those that the rest of this names. */
  readonly head: readonly string[];
  readonly sequence: number;
  readonly discontinuities: number;
  readonly targetS: number;
  readonly isEnded: boolean;
  readonly segments: readonly Entry[];
}

export interface RelayedMaster {
  readonly kind: 'master';
  readonly head: readonly string[];
  readonly variants: readonly Entry[];
}

const ENTRIES_MAX = 20_000;
const LOW_LATENCY = /^#EXT-X-(?:PART|PART-INF|PRELOAD-HINT|RENDITION-REPORT|SERVER-CONTROL|SKIP)\b/;
const HEAD =
  /^#EXT(?:M3U|-X-(?:VERSION|TARGETDURATION|PLAYLIST-TYPE|INDEPENDENT-SEGMENTS|START|ALLOW-CACHE|MEDIA:|I-FRAME|SESSION))/;
const STATE = /^#EXT-X-(?:KEY|MAP)\b/;
const DISCONTINUITY = '#EXT-X-DISCONTINUITY';

/** Null for what is no playlist. */
export function readRelayed(text: string): RelayedMedia | RelayedMaster | null {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\n|\r/)
    .map((line) => line.trim());
  if (lines[0]?.startsWith('#EXTM3U') !== true) return null;
  const isMaster = lines.some((line) => line.startsWith('#EXT-X-STREAM-INF'));
  const head: string[] = [];
  const entries: Entry[] = [];
  let tags: string[] = [];
  for (const line of lines) {
    if (line === '' || LOW_LATENCY.test(line)) continue;
    if (!line.startsWith('#')) {
      if (entries.length >= ENTRIES_MAX) return null;
      entries.push({ tags, url: line });
      tags = [];
    } else if (HEAD.test(line)) head.push(line);
    else if (line.startsWith('#EXT')) tags.push(line);
  }
  if (isMaster) return { kind: 'master', head, variants: entries };
  const number = (tag: string) =>
    Number(lines.find((line) => line.startsWith(tag))?.slice(tag.length) ?? 0) || 0;
  return {
    kind: 'media',
    head,
    sequence: number('#EXT-X-MEDIA-SEQUENCE:'),
    discontinuities: number('#EXT-X-DISCONTINUITY-SEQUENCE:'),
    targetS: number('#EXT-X-TARGETDURATION:'),
    isEnded: lines.includes('#EXT-X-ENDLIST'),
    segments: entries.map(({ tags: said, url }) => ({
      tags: said.filter(
        (tag) => !/^#EXT-X-(?:MEDIA-SEQUENCE|DISCONTINUITY-SEQUENCE|ENDLIST)/.test(tag),
      ),
      url,
    })),
  };
}

export interface Numbering {
  /** Added to the numbers of segments. */
  readonly shift: number;
  /** Number, before it is shifted, of the first segment that is passed on; what is before it belongs to what played before. */
  readonly from: number;
  /** Breaks that the player has seen before `from`, that one left out. */
  readonly breaks: number;
}

export const AS_THEY_ARE: Numbering = { shift: 0, from: -1, breaks: 0 };

/** @param baseUrl where the playlist was found */
export function writeMedia(
  media: RelayedMedia,
  baseUrl: string,
  addressOf: AddressOf,
  { shift, from, breaks }: Numbering = AS_THEY_ARE,
): string {
  const skipped = Math.max(0, Math.min(media.segments.length, from - media.sequence));
  const gone = media.segments.slice(0, skipped);
  const kept = media.segments.slice(skipped);
  const isJoint = from >= 0 && from >= media.sequence;
  const own =
    media.discontinuities + gone.filter(({ tags }) => tags.includes(DISCONTINUITY)).length;
  const lines = [
    ...media.head.map((line) => linked(line, baseUrl, addressOf)),
    `#EXT-X-MEDIA-SEQUENCE:${media.sequence + skipped + shift}`,
    // The joint itself counts once it is not shown any more.
    `#EXT-X-DISCONTINUITY-SEQUENCE:${own + breaks + (from >= 0 && !isJoint ? 1 : 0)}`,
  ];
  kept.forEach(({ tags, url }, at) => {
    const states = at === 0 ? lastStates(gone) : [];
    const joint = at === 0 && isJoint && !tags.includes(DISCONTINUITY) ? [DISCONTINUITY] : [];
    const said = [
      ...joint,
      ...states.filter((tag) => !tags.some((own2) => sameTag(own2, tag))),
      ...tags,
    ];
    lines.push(
      ...said.map((line) => linked(line, baseUrl, addressOf)),
      addressOf(absolute(url, baseUrl), 'segment'),
    );
  });
  if (media.isEnded) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

export function writeMaster(master: RelayedMaster, baseUrl: string, addressOf: AddressOf): string {
  const lines = master.head.map((line) => linked(line, baseUrl, addressOf));
  for (const { tags, url } of master.variants)
    lines.push(...tags, addressOf(absolute(url, baseUrl), 'playlist'));
  return `${lines.join('\n')}\n`;
}

/** Absolute addresses of its variants, the one with the most bits first. */
export function variantUrls(master: RelayedMaster, baseUrl: string): readonly string[] {
  return master.variants
    .map(({ tags, url }) => ({ url: absolute(url, baseUrl), bits: bitsOf(tags) }))
    .sort((one, other) => other.bits - one.bits)
    .map(({ url }) => url);
}

function bitsOf(tags: readonly string[]): number {
  return Number(/[:,]BANDWIDTH=(\d+)/.exec(tags.join(' '))?.[1] ?? 0);
}

/** Keys and beginnings go on until the next one. */
function lastStates(gone: readonly Entry[]): readonly string[] {
  const states = new Map<string, string>();
  for (const { tags } of gone)
    for (const tag of tags) if (STATE.test(tag)) states.set(nameOf(tag), tag);
  return [...states.values()];
}

function sameTag(one: string, other: string): boolean {
  return nameOf(one) === nameOf(other);
}

function nameOf(tag: string): string {
  return tag.slice(0, tag.indexOf(':'));
}

/** `URI="…"` within a tag. */
function linked(line: string, baseUrl: string, addressOf: AddressOf): string {
  return line.replace(/([:,]URI=)"([^"]*)"/g, (whole, name: string, url: string) => {
    if (/^(?:data|skd):/i.test(url)) return whole;
    const what = /^#EXT-X-(?:MEDIA|I-FRAME)/.test(line) ? 'playlist' : 'other';
    return `${name}"${addressOf(absolute(url, baseUrl), what)}"`;
  });
}

function absolute(url: string, baseUrl: string): string {
  return URL.canParse(url, baseUrl) ? new URL(url, baseUrl).href : url;
}
