/** Hands the bytes of a task's output to the loop without a copy. */
import { move, transferableSymbol, valueSymbol } from 'piscina';

/**
 * Wraps an output so that Piscina moves its byte arrays instead of cloning them. Only top-level fields
 * are looked at: outputs are bytes and scalars, never graphs (`contract.ts`).
 */
export function movable(output: object): unknown {
  const buffers: ArrayBuffer[] = [];
  const value: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(output)) {
    if (!(field instanceof Uint8Array)) {
      value[name] = field;
      continue;
    }
    const bytes = ownBytes(field);
    buffers.push(bytes.buffer);
    value[name] = bytes;
  }
  return move({ [transferableSymbol]: buffers, [valueSymbol]: value });
}

/**
 * Bytes that own the whole of their memory. A `Buffer` is copied always: it may be a slice of Node's
 * shared pool or memory of a native library, and neither can be moved (a slice would drag its pool along).
 */
function ownBytes(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const whole = bytes.byteLength === bytes.buffer.byteLength && !Buffer.isBuffer(bytes);
  return whole && bytes.buffer instanceof ArrayBuffer
    ? (bytes as Uint8Array<ArrayBuffer>)
    : new Uint8Array(bytes);
}
