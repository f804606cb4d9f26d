/** A title made ready for comparing thousands of releases with it. */
import { countryCodes } from './known-words.ts';
import { nameKeys, type NameKeys } from './name-keys.ts';
import type { EpisodeFacts, TitleFacts } from './title-facts.ts';

export interface CompiledTitle {
  readonly facts: TitleFacts;
  readonly keys: NameKeys;
  /** One of them is inside of every release that the title's name is in. */
  readonly needles: readonly string[];
  readonly keyCharsMax: number;
  /** Where it was made; empty when unknown. */
  readonly countries: ReadonlySet<string>;
  readonly episodes: EpisodeTables;
}

export interface EpisodeTables {
  /** Numbers of the last episodes, by season. */
  readonly lastOfSeason: ReadonlyMap<number, number>;
  /** Highest season; 0 when none is known. */
  readonly lastSeason: number;
  readonly byAbsolute: ReadonlyMap<number, EpisodeFacts>;
  /** By days since 1970. */
  readonly byDay: ReadonlyMap<number, readonly EpisodeFacts[]>;
  /** Days of release of each season's episodes, in their order; 0 when unknown. */
  readonly daysOfSeason: ReadonlyMap<number, readonly number[]>;
}

const DAY_MS = 86_400_000;

/** Once per title; some hundred microseconds. Never throws. */
export function compileTitle(facts: TitleFacts): CompiledTitle {
  const keys = nameKeys(facts);
  const all = [...keys.whole, ...keys.shorter, ...keys.seasons.keys()];
  return {
    facts,
    keys,
    needles: withoutLonger(all),
    keyCharsMax: Math.max(0, ...all.map(({ length }) => length)),
    countries: new Set([...keys.countries, ...countryCodes(facts.country ?? '')]),
    episodes: episodeTables(facts.episodes),
  };
}

/** Days since 1970 of an ISO date; 0 when it is none. */
export function dayOf(date: string): number {
  const time = date.length < 10 ? Number.NaN : Date.parse(`${date.slice(0, 10)}T00:00:00Z`);
  return Number.isNaN(time) ? 0 : Math.floor(time / DAY_MS);
}

export function yearOfDay(day: number): number {
  return new Date(day * DAY_MS).getUTCFullYear();
}

/** Only the shortest: a text that holds a longer one holds them, too. */
function withoutLonger(keys: readonly string[]): string[] {
  const kept: string[] = [];
  for (const key of [...new Set(keys)].toSorted((a, b) => a.length - b.length))
    if (!kept.some((shorter) => key.includes(shorter))) kept.push(key);
  return kept;
}

function episodeTables(episodes: readonly EpisodeFacts[]): EpisodeTables {
  const lastOfSeason = new Map<number, number>();
  const byAbsolute = new Map<number, EpisodeFacts>();
  const byDay = new Map<number, EpisodeFacts[]>();
  const daysOfSeason = new Map<number, number[]>();
  for (const facts of episodes) {
    const { season, episode, absolute } = facts;
    lastOfSeason.set(season, Math.max(episode, lastOfSeason.get(season) ?? 0));
    if (absolute > 0) byAbsolute.set(absolute, facts);
    const day = dayOf(facts.released);
    if (day !== 0) listOf(byDay, day).push(facts);
    listOf(daysOfSeason, season).push(day);
  }
  const lastSeason = Math.max(0, ...lastOfSeason.keys());
  return { lastOfSeason, lastSeason, byAbsolute, byDay, daysOfSeason };
}

function listOf<T>(lists: Map<number, T[]>, key: number): T[] {
  const list = lists.get(key) ?? [];
  lists.set(key, list);
  return list;
}
