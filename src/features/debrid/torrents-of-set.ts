/** The torrents of a StreamSet as services are asked for them: each once, in an order that does not depend on the set's. */
import { createHash } from 'node:crypto';
import { Buffer } from 'node:buffer';
import type { RowMarks } from '../../lib/ranking/service-marks.ts';
import { MARKS } from '../../lib/ranking/service-marks.ts';
import { INFOHASH_BYTES } from '../../lib/stream-set/layout.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import { STREAM_KINDS } from '../../lib/vocabulary.ts';

export interface TorrentsOfSet {
  /** Equal for equal torrents. */
  readonly key: string;
  /** Sorted; 40 lower-case hexadecimal digits each. */
  readonly infohashes: readonly string[];
  /** By row: its place in `infohashes`, or NO_PLACE. */
  readonly places: Uint16Array;
}

const TORRENT = STREAM_KINDS.indexOf('torrent');
const NO_PLACE = 0xffff;
/** Those with most seeders come first in a set. */
const ASKED_MAX = 500;

const known = new WeakMap<StreamSet, TorrentsOfSet>();

/** The same object for the same set. */
export function torrentsOf(set: StreamSet): TorrentsOfSet {
  let torrents = known.get(set);
  if (torrents === undefined) {
    torrents = readTorrents(set);
    known.set(set, torrents);
  }
  return torrents;
}

/** @param mark of each of `infohashes` */
export function marksByRow(
  { infohashes, places }: TorrentsOfSet,
  mark: (infohash: string, place: number) => number,
): RowMarks {
  const byPlace = infohashes.map(mark);
  return Uint8Array.from(places, (place) => byPlace[place] ?? MARKS.unknown);
}

function readTorrents(set: StreamSet): TorrentsOfSet {
  const { kind, infohash } = set.columns;
  const bytes = Buffer.from(infohash.buffer, infohash.byteOffset, infohash.byteLength);
  const byRow: string[] = [];
  const found = new Set<string>();
  for (let row = 0; row < set.rowCount && found.size < ASKED_MAX; row++) {
    if (kind[row] !== TORRENT) continue;
    const from = row * INFOHASH_BYTES;
    byRow[row] = bytes.toString('hex', from, from + INFOHASH_BYTES);
    found.add(byRow[row] ?? '');
  }
  const infohashes = [...found].toSorted();
  const placeOf = new Map(infohashes.map((hash, place) => [hash, place]));
  const places = new Uint16Array(set.rowCount).fill(NO_PLACE);
  byRow.forEach((hash, row) => {
    places[row] = placeOf.get(hash) ?? NO_PLACE;
  });
  const key = createHash('sha1').update(infohashes.join('')).digest('base64url').slice(0, 16);
  return { key, infohashes, places };
}
