/**
 * Response header lines. Native calls are the cost of a header (0.35 µs each), so everything that does
 * not change from request to request is joined into one value per variant, once. Whatever reaches a
 * header passes `sanitizeHeaderValue`: uWebSockets.js itself lets CR and LF through.
 */
import type { Encoding, HeaderBlock, Representation, Variant } from './representation.ts';

/** The first line of every block; its name is what `writeHeader` is called with. */
export const BLOCK_NAME = Buffer.from('Access-Control-Allow-Origin');
const EXPOSED = 'ETag, Retry-After, Server-Timing, X-Process-Time, X-Request-Id';
const COMMON = ['*', `Access-Control-Expose-Headers: ${EXPOSED}`, 'X-Content-Type-Options: nosniff'];

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
export function headerBlock(representation: Representation, variant: Variant, encoding: Encoding): HeaderBlock {
  variant.block ??= buildBlock(representation, variant, encoding);
  return variant.block;
}

function buildBlock(representation: Representation, variant: Variant, encoding: Encoding): HeaderBlock {
  const validators = [`Cache-Control: ${representation.cacheControl}`, `ETag: ${variant.etag}`];
  if (representation.compressible) validators.push('Vary: Accept-Encoding');
  const content = [`Content-Type: ${representation.contentType}`];
  if (encoding !== 'identity') content.push(`Content-Encoding: ${encoding}`);
  return {
    full: joinLines([...COMMON, ...content, ...validators]),
    notModified: joinLines([...COMMON, ...validators]),
  };
}

/** A block for an answer without a `Representation` (errors, redirects, preflight). */
export function plainBlock(lines: readonly string[]): Buffer {
  return joinLines([...COMMON, ...lines]);
}

function joinLines(lines: readonly string[]): Buffer {
  return Buffer.from(lines.map(sanitizeHeaderValue).join('\r\n'), 'latin1');
}
