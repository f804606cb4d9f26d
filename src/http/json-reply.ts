/** A JSON answer from finished bytes. */
import { Representation } from './representation.ts';
import type { Reply } from './route.ts';

const JSON_TYPE = { contentType: 'application/json; charset=utf-8', compressible: true } as const;

/** 200 with these bytes; compressible. @param version names the bytes (`RepresentationOptions.version`) */
export function jsonReply(body: Uint8Array, cacheControl: string, version?: string): Reply {
  const options = version === undefined ? { ...JSON_TYPE, cacheControl } : { ...JSON_TYPE, cacheControl, version };
  return { status: 200, representation: new Representation(body, options) };
}
