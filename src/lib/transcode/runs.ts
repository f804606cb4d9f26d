/**
 * A transcode is made in one run of ffmpeg, or in several, when it was interrupted: each writes files of its own, and what
 * players see is the complete segments of all of them, one run behind the other.
 */

interface RunSegment {
  readonly name: string;
  readonly durationS: number;
}

/** A run that ended before its time, and what counts of it. */
export interface EndedRun {
  /** Segments by rendition. */
  readonly counts: Readonly<Record<string, number>>;
  /** How much of the source it made. */
  readonly durationS: number;
}

/** Plain names, all in one folder. */
export function fileNames(rung: string, run: number) {
  const stem = `${rung}_${run}`;
  return { playlist: `${stem}.m3u8`, init: `${stem}_init.mp4`, segment: `${stem}_%05d.m4s` };
}

/** The segments that a run's playlist lists; one that is being written is not among them. */
export function readRun(playlist: string): readonly RunSegment[] {
  const segments: RunSegment[] = [];
  let durationS = -1;
  for (const line of playlist.split('\n')) {
    if (line.startsWith('#EXTINF:')) durationS = Number.parseFloat(line.slice('#EXTINF:'.length));
    else if (line !== '' && !line.startsWith('#') && durationS >= 0) {
      segments.push({ name: line.slice(line.lastIndexOf('/') + 1), durationS });
      durationS = -1;
    }
  }
  return segments;
}

const NEAR_S = 0.05;

/**
 * What counts of a run that ended before its time. Renditions end at different places: all go on where the first of them
 * ended, and what others have beyond it is made again.
 * @param playlists of the run, by rendition
 */
export function endRun(playlists: Readonly<Record<string, string>>): EndedRun {
  const complete = Object.entries(playlists).map(
    ([rung, text]) => [rung, readRun(text).map(({ durationS }) => durationS)] as const,
  );
  const reachedS = Math.min(...complete.map(([, durations]) => sum(durations)));
  const kept = complete.map(([rung, durations]) => [rung, upTo(durations, reachedS)] as const);
  return {
    counts: Object.fromEntries(kept.map(([rung, durations]) => [rung, durations.length])),
    durationS: complete.length === 0 ? 0 : Math.min(...kept.map(([, durations]) => sum(durations))),
  };
}

function sum(durations: readonly number[]): number {
  return durations.reduce((all, one) => all + one, 0);
}

function upTo(durations: readonly number[], endS: number): readonly number[] {
  let reachedS = 0;
  const beyond = durations.findIndex((durationS) => {
    reachedS += durationS;
    return reachedS > endS + NEAR_S;
  });
  return beyond === -1 ? durations : durations.slice(0, beyond);
}

/**
 * What players get of one rendition; null while there is no segment.
 * @param playlists of all its runs, in their order
 * @param ended of all of them but the last
 */
export function joinRuns(
  rung: string,
  playlists: readonly string[],
  ended: readonly EndedRun[],
  isDone: boolean,
): string | null {
  const body: string[] = [];
  let longestS = 1;
  for (const [run, text] of playlists.entries()) {
    const segments = readRun(text).slice(0, ended[run]?.counts[rung]);
    if (segments.length === 0) continue;
    if (body.length > 0) body.push('#EXT-X-DISCONTINUITY');
    body.push(`#EXT-X-MAP:URI="${fileNames(rung, run).init}"`);
    for (const { name, durationS } of segments) {
      body.push(`#EXTINF:${durationS.toFixed(6)},`, name);
      longestS = Math.max(longestS, durationS);
    }
  }
  if (body.length === 0) return null;
  const head = [
    '#EXTM3U',
    '#EXT-X-VERSION:7',
    `#EXT-X-TARGETDURATION:${Math.ceil(longestS)}`,
    '#EXT-X-MEDIA-SEQUENCE:0',
    `#EXT-X-PLAYLIST-TYPE:${isDone ? 'VOD' : 'EVENT'}`,
    '#EXT-X-INDEPENDENT-SEGMENTS',
  ];
  return `${[...head, ...body, ...(isDone ? ['#EXT-X-ENDLIST'] : [])].join('\n')}\n`;
}
