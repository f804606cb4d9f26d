/** One range of bytes of an answer (RFC 9110 section 14), as players ask for it. */
import { Representation } from './representation.ts';
import type { Reply, Request } from './route.ts';

/** What a route must read of the request for `rangeReply`. */
export const RANGE_HEADERS: readonly string[] = ['range', 'if-range', 'if-none-match'];

/**
 * What the request names of something that is too long to be held: null for the whole of it. A range that holds nothing has its
 * end before its start.
 */
export function boundsFor(request: Request, length: number, etag: string): Bounds | null {
  return isForWhole(request, etag) ? null : boundsOf(request.header('range'), length);
}

/** Several ranges, and units that are not bytes, are answered with everything, as they may be. */
const ONE_RANGE = /^bytes=(?:(\d{1,15})-(\d{0,15})|-(\d{1,15}))$/i;
const ACCEPT_RANGES = ['Accept-Ranges', 'bytes'];

export interface Bounds {
  readonly first: number;
  /** Before the first in a range that holds nothing. */
  readonly last: number;
}

/** The whole of `representation`, the range that the request names (206), or 416 where nothing is in it. */
export function rangeReply(request: Request, representation: Representation): Reply {
  const { bytes, etag } = representation.identity;
  const length = bytes.byteLength;
  const bounds = boundsFor(request, length, etag);
  if (bounds === null) return { status: 200, representation, headers: ACCEPT_RANGES };
  const { first, last } = bounds;
  if (first > last)
    return { status: 416, representation: null, headers: ['Content-Range', `bytes */${length}`] };
  const part = new Representation(bytes.subarray(first, last + 1), {
    contentType: representation.contentType,
    cacheControl: representation.cacheControl,
    compressible: false,
    version: etag.slice(1, -1),
  });
  const headers = [...ACCEPT_RANGES, 'Content-Range', `bytes ${first}-${last}/${length}`];
  return { status: 206, representation: part, headers };
}

/** Ranges are for GET, of the version that the client knows; a copy that it has is settled before. */
function isForWhole(request: Request, etag: string): boolean {
  const condition = request.header('if-range');
  return (
    request.method !== 'GET' ||
    request.header('if-none-match') !== '' ||
    (condition !== '' && condition !== etag)
  );
}

/** Null where there is no range, or none that makes sense. */
function boundsOf(header: string, length: number): Bounds | null {
  const [whole, first, last = '', fromEnd] = ONE_RANGE.exec(header) ?? [];
  if (whole === undefined) return null;
  if (first === undefined)
    return { first: Math.max(0, length - Number(fromEnd)), last: length - 1 };
  if (last === '') return { first: Number(first), last: length - 1 };
  return Number(last) < Number(first)
    ? null
    : { first: Number(first), last: Math.min(Number(last), length - 1) };
}
