/** Names that Real-Debrid refuses, whatever is in them: its filter of complaints reads words of file names (error 35). */
import type { HashedRows } from './contents-of-set.ts';

/** In lower case. */
const REFUSED = /webrip|bdrip|hdrip|dvdrip|bluray\.x264|hdtv\.x264|hdtv\.xvid|web\.x264|web\.h264/;

const known = new WeakMap<HashedRows, readonly boolean[]>();

/** By place in `hashes`; none where the service has no such filter. */
export function refusedByName(service: string, rows: HashedRows): readonly boolean[] {
  if (service !== 'realdebrid') return [];
  let refused = known.get(rows);
  if (refused === undefined) {
    refused = rows.names().map((name) => REFUSED.test(name));
    known.set(rows, refused);
  }
  return refused;
}
