/** A JSON answer from finished bytes. */
import { Representation } from './representation.ts';
import type { Reply } from './route.ts';

const CONTENT_TYPE = 'application/json; charset=utf-8';

/**
 * 200 with these bytes; compressible.
 * @param version names the bytes (`RepresentationOptions.version`)
 * @param onWritten `RepresentationOptions.onWritten`
 */
export function jsonReply(body: Uint8Array, cacheControl: string, version?: string, onWritten?: () => void): Reply {
  // Not by spreading a constant: Node 20 gives each such object a hidden class of its own (`--log-ic`).
  const options = { contentType: CONTENT_TYPE, cacheControl, compressible: true, version, onWritten };
  return { status: 200, representation: new Representation(body, options) };
}
