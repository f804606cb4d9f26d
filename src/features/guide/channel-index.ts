/** Finds the channel of a guide that a channel is: by its id, by its name, by how alike the names are. */
import type { GuideChannelRow, ListedChannel } from './store.ts';

export interface ChannelMatch {
  readonly guideId: number | null;
  readonly xmltvId: string;
  /** 1 the same id, 0.98 but for case or variant, 0.95 the same name, below that how alike the names are; 0 none. */
  readonly score: number;
}

export const NO_MATCH: ChannelMatch = { guideId: null, xmltvId: '', score: 0 };
const SAME_ID = 1;
const LIKE_ID = 0.98;
const SAME_NAME = 0.95;
/** Less alike are two different channels more often than not. */
const ALIKE_MIN = 0.7;
/** A trigram that so many names have tells nothing. */
const POSTINGS_MAX = 2000;
const MARKS = /\p{M}+/gu;
/** `|UK| `, `UK: `, `[DE] `. */
const COUNTRY = /^\s*(?:[|[(][a-z]{2,3}[|\])]|[a-z]{2,3}\s*[:|])\s*/;
const VARIANT = /\b(?:f?hd|uhd|4k|sd|hevc|h\.?26[45]|1080p?|720p?|raw|backup)\b/g;

interface Entry {
  readonly row: GuideChannelRow;
  readonly trigrams: number;
}

export class ChannelIndex {
  readonly #byId = new Map<string, GuideChannelRow>();
  readonly #byLikeId = new Map<string, GuideChannelRow>();
  readonly #byName = new Map<string, GuideChannelRow>();
  readonly #entries: Entry[] = [];
  readonly #postings = new Map<string, number[]>();

  /** Of several with one id or name the first is found. */
  add(row: GuideChannelRow): void {
    setFirst(this.#byId, row.xmltvId, row);
    setFirst(this.#byLikeId, likeId(row.xmltvId), row);
    const name = channelName(row.name);
    if (name === '') return;
    setFirst(this.#byName, name, row);
    const trigrams = trigramsOf(name);
    const place = this.#entries.push({ row, trigrams: trigrams.size }) - 1;
    for (const trigram of trigrams) {
      const postings = this.#postings.get(trigram);
      if (postings === undefined) this.#postings.set(trigram, [place]);
      else if (postings.length < POSTINGS_MAX) postings.push(place);
    }
  }

  find({ tvgId, name }: Pick<ListedChannel, 'tvgId' | 'name'>): ChannelMatch {
    if (tvgId !== '') {
      const same = this.#byId.get(tvgId);
      if (same !== undefined) return matchOf(same, SAME_ID);
      const like = this.#byLikeId.get(likeId(tvgId));
      if (like !== undefined) return matchOf(like, LIKE_ID);
    }
    const plain = channelName(name);
    const named = this.#byName.get(plain);
    if (named !== undefined) return matchOf(named, SAME_NAME);
    return this.#alike(plain);
  }

  /** Sørensen–Dice over trigrams. Numbers have to be the same: `Sport 1` is not `Sport 2`. */
  #alike(name: string): ChannelMatch {
    const trigrams = trigramsOf(name);
    const shared = new Map<number, number>();
    for (const trigram of trigrams)
      for (const place of this.#postings.get(trigram) ?? [])
        shared.set(place, (shared.get(place) ?? 0) + 1);
    let best = NO_MATCH;
    for (const [place, count] of shared) {
      const entry = this.#entries[place];
      if (entry === undefined) continue;
      const score = (SAME_NAME * 2 * count) / (trigrams.size + entry.trigrams);
      if (score < ALIKE_MIN || score <= best.score) continue;
      if (numbersOf(channelName(entry.row.name)) !== numbersOf(name)) continue;
      best = matchOf(entry.row, Number(score.toFixed(3)));
    }
    return best;
  }
}

/** `|UK| BBC One FHD` is `bbc one`. */
export function channelName(name: string): string {
  return name
    .normalize('NFKD')
    .replaceAll(MARKS, '')
    .toLowerCase()
    .replace(COUNTRY, '')
    .replaceAll(VARIANT, ' ')
    .replaceAll('+', ' plus ')
    .replaceAll('&', ' and ')
    .replaceAll(/[^\p{L}\p{N}]+/gu, ' ')
    .trim();
}

/** Case, and a feed behind the id (`ANT1Europe.gr@SD`), are written one way or the other. */
function likeId(id: string): string {
  return id.toLowerCase().replace(/@.*$/, '');
}

function trigramsOf(name: string): ReadonlySet<string> {
  const padded = `  ${name} `;
  const trigrams = new Set<string>();
  for (let at = 0; at + 3 <= padded.length; at++) trigrams.add(padded.slice(at, at + 3));
  return trigrams;
}

function numbersOf(name: string): string {
  return (name.match(/\p{N}+|\bplus\b/gu) ?? []).join(' ');
}

function matchOf({ guideId, xmltvId }: GuideChannelRow, score: number): ChannelMatch {
  return { guideId, xmltvId, score };
}

function setFirst(map: Map<string, GuideChannelRow>, key: string, row: GuideChannelRow): void {
  if (!map.has(key)) map.set(key, row);
}
