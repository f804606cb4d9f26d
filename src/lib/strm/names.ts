/** Names of files and folders as Jellyfin, Kodi and Plex read them, on every file system. */
const FORBIDDEN = /[<>:"/\\|?*\p{Cc}]/gu;
const DOTTED_ENDS = /^[\s.]+|[\s.]+$/g;
/** Names that Windows keeps for devices. */
const RESERVED = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/i;
/** File systems take 255 bytes; what stands behind a name needs some of them. */
const NAME_BYTES_MAX = 160;

export interface NamedTitle {
  /** 16 characters. */
  readonly id: string;
  readonly name: string;
  /** 0 when unknown. */
  readonly year: number;
}

/** `Sintel (2010)`; two titles of one name are told apart by the beginning of their ids. */
export function titleFolder({ id, name, year }: NamedTitle, taken: Set<string>): string {
  const plain = `${safeName(name) || id}${year === 0 ? '' : ` (${year})`}`;
  const chosen = taken.has(plain.toLowerCase()) ? `${plain} [${id.slice(0, 8)}]` : plain;
  taken.add(chosen.toLowerCase());
  return chosen;
}

/** `Season 01`; specials are season 0. */
export function seasonFolder(season: number): string {
  return `Season ${digits(season)}`;
}

/** `Pioneer One (2010) S01E02`. */
export function episodeFile(folder: string, season: number, episode: number): string {
  return `${folder} S${digits(season)}E${digits(episode)}`;
}

/** Empty where nothing is left. */
export function safeName(text: string): string {
  const plain = text.replaceAll(FORBIDDEN, ' ').replaceAll(/\s+/g, ' ').replaceAll(DOTTED_ENDS, '');
  const short = withinBytes(plain, NAME_BYTES_MAX).replaceAll(DOTTED_ENDS, '');
  return RESERVED.test(short) ? `_${short}` : short;
}

function digits(number: number): string {
  return String(number).padStart(2, '0');
}

function withinBytes(text: string, bytesMax: number): string {
  if (Buffer.byteLength(text) <= bytesMax) return text;
  let bytes = 0;
  let kept = '';
  for (const character of text) {
    bytes += Buffer.byteLength(character);
    if (bytes > bytesMax) break;
    kept += character;
  }
  return kept;
}
