/** `Accept-Encoding` (RFC 9110 section 12.5.3) → the codings to try, best first. */
import type { Encoding } from './representation.ts';

export type Compression = Exclude<Encoding, 'identity'>;

/** What a client takes besides identity, best first; empty: identity only. */
export type Preference = readonly Compression[];

const NOTHING: Preference = [];
const GZIP: Preference = ['gzip'];
const BR: Preference = ['br'];
const BR_GZIP: Preference = ['br', 'gzip'];
const GZIP_BR: Preference = ['gzip', 'br'];

/** Header texts that were parsed before: browsers and players send a few dozen. Emptied when full. */
const KNOWN_MAX = 256;
/** A longer header is read as far as this; real ones have fewer than 60 characters. */
const HEADER_CHARS_MAX = 1024;
const QUALITY = /^(?:0(?:\.\d{0,3})?|1(?:\.0{0,3})?)$/;

export class AcceptEncodings {
  readonly #known = new Map<string, Preference>();

  preference(header: string): Preference {
    if (header === '') return NOTHING;
    const known = this.#known.get(header);
    if (known !== undefined) return known;
    const preference = parseAcceptEncoding(header);
    if (this.#known.size >= KNOWN_MAX) this.#known.clear();
    this.#known.set(header, preference);
    return preference;
  }
}

/**
 * Brotli before gzip where the client likes both alike; nothing that it likes less than identity. Identity is the last
 * resort even where it is forbidden: a body that a client may refuse is of more use than a 406.
 */
export function parseAcceptEncoding(header: string): Preference {
  const qualities = new Map<string, number>();
  for (const part of header.slice(0, HEADER_CHARS_MAX).split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim().toLowerCase());
    if (name !== '' && !qualities.has(name)) qualities.set(name, qualityOf(parameters));
  }
  const any = qualities.get('*') ?? 0;
  const gzip = qualities.get('gzip') ?? qualities.get('x-gzip') ?? any;
  const br = qualities.get('br') ?? any;
  // Identity that is not named is acceptable, below everything that is named.
  const identity = qualities.get('identity') ?? 0;
  return preferenceOf(br, gzip, identity);
}

function preferenceOf(br: number, gzip: number, identity: number): Preference {
  const useBr = br > 0 && br >= identity;
  const useGzip = gzip > 0 && gzip >= identity;
  if (useBr && useGzip) return br >= gzip ? BR_GZIP : GZIP_BR;
  if (useBr) return BR;
  return useGzip ? GZIP : NOTHING;
}

/** 1 without a `q`; 0 for a malformed one, so that it is not used. */
function qualityOf(parameters: readonly string[]): number {
  const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
  if (quality === undefined) return 1;
  return QUALITY.test(quality) ? Number(quality) : 0;
}
