/** Pairs of a release name and a title with the verdict that is right: `cases.jsonl`, and the titles that they name. */
import { readFileSync } from 'node:fs';
import { matchRelease, type Verdict } from '../../../../src/lib/title-match/match.ts';
import {
  compileTitle,
  type CompiledTitle,
} from '../../../../src/lib/title-match/compiled-title.ts';
import type { RefusalReason } from '../../../../src/lib/title-match/reasons.ts';
import {
  EVERY_SEASON,
  LAST_EPISODE,
  type EpisodeFacts,
  type Placement,
  type TitleFacts,
} from '../../../../src/lib/title-match/title-facts.ts';

export interface MatchCase {
  readonly release: string;
  /** Key of `titles.json`. */
  readonly title: string;
  /** `movie`, `S01E02`, `S01E02-E05`, `S01`, `all`. */
  readonly plays?: readonly string[];
  readonly refused?: RefusalReason;
  readonly vouched?: boolean;
  readonly asked?: string;
  readonly imdbId?: string;
  readonly tmdbId?: string;
  readonly sizeBytes?: number;
}

interface TitleRow extends Partial<Omit<TitleFacts, 'episodes'>> {
  readonly names: readonly string[];
  readonly type: TitleFacts['type'];
  readonly year: number;
  /** `12@2022-04-09+13@2022-10-01`: weekly episodes of a season from each date on. */
  readonly seasons?: readonly string[];
  /** Date, season and episode. */
  readonly daily?: readonly (readonly [string, number, number])[];
  /** How many. */
  readonly specials?: number;
}

// The compiled file is two folders below the root, `dist/test/…`.
const FOLDER = 'test/unit/lib/title-match';
const WEEK_MS = 7 * 86_400_000;

export function readCases(): MatchCase[] {
  return readFileSync(`${FOLDER}/cases.jsonl`, 'utf8')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as MatchCase);
}

export function readTitles(): ReadonlyMap<string, TitleFacts> {
  const rows = JSON.parse(readFileSync(`${FOLDER}/titles.json`, 'utf8')) as Record<
    string,
    TitleRow
  >;
  return new Map(Object.entries(rows).map(([key, row]) => [key, factsOf(row)]));
}

export function verdictOf(title: CompiledTitle, item: MatchCase): Verdict {
  const { season = 0, episodeFrom = 0 } = item.asked === undefined ? {} : placementOf(item.asked);
  return matchRelease(
    title,
    {
      name: item.release,
      sizeBytes: item.sizeBytes ?? 0,
      imdbId: item.imdbId ?? '',
      tmdbId: item.tmdbId ?? '',
      isVouchedFor: item.vouched ?? false,
    },
    { season, episode: episodeFrom },
  );
}

export function compiledTitles(): ReadonlyMap<string, CompiledTitle> {
  return new Map([...readTitles()].map(([key, facts]) => [key, compileTitle(facts)]));
}

export function placementOf(text: string): Placement {
  if (text === 'movie') return { season: 0, episodeFrom: 0, episodeTo: 0 };
  if (text === 'all') return { season: EVERY_SEASON, episodeFrom: 0, episodeTo: LAST_EPISODE };
  const [, season, from, to] = /^S(\d+)(?:E(\d+)(?:-E(\d+))?)?$/.exec(text) ?? [];
  if (season === undefined) throw new Error(`${text} is no placement`);
  if (from === undefined)
    return { season: Number(season), episodeFrom: 0, episodeTo: LAST_EPISODE };
  return { season: Number(season), episodeFrom: Number(from), episodeTo: Number(to ?? from) };
}

function factsOf({ seasons = [], daily = [], specials = 0, ...row }: TitleRow): TitleFacts {
  return {
    imdbId: '',
    tmdbId: '',
    endYear: 0,
    isAnime: false,
    ...row,
    episodes: [
      ...Array.from({ length: specials }, (_, at) => episode(0, at + 1, 0, '')),
      ...weekly(seasons),
      ...daily.map(([released, season, number]) => episode(season, number, 0, released)),
    ],
  };
}

function weekly(seasons: readonly string[]): EpisodeFacts[] {
  const episodes: EpisodeFacts[] = [];
  for (const [index, text] of seasons.entries()) {
    let number = 0;
    for (const part of text.split('+')) {
      const [length = '', date = ''] = part.split('@');
      for (let at = 0; at < Number(length); at++) {
        const released = new Date(Date.parse(date) + at * WEEK_MS).toISOString().slice(0, 10);
        episodes.push(episode(index + 1, ++number, episodes.length + 1, released));
      }
    }
  }
  return episodes;
}

function episode(season: number, number: number, absolute: number, released: string): EpisodeFacts {
  return { season, episode: number, absolute, released };
}
