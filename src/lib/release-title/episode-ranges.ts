/**
 * Ranges and lists of episodes that name the season each time (`S01E01-S01E03`, `1x01.1x02`), which the library reads
 * as their first episode. Episodes across seasons cannot be numbered without knowing how many each season has, so only
 * the seasons stay (`S03E01-S04E02`).
 */

const JOINT = '[ ._]{0,2}(?:[-–~+&]|to|and|bis|a)?[ ._]{0,2}';
const RUN = new RegExp(
  `(?<![A-Za-z\\d])(?:s\\d{1,4}[ ._]?e\\d{1,4}(?:${JOINT}(?:s\\d{1,4}[ ._]?e|e)\\d{1,4})+|` +
    `\\d{1,2}x\\d{1,3}(?:${JOINT}(?:\\d{1,2}x|x)\\d{1,3})+)(?![A-Za-z\\d])`,
  'i',
);
const MARKER = /(?:(?:s(\d{1,4})[ ._]?)?e|(\d{1,2})?x)(\d{1,4})/gi;
const RANGE_JOINT = /[-–~]|(?<![a-z])(?:to|bis|a)(?![a-z])/i;
/** A longer range is a mistake of whoever wrote it. */
const EPISODES_MAX = 500;

/** Of the lower-case form. */
const HINT = /[ex]\d{1,4}\D{0,8}(?:s\d|[ex]\d|\d{1,2}x\d)/;

export interface WrittenRange {
  /** The title with the first episode alone, or with the seasons. */
  readonly title: string;
  /** Ascending; empty when several seasons share the range. */
  readonly episodes: readonly number[];
}

/** Undefined when the title holds no such range. @param lower its lower-case form */
export function writtenRangeOf(title: string, lower: string): WrittenRange | undefined {
  if (!HINT.test(lower)) return undefined;
  const [run] = RUN.exec(title) ?? [];
  if (run === undefined) return undefined;
  const markers = [...run.matchAll(MARKER)].map(markerOf);
  const [first, second] = markers;
  if (first?.season === undefined || second === undefined) return undefined;
  const seasons = markers.flatMap(({ season }) => season ?? []);
  const lowest = Math.min(...seasons);
  const highest = Math.max(...seasons);
  if (lowest !== highest)
    return { title: title.replace(run, `S${padded(lowest)}-S${padded(highest)}`), episodes: [] };
  const isRange = markers.length === 2 && RANGE_JOINT.test(run.slice(first.end, second.from));
  return {
    title: title.replace(run, run.slice(0, first.end)),
    episodes: isRange ? rangeOf(first, second) : listOf(markers),
  };
}

interface Marker {
  /** Undefined: that of the one before. */
  readonly season: number | undefined;
  readonly episode: number;
  readonly from: number;
  readonly end: number;
}

function markerOf(match: RegExpExecArray): Marker {
  const [text, seasonOfS, seasonOfX, episode] = match;
  const season = seasonOfS ?? seasonOfX;
  return {
    season: season === undefined ? undefined : Number(season),
    episode: Number(episode),
    from: match.index,
    end: match.index + text.length,
  };
}

/** A range that runs backwards, or too far, names its ends only. */
function rangeOf(first: Marker, last: Marker): readonly number[] {
  const length = last.episode - first.episode + 1;
  if (length < 1 || length > EPISODES_MAX) return listOf([first, last]);
  return Array.from({ length }, (_, index) => first.episode + index);
}

function listOf(markers: readonly Marker[]): readonly number[] {
  return [...new Set(markers.map(({ episode }) => episode))].toSorted((a, b) => a - b);
}

function padded(number: number): string {
  return String(number).padStart(2, '0');
}
