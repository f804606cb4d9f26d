/** HLS playlists (RFC 8216): what encoders send is read, what players get is written. */

/** A segment as a playlist lists it. */
export interface ListedSegment {
  /** The last part of its address. */
  readonly name: string;
  readonly sequence: number;
  readonly durationMs: number;
  readonly isDiscontinuity: boolean;
}

export interface MediaPlaylist {
  readonly kind: 'media';
  /** Of what segments need before them; empty when there is none. */
  readonly mapName: string;
  readonly segments: readonly ListedSegment[];
  readonly isEnded: boolean;
}

/** Lists renditions, each a playlist of its own. */
export interface VariantPlaylist {
  readonly kind: 'variants';
}

export interface WrittenSegment extends ListedSegment {
  /** Listed, and not to be had: players pass over it. */
  readonly isGap: boolean;
}

export interface WrittenPlaylist {
  readonly mapName: string;
  readonly segments: readonly WrittenSegment[];
  /** Nothing comes any more. */
  readonly isEnded: boolean;
}

const SEGMENTS_MAX = 20_000;
const NAME = /^[A-Za-z\d][\w.-]{0,99}$/;
const TARGET_MS_LEAST = 1000;

/** Null for what is no playlist, or has names that no file of ours may have. */
export function parsePlaylist(text: string): MediaPlaylist | VariantPlaylist | null {
  const lines = text.split(/\r?\n/);
  if (lines[0]?.replace('\u{FEFF}', '').trim() !== '#EXTM3U') return null;
  if (text.includes('#EXT-X-STREAM-INF:')) return variantsOf(lines);
  const reader = new MediaReader();
  for (const line of lines) if (!reader.read(line.trim())) return null;
  return reader.playlist;
}

/** As players read it; one without segments is for nobody. */
export function writePlaylist({ mapName, segments, isEnded }: WrittenPlaylist): string {
  const longestMs = segments.reduce(
    (longest, { durationMs }) => Math.max(longest, durationMs),
    TARGET_MS_LEAST,
  );
  const hasGap = segments.some(({ isGap }) => isGap);
  const lines = [
    '#EXTM3U',
    `#EXT-X-VERSION:${hasGap ? 8 : mapName === '' ? 3 : 7}`,
    `#EXT-X-TARGETDURATION:${Math.ceil(longestMs / 1000)}`,
    `#EXT-X-MEDIA-SEQUENCE:${isEnded ? 0 : (segments[0]?.sequence ?? 0)}`,
    ...(isEnded ? ['#EXT-X-PLAYLIST-TYPE:VOD'] : []),
    ...(mapName === '' ? [] : [`#EXT-X-MAP:URI="${mapName}"`]),
  ];
  for (const { name, durationMs, isDiscontinuity, isGap } of segments) {
    if (isDiscontinuity) lines.push('#EXT-X-DISCONTINUITY');
    if (isGap) lines.push('#EXT-X-GAP');
    lines.push(`#EXTINF:${(durationMs / 1000).toFixed(3)},`, name);
  }
  if (isEnded) lines.push('#EXT-X-ENDLIST');
  return `${lines.join('\n')}\n`;
}

/** Players ask for renditions beside it: their addresses have to be names. */
function variantsOf(lines: readonly string[]): VariantPlaylist | null {
  const addresses = lines.slice(1).filter((line) => line.trim() !== '' && !line.startsWith('#'));
  const isSafe = addresses.length > 0 && addresses.every((line) => NAME.test(line.trim()));
  return isSafe ? { kind: 'variants' } : null;
}

class MediaReader {
  readonly #segments: ListedSegment[] = [];
  #mapName = '';
  #sequence = 0;
  #durationMs = -1;
  #isDiscontinuity = false;
  #isEnded = false;

  get playlist(): MediaPlaylist {
    return {
      kind: 'media',
      mapName: this.#mapName,
      segments: this.#segments,
      isEnded: this.#isEnded,
    };
  }

  /** False for a line that cannot be read. */
  read(line: string): boolean {
    if (line === '' || (line.startsWith('#') && !line.startsWith('#EXT'))) return true;
    return line.startsWith('#') ? this.#tag(line) : this.#segment(line);
  }

  #tag(line: string): boolean {
    const [tag = '', value = ''] = split(line);
    switch (tag) {
      case '#EXTINF': {
        const seconds = Number.parseFloat(value);
        this.#durationMs = Math.round(seconds * 1000);
        return seconds >= 0 && seconds <= 3600;
      }
      case '#EXT-X-MEDIA-SEQUENCE':
        this.#sequence = Number(value);
        return /^\d{1,15}$/.test(value);
      case '#EXT-X-MAP':
        this.#mapName = nameOf(/URI="([^"]*)"/.exec(value)?.[1] ?? '');
        return this.#mapName !== '';
      case '#EXT-X-DISCONTINUITY':
        this.#isDiscontinuity = true;
        return true;
      case '#EXT-X-ENDLIST':
        this.#isEnded = true;
        return true;
      case '#EXT-X-KEY':
        return value.startsWith('METHOD=NONE');
      default:
        return tag !== '#EXT-X-BYTERANGE';
    }
  }

  #segment(address: string): boolean {
    const name = nameOf(address);
    if (name === '' || this.#durationMs < 0 || this.#segments.length >= SEGMENTS_MAX) return false;
    this.#segments.push({
      name,
      sequence: this.#sequence,
      durationMs: this.#durationMs,
      isDiscontinuity: this.#isDiscontinuity,
    });
    this.#sequence += 1;
    this.#durationMs = -1;
    this.#isDiscontinuity = false;
    return true;
  }
}

function split(line: string): readonly string[] {
  const colon = line.indexOf(':');
  return colon === -1 ? [line] : [line.slice(0, colon), line.slice(colon + 1)];
}

/** The last part of an address; empty when no file may be called that. */
function nameOf(address: string): string {
  const [path = ''] = address.split(/[?#]/);
  const name = path.slice(path.lastIndexOf('/') + 1);
  return NAME.test(name) ? name : '';
}
