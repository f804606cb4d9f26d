/**
 * Response header lines. Native calls are the cost of a header (0.35 µs each), so everything that does
 * not change from request to request is joined into one value per variant, once. Whatever reaches a
 * header passes `sanitizeHeaderValue`: uWebSockets.js itself lets CR and LF through.
 */
import type { Encoding, HeaderBlock, Representation, Variant } from './representation.ts';

/** The first line of every block; its name is what `writeHeader` is called with. */
export const BLOCK_NAME = Buffer.from('Access-Control-Allow-Origin');
const EXPOSED =
  'ETag, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After, Server-Timing, X-Process-Time, X-Request-Id';
const COMMON = [
  '*',
  `Access-Control-Expose-Headers: ${EXPOSED}`,
  'X-Content-Type-Options: nosniff',
];

const UNSAFE_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/g;
const TOKEN = /^[\w!#$%&'*+.^`|~-]+$/;

/** The value without CR, LF, NUL and other control characters; characters beyond Latin-1 become `?`. */
export function sanitizeHeaderValue(value: string): string {
  return value.replace(UNSAFE_IN_VALUE, (char) => (char > '\xff' ? '?' : ''));
}

/** Whether this may be a header name (RFC 9110 section 5.6.2). */
export function isHeaderName(name: string): boolean {
  return TOKEN.test(name);
}

/** The block of one variant, joined on first use and kept with it. */
export function headerBlock(
  representation: Representation,
  variant: Variant,
  encoding: Encoding,
): HeaderBlock {
  variant.block ??= buildBlock(representation, variant, encoding);
  return variant.block;
}

function buildBlock(
  representation: Representation,
  variant: Variant,
  encoding: Encoding,
): HeaderBlock {
  const { contentType, cacheControl, compressible } = representation;
  const key = `${contentType} ${cacheControl} ${compressible} ${encoding}`;
  let lines = constantLines.get(key);
  if (lines === undefined) {
    lines = buildConstantLines(contentType, cacheControl, compressible, encoding);
    if (constantLines.size < CONSTANT_LINES_MAX) constantLines.set(key, lines);
  }
  const etag = `\r\nETag: ${variant.etag}`;
  return {
    full: Buffer.from(lines.full + etag, 'latin1'),
    notModified: Buffer.from(lines.notModified + etag, 'latin1'),
  };
}

/** All lines but the ETag are the same for many bodies; joining them costs 5 µs. There are a dozen kinds. */
const CONSTANT_LINES_MAX = 200;
const constantLines = new Map<string, { readonly full: string; readonly notModified: string }>();

function buildConstantLines(
  contentType: string,
  cacheControl: string,
  compressible: boolean,
  encoding: Encoding,
) {
  const caching = [
    `Cache-Control: ${cacheControl}`,
    ...(compressible ? ['Vary: Accept-Encoding'] : []),
  ];
  const content = [
    `Content-Type: ${contentType}`,
    ...(encoding === 'identity' ? [] : [`Content-Encoding: ${encoding}`]),
  ];
  const join = (lines: readonly string[]) => lines.map(sanitizeHeaderValue).join('\r\n');
  return {
    full: join([...COMMON, ...content, ...caching]),
    notModified: join([...COMMON, ...caching]),
  };
}

/** A block for an answer without a `Representation` (errors, redirects, preflight). */
export function plainBlock(lines: readonly string[]): Buffer {
  return joinLines([...COMMON, ...lines]);
}

function joinLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map(sanitizeHeaderValue).join('\r\n'), 'latin1');
}
