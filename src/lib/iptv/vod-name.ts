/** Names of films and episodes as providers write them: `EN - Sintel (2010) [4K]`, `|DE| Pioneer One S01 E02`. */
import { plainText } from '../search-text.ts';

export interface VodName {
  /** Of the film or series, without year and decoration; never empty where the name is not. */
  readonly title: string;
  /** 0 when not said. */
  readonly year: number;
  /** -1 where the name is that of no episode; the same for `episode`. */
  readonly season: number;
  readonly episode: number;
}

/** `|EN| `, `[4K-EN] `. */
const BRACKETED_PREFIX = /^\s*[|[(]\s*[A-Z0-9]{2,5}(?:[-/ ][A-Z0-9]{2,5})?\s*[|\])]\s*/;
/** `EN - `, `4K-EN - `, `EN: `; numbers alone belong to the name. */
const PREFIX = /^\s*(?!\d+\b(?!-))[A-Z0-9]{2,4}(?:-[A-Z0-9]{2,4})?\s*(?:[:|]|\s-\s)\s*/;
const EPISODE = /[\s._-]*\bS(\d{1,4})\s*[._-]?\s*E(\d{1,5})\b/i;
const CROSS_EPISODE = /[\s._-]*\b(\d{1,3})x(\d{2,3})\b/i;
const YEAR = /[\s._-]*[([](19\d\d|20\d\d)[)\]]|[\s._-]+(19\d\d|20\d\d)\s*$/;
const BRACKETED = /\s*[[(][^\])]*[\])]/g;
const DECORATION = /[\s._-]+(?:4k|uhd|fhd|hd|sd|2160p|1080p|720p|hevc|h\.?26[45]|x26[45]|hdr10?)$/i;
const SEASON_MAX = 9999;

export function readVodName(name: string): VodName {
  const bare = name.replace(BRACKETED_PREFIX, '').replace(PREFIX, '') || name;
  const found = EPISODE.exec(bare) ?? CROSS_EPISODE.exec(bare);
  const head = found === null || found.index === 0 ? bare : bare.slice(0, found.index);
  const year = YEAR.exec(head);
  const season = found === null ? -1 : Math.min(SEASON_MAX, Number(found[1]));
  return {
    title:
      titleOf(year === null || year.index === 0 ? head : head.slice(0, year.index)) || bare.trim(),
    year: year === null || year.index === 0 ? 0 : Number(year[1] ?? year[2]),
    season,
    episode: found === null ? -1 : Number(found[2]),
  };
}

/** Equal for one film or series, whichever provider has it. */
export function vodKey(kind: 'movie' | 'series', title: string, year: number): string {
  const plain = plainText(title).replaceAll(' ', '');
  return `${kind}:${plain === '' ? `=${title}` : plain}${year === 0 ? '' : ` ${year}`}`;
}

function titleOf(text: string): string {
  let title = text.replaceAll(BRACKETED, ' ');
  for (let before = ''; before !== title;) {
    before = title;
    title = title.replace(DECORATION, '');
  }
  return title.replaceAll(/\s+/g, ' ').replaceAll(/^[\s._-]+|[\s._-]+$/g, '');
}
