/**
 * `S-…`: a whole configuration in an install URL, sealed. Version byte, then what `KeyRing.seal` makes of:
 * one byte with the dictionary's version (bit 7: the rest is deflated), then `compact.ts`.
 */
import { Buffer } from 'node:buffer';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { AppError } from '../errors.ts';
import { isJsonObject, type JsonObject } from '../json/json-value.ts';
import { badToken, incompleteToken } from './bad-token.ts';
import { decodeCompact, encodeCompact } from './compact.ts';
import { DICTIONARY_VERSION } from './dictionary.ts';
import { SEAL_BYTES, type KeyRing } from './key-ring.ts';

export const TOKEN_PREFIX = 'S-';
/** Longer ones do not fit the head of a request beside everything else (16 KB, and proxies' 8 KB). */
export const TOKEN_CHARS_MAX = 4096;

const VERSION = 1;
/** Higher first bytes are no version that will ever be: the beginning of the token is not there. */
const VERSION_MAX = 15;
/** Version, seal, dictionary version and the smallest document. */
const BYTES_MIN = 1 + SEAL_BYTES + 2;
/** Authenticated with the content: a sealed profile is no token. */
const CONTEXT = 'token 1';
const DEFLATED = 0x80;
/**
 * Templates deflate well, lists of codes do not. Inflating costs 5 µs once, the characters travel with every request:
 * on a line of 10 Mbit/s it pays from 250 bytes on (native-bench/install-token.bench.ts). Typical tokens stay plain.
 */
export const DEFLATE_ABOVE_BYTES = 384;
const PLAIN_BYTES_MAX = 64 * 1024;

/** @throws AppError `config.too-large` when the token would not fit an address */
export function writeInstallToken(config: JsonObject, ring: KeyRing): string {
  const sealed = ring.seal(packConfig(config), CONTEXT);
  const token = TOKEN_PREFIX + Buffer.concat([Buffer.of(VERSION), sealed]).toString('base64url');
  if (token.length > TOKEN_CHARS_MAX) {
    throw new AppError(
      'config.too-large',
      `the install address would hold ${token.length} characters of settings: expected at most ${TOKEN_CHARS_MAX}; ` +
        'shorten the templates and lists, or store the settings as a profile',
    );
  }
  return token;
}

/** @throws AppError `config.bad-token` saying what is wrong with it */
export function readInstallToken(token: string, ring: KeyRing): JsonObject {
  if (token.length > TOKEN_CHARS_MAX)
    throw badToken(`it is longer than ${TOKEN_CHARS_MAX} characters`);
  const text = token.slice(TOKEN_PREFIX.length);
  if (!/^[\w-]+$/.test(text)) throw badToken('it holds characters that no token has');
  const bytes = Buffer.from(text, 'base64url');
  const version = bytes[0] ?? 0;
  // Base64 has no text of 4n + 1 characters.
  if (bytes.length < BYTES_MIN || text.length % 4 === 1 || version === 0 || version > VERSION_MAX)
    throw incompleteToken();
  if (version !== VERSION) throw badToken('it is of another version of this server');
  const sealed = bytes.subarray(1);
  const content = ring.open(sealed, CONTEXT);
  if (content !== null) return unpackConfig(content);
  throw ring.knows(sealed)
    ? badToken('it is incomplete, or was changed')
    : badToken('it was made with another key');
}

/** A configuration as bytes: what tokens and stored profiles seal. */
export function packConfig(config: JsonObject): Buffer {
  const plain = encodeCompact(config);
  if (plain.length > DEFLATE_ABOVE_BYTES) {
    const deflated = deflateRawSync(plain, { level: 9 });
    if (deflated.length < plain.length)
      return Buffer.concat([Buffer.of(DEFLATED | DICTIONARY_VERSION), deflated]);
  }
  return Buffer.concat([Buffer.of(DICTIONARY_VERSION), plain]);
}

/** @throws AppError `config.bad-token` */
export function unpackConfig(content: Buffer): JsonObject {
  const head = content[0] ?? 0;
  if ((head & ~DEFLATED) > DICTIONARY_VERSION)
    throw badToken('it was made by a newer version of this server');
  const body = content.subarray(1);
  try {
    const plain =
      (head & DEFLATED) === 0 ? body : inflateRawSync(body, { maxOutputLength: PLAIN_BYTES_MAX });
    const config = decodeCompact(plain);
    if (isJsonObject(config)) return config;
  } catch {
    // Sealed by us, so only a mistake of ours leads here.
  }
  throw badToken('its content cannot be read');
}
