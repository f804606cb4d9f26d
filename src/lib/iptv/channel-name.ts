/**
 * What of a channel's name says which channel it is, and what is decoration: the same channel has many names at many providers
 * (`UK | BBC One FHD`, `BBC ONE (1080p) [Geo-blocked]`). Source: names of shared/data/m3u.
 */

export interface ChannelName {
  /** Equal for the same channel; empty where nothing of the name is left. */
  readonly key: string;
  /** Two letters in lower case; empty: not said. `gb` is told as `uk`. */
  readonly region: string;
  /** Hours that it is behind: `+1`. */
  readonly shiftHours: number;
  /** Of the picture: 0 unknown, 1 SD, 2 HD, 3 FHD, 4 UHD. */
  readonly quality: number;
}

const QUALITIES: readonly (readonly [RegExp, number])[] = [
  [/\b(?:uhd|4k|2160[pi]?|3840p)\b/i, 4],
  [/\b(?:fhd|fullhd|full hd|1080[pi]?)\b/i, 3],
  [/\b(?:hd|720[pi]?)\b/i, 2],
  [/\b(?:sd|lq|[2345](?:40|76|80|60|88)[pi]?)\b/i, 1],
];
/** `UK: `, `|FR| `, `[DE] `, `US - `, `UK | `. */
const REGION_PREFIX = /^\s*(?:[|[(]\s*([A-Z]{2})\s*[|\])]|([A-Z]{2})\s*(?:[:|]|\s-\s))\s*/;
const REGION_OF_ID = /\.([a-z]{2})(?:@\w+)?$/i;
const SHIFT = /(?:^|[\s(])\+\s?([1-9]|1\d|2[0-4])\s?h?\b/i;
const BRACKETED = /[[(][^\])]*[\])]/g;
const DECORATION =
  /\b(?:hevc|h\.?26[45]|x26[45]|raw|vip|backup|bkup|alt|multi|live|50fps|60fps|hdr10?|dolby|vision|aac|ac3)\b/gi;
const SYNONYMS: Readonly<Record<string, string>> = { gb: 'uk' };

/** @param country of the entry, as two letters; anything else is not looked at */
export function readChannelName(name: string, tvgId: string, country: string): ChannelName {
  const prefix = REGION_PREFIX.exec(name);
  const rest = prefix === null ? name : name.slice(prefix[0].length);
  const said = prefix?.[1] ?? prefix?.[2] ?? REGION_OF_ID.exec(tvgId)?.[1] ?? country;
  const region = /^[a-z]{2}$/i.test(said) ? said.toLowerCase() : '';
  const shiftHours = Number(SHIFT.exec(rest)?.[1] ?? 0);
  const base = baseOf(rest) || baseOf(name);
  return {
    key: shiftHours === 0 || base === '' ? base : `${base}+${shiftHours}`,
    region: SYNONYMS[region] ?? region,
    shiftHours,
    quality: pictureQuality(name),
  };
}

/** What a name says of the picture: 0 unknown, 1 SD, 2 HD, 3 FHD, 4 UHD. */
export function pictureQuality(name: string): number {
  for (const [pattern, quality] of QUALITIES) if (pattern.test(name)) return quality;
  return 0;
}

function baseOf(name: string): string {
  let text = name.replaceAll(BRACKETED, ' ').replace(SHIFT, ' ');
  for (const [pattern] of QUALITIES) text = text.replace(pattern, ' ');
  return text
    .replaceAll(DECORATION, ' ')
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .replaceAll('&', 'and')
    .replaceAll(/[^\p{L}\p{N}+]/gu, '');
}
