/** A JSON answer from finished bytes. */
import { Representation, type RepresentationOptions } from './representation.ts';
import type { Reply } from './route.ts';

export type JsonReplyOptions = Pick<
  RepresentationOptions,
  'version' | 'isForFew' | 'gzip' | 'isGzipAtHand'
>;

const CONTENT_TYPE = 'application/json; charset=utf-8';
const DEFAULTS: JsonReplyOptions = {};

/** 200 with these bytes; compressible. */
export function jsonReply(
  body: Uint8Array,
  cacheControl: string,
  named: JsonReplyOptions = DEFAULTS,
): Reply {
  const { version, isForFew, gzip, isGzipAtHand } = named;
  // Not by spreading a constant: Node 20 gives each such object a hidden class of its own (`--log-ic`).
  const options = {
    contentType: CONTENT_TYPE,
    cacheControl,
    compressible: true,
    version,
    isForFew,
    gzip,
    isGzipAtHand,
  };
  return { status: 200, representation: new Representation(body, options) };
}
