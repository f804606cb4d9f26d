/** Which files of a pack are of the wanted series, where a pack holds several. */
import { compileTitle, type CompiledTitle } from '../title-match/compiled-title.ts';
import { matchRelease } from '../title-match/match.ts';
import type { RefusalReason } from '../title-match/reasons.ts';
import type { FileReading } from './file-reading.ts';
import type { ListedFile, WantedVideo } from './listed-file.ts';

interface SeriesVerdict {
  /** `unknown`: no name of the title, which may have more than are known. */
  readonly is: 'wanted' | 'unknown' | 'other';
  /** That the name stands for (`Show II`); undefined when it does not say. */
  readonly season: number | undefined;
}

const UNKNOWN_NAME: ReadonlySet<RefusalReason> = new Set([
  'unreadable',
  'no-name',
  'other-title',
  'longer-title',
  'unclear-title',
]);
const OTHER_SERIES: ReadonlySet<RefusalReason> = new Set(['other-year', 'other-country']);
const UNNAMED: SeriesVerdict = { is: 'wanted', season: undefined };

/**
 * Files of the wanted series, with the season that its name says where nothing else does. When no name fits, the torrent may use
 * one that is not known: then all of them, unless there are several series in it.
 */
export function ofWantedSeries<F extends ListedFile>(
  readings: readonly FileReading<F>[],
  wanted: WantedVideo,
): readonly FileReading<F>[] {
  const verdicts = verdictsOf(readings, wanted);
  const verdictFor = (name: string): SeriesVerdict => verdicts.get(name) ?? UNNAMED;
  const isAnyWanted = [...verdicts.values()].some((verdict) => verdict.is === 'wanted');
  if (!isAnyWanted && verdicts.size > 1 && areSeveralSeries(readings)) return [];
  const filesOfName = countNames(readings);
  return readings.flatMap((reading) => {
    const name = nameOf(reading);
    const verdict = verdictFor(name);
    const isOwnName = reading.isLoose && name !== '' && filesOfName.get(name) === 1;
    if (verdict.is !== 'wanted' && isOwnName && readings.length > 1)
      return [{ ...reading, episodes: [] }];
    if (verdict.is === 'other' || (verdict.is === 'unknown' && isAnyWanted)) return [];
    return [{ ...reading, season: reading.season ?? verdict.season }];
  });
}

function countNames(readings: readonly FileReading<ListedFile>[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const reading of readings) {
    const name = nameOf(reading);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

function nameOf({ series, seriesYear }: FileReading<ListedFile>): string {
  return seriesYear === 0 ? series : `${series} ${seriesYear}`;
}

function verdictsOf(
  readings: readonly FileReading<ListedFile>[],
  wanted: WantedVideo,
): ReadonlyMap<string, SeriesVerdict> {
  const title = compiledSeries(wanted);
  const verdicts = new Map<string, SeriesVerdict>();
  for (const reading of readings) {
    const name = nameOf(reading);
    if (name !== '' && !verdicts.has(name)) verdicts.set(name, verdictOf(title, reading));
  }
  return verdicts;
}

function compiledSeries({ names, year, isAnime }: WantedVideo): CompiledTitle {
  return compileTitle({
    type: 'series',
    imdbId: '',
    tmdbId: '',
    names,
    year,
    endYear: 0,
    isAnime,
    episodes: [],
  });
}

function verdictOf(title: CompiledTitle, reading: FileReading<ListedFile>): SeriesVerdict {
  // A year counts where an episode follows; a season in the name (`Show II`) where a bare number does.
  const marker = reading.seriesYear === 0 ? '- 01' : 'S01E01';
  const verdict = matchRelease(
    title,
    {
      name: `${nameOf(reading)} ${marker}`,
      sizeBytes: 0,
      imdbId: '',
      tmdbId: '',
      isVouchedFor: false,
    },
    { season: 0, episode: 0 },
  );
  if (!verdict.accepted) {
    const { reason } = verdict;
    const is = OTHER_SERIES.has(reason) ? 'other' : UNKNOWN_NAME.has(reason) ? 'unknown' : 'wanted';
    return { is, season: undefined };
  }
  const [first] = verdict.placements;
  const season = first !== undefined && first.season > 1 ? first.season : undefined;
  return { is: 'wanted', season };
}

/** Two names with the same episode are two series; one that was spelt anew each season has no such pair. */
function areSeveralSeries(readings: readonly FileReading<ListedFile>[]): boolean {
  const nameOfEpisode = new Map<string, string>();
  for (const reading of readings) {
    const { season = -1, episodes, series, isSpecial } = reading;
    if (isSpecial || series === '') continue;
    for (const episode of episodes) {
      const key = `${season}x${episode}`;
      const other = nameOfEpisode.get(key);
      if (other !== undefined && other !== series) return true;
      nameOfEpisode.set(key, series);
    }
  }
  return false;
}
