/**
 * Secrets of existing installs of other servers: read, never written. They are
 * not authenticated (AES-CBC), so whatever comes out of them is treated as what a stranger sends.
 */
import { Buffer } from 'node:buffer';
import { createDecipheriv, type KeyObject } from 'node:crypto';
import { inflateSync } from 'node:zlib';
import { isJsonObject, type JsonObject, type JsonValue } from '../json/json-value.ts';
import { CONFIG_BYTES_MAX } from '../user-config/user-config.ts';
import { badToken, incompleteToken } from './bad-token.ts';
import { TOKEN_CHARS_MAX } from './install-token.ts';
import type { KeyRing } from './key-ring.ts';

export const LEGACY_PREFIX = 'D-';
const IV_BYTES = 16;
const ALGORITHM = 'aes-256-cbc';

/** `D-…`: JSON, zlib, AES-256-CBC, base64url with or without padding. @throws AppError `config.bad-token` */
export function readLegacyToken(token: string, ring: KeyRing): JsonObject {
  if (token.length > TOKEN_CHARS_MAX)
    throw badToken(`it is longer than ${TOKEN_CHARS_MAX} characters`);
  const config = decrypt(token.slice(LEGACY_PREFIX.length), ring, (plain) =>
    inflateSync(plain, { maxOutputLength: CONFIG_BYTES_MAX }).toString(),
  );
  if (config === null) {
    const bytes = Buffer.from(token.slice(LEGACY_PREFIX.length), 'base64url');
    throw isWhole(bytes) ? badToken('it was changed, or made with another key') : incompleteToken();
  }
  return config;
}

/**
 * `user_profiles` of other servers: the settings with their secrets merged in.
 * @param encrypted JSON, AES-256-CBC, base64url; empty when there are none
 * @throws AppError `config.bad-token`
 */
export function mergeLegacySecrets(
  config: JsonObject,
  encrypted: string,
  ring: KeyRing,
): JsonObject {
  if (encrypted === '') return config;
  const secrets = decrypt(encrypted, ring, (plain) => plain.toString());
  if (secrets === null) throw badToken('its secrets were made with another key');
  return mergeObject(config, secrets);
}

function decrypt(text: string, ring: KeyRing, read: (plain: Buffer) => string): JsonObject | null {
  const encoded = text.replace(/={1,2}$/, '');
  if (!/^[\w-]+$/.test(encoded)) return null;
  const bytes = Buffer.from(encoded, 'base64url');
  for (const { legacy } of ring.keys) {
    const config = decryptWith(legacy, bytes, read);
    if (config !== null) return config;
  }
  return null;
}

/** Whether there is an IV and a whole number of cipher blocks. */
function isWhole({ length }: Buffer): boolean {
  return length > IV_BYTES && length % IV_BYTES === 0;
}

/** A wrong key shows as padding, zlib data or JSON that makes no sense. */
function decryptWith(
  key: KeyObject,
  bytes: Buffer,
  read: (plain: Buffer) => string,
): JsonObject | null {
  if (!isWhole(bytes)) return null;
  try {
    const decipher = createDecipheriv(ALGORITHM, key, bytes.subarray(0, IV_BYTES));
    const plain = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES)), decipher.final()]);
    const config = JSON.parse(read(plain)) as JsonValue;
    return isJsonObject(config) ? config : null;
  } catch {
    return null;
  }
}

/** Secrets lie in objects and lists of the same shape; entries of a list name their place with `_index`. */
function mergeObject(config: JsonObject, secrets: JsonObject): JsonObject {
  const result: Record<string, JsonValue> = { ...config };
  for (const [key, secret] of Object.entries(secrets)) {
    if (key === '__proto__' || key === '_index') continue;
    const value = result[key];
    if (isJsonObject(secret) && isJsonObject(value)) result[key] = mergeObject(value, secret);
    else if (isList(secret) && isList(value)) result[key] = mergeList(value, secret);
    else if (value === undefined || value === null || value === '') result[key] = secret;
  }
  return result;
}

function mergeList(values: readonly JsonValue[], secrets: readonly JsonValue[]): JsonValue[] {
  const result = [...values];
  for (const secret of secrets) {
    if (!isJsonObject(secret)) continue;
    const index = typeof secret['_index'] === 'number' ? secret['_index'] : -1;
    const value = result[index];
    if (isJsonObject(value)) result[index] = mergeObject(value, secret);
  }
  return result;
}

function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}
