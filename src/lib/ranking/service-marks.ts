/** What services have of a set's torrents and Usenet posts, and how these are paired with services. */
import { createHash } from 'node:crypto';

/** By row; numbers are their order in a list, best first. */
export const MARKS = { cached: 0, unknown: 1, notCached: 2 } as const;
export type MarkName = keyof typeof MARKS;
export type Mark = (typeof MARKS)[MarkName];

/** One byte a row; null: nothing is known of any row. */
export type RowMarks = Uint8Array;

/** By service, in the user's order. */
export type ServiceMarks = readonly (RowMarks | null)[];

/** The services that a user's torrents and Usenet posts are shown with. */
export interface RankedServices {
  /** By service: bits of the kinds that it plays (STREAM_KINDS). */
  readonly kinds: readonly number[];
  /** By service: what is not known to be cached is not shown. */
  readonly onlyCached: readonly boolean[];
  /** Each stream once, with the first service that has it, instead of once for each service. */
  readonly isMixed: boolean;
}

/** Torrents that players download by themselves. */
export const NO_RANKED_SERVICES: RankedServices = { kinds: [], onlyCached: [], isMixed: false };

/** In the numbers that a ranking shows: the row in the low 16 bits, above it the service from 1, or 0 for none. */
const SERVICE_STEP = 0x1_0000;

export function pairOf(row: number, service: number): number {
  return row + (service + 1) * SERVICE_STEP;
}

export function rowOfShown(shown: number): number {
  return shown & (SERVICE_STEP - 1);
}

/** -1 for a row that is shown without a service. */
export function serviceOfShown(shown: number): number {
  return (shown >>> 16) - 1;
}

export function markOf(marks: ServiceMarks | null, service: number, row: number): Mark {
  const mark = marks?.[service]?.[row];
  return mark === MARKS.cached || mark === MARKS.notCached ? mark : MARKS.unknown;
}

const KEY_OF_NOTHING = '-';
const keys = new WeakMap<RowMarks, string>();

/** Equal for marks that say the same of every row; up to 17 characters a service. */
export function marksKey(marks: ServiceMarks | null): string {
  if (marks === null) return KEY_OF_NOTHING;
  let key = '';
  for (const ofRows of marks) key += ofRows === null ? KEY_OF_NOTHING : `,${rowMarksKey(ofRows)}`;
  return key;
}

function rowMarksKey(marks: RowMarks): string {
  let key = keys.get(marks);
  if (key === undefined) {
    key = createHash('sha1').update(marks).digest('base64url').slice(0, 16);
    keys.set(marks, key);
  }
  return key;
}
