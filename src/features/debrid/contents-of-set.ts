/**
 * The torrents and Usenet posts of a StreamSet as services are asked for them: each once, in an order that does not depend on
 * the set's. Hashes of 40 lower-case hexadecimal digits: infohashes, and those of posts' names.
 */
import { createHash } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { RowMarks } from '../../lib/ranking/service-marks.ts';
import { MARKS } from '../../lib/ranking/service-marks.ts';
import { INFOHASH_BYTES } from '../../lib/stream-set/layout.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';
import { postHash } from './post-key.ts';

export interface SetContents {
  readonly torrents: HashedRows;
  readonly posts: HashedRows;
}

/** Rows of one kind. */
export interface HashedRows {
  /** Equal for equal hashes. */
  readonly key: string;
  /** Sorted. */
  readonly hashes: readonly string[];
  /** By row: its place in `hashes`, or NO_PLACE. */
  readonly places: Uint16Array;
  /** By place in `hashes`: release and file name of one of its rows, in lower case. Read when it is asked for. */
  readonly names: () => readonly string[];
}

const TORRENT = STREAM_KINDS.indexOf('torrent');
const USENET = STREAM_KINDS.indexOf('usenet');
const NO_PLACE = 0xffff;
/** Of each kind: those with most seeders come first in a set. */
const ASKED_MAX = 500;

const known = new WeakMap<StreamSet, SetContents>();

/** The same object for the same set. */
export function contentsOf(set: StreamSet): SetContents {
  let contents = known.get(set);
  if (contents === undefined) {
    contents = {
      torrents: hashedRows(set, TORRENT, infohashes(set)),
      posts: hashedRows(set, USENET, (row) => postHash(set.name(row))),
    };
    known.set(set, contents);
  }
  return contents;
}

/** @param mark of each of `hashes` */
export function marksByRow(
  { hashes, places }: HashedRows,
  mark: (hash: string, place: number) => number,
): RowMarks {
  const byPlace = hashes.map(mark);
  return Uint8Array.from(places, (place) => byPlace[place] ?? MARKS.unknown);
}

function namesByPlace(set: StreamSet, places: Uint16Array, count: number): readonly string[] {
  const names = Array.from({ length: count }, () => '');
  places.forEach((place, row) => {
    if (place !== NO_PLACE) names[place] = `${set.name(row)} ${set.filename(row)}`.toLowerCase();
  });
  return names;
}

function infohashes(set: StreamSet): (row: number) => string {
  const { infohash } = set.columns;
  const bytes = Buffer.from(infohash.buffer, infohash.byteOffset, infohash.byteLength);
  return (row) => bytes.toString('hex', row * INFOHASH_BYTES, (row + 1) * INFOHASH_BYTES);
}

function hashedRows(set: StreamSet, kind: number, hashOf: (row: number) => string): HashedRows {
  const byRow: string[] = [];
  const found = new Set<string>();
  for (let row = 0; row < set.rowCount && found.size < ASKED_MAX; row++) {
    if (set.columns.kind[row] !== kind) continue;
    const hash = hashOf(row);
    byRow[row] = hash;
    found.add(hash);
  }
  const hashes = [...found].toSorted();
  const placeOf = new Map(hashes.map((hash, place) => [hash, place]));
  const places = new Uint16Array(set.rowCount).fill(NO_PLACE);
  byRow.forEach((hash, row) => {
    places[row] = placeOf.get(hash) ?? NO_PLACE;
  });
  const key = createHash('sha1').update(hashes.join('')).digest('base64url').slice(0, 16);
  return { key, hashes, places, names: () => namesByPlace(set, places, hashes.length) };
}
