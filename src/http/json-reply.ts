/** A JSON answer from finished bytes. */
import { Representation } from './representation.ts';
import type { Reply } from './route.ts';

/** 200 with these bytes; compressible. */
export function jsonReply(body: Uint8Array, cacheControl: string): Reply {
  const contentType = 'application/json; charset=utf-8';
  return { status: 200, representation: new Representation(body, { contentType, cacheControl, compressible: true }) };
}
