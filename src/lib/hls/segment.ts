/** Whether bytes are a whole segment of what their name says: one that was cut off is not published. */
import type { Buffer } from 'node:buffer';

const PACKET_BYTES = 188;
const SYNC = 0x47;
const BOX_HEAD_BYTES = 8;
const BOX_TYPE = /^[\x20-\x7E\xA9]{4}$/;
const BOXES_MAX = 10_000;

/** Endings of segments that are taken. */
export const SEGMENT_TYPES: Readonly<Record<string, string>> = {
  ts: 'video/mp2t',
  m4s: 'video/iso.segment',
  mp4: 'video/mp4',
};

/** @param ending one of `SEGMENT_TYPES` */
export function isWholeSegment(bytes: Buffer, ending: string): boolean {
  return bytes.length > 0 && (ending === 'ts' ? isTransportStream(bytes) : isBoxes(bytes));
}

/** Whole packets, each with its first byte. */
function isTransportStream(bytes: Buffer): boolean {
  if (bytes.length % PACKET_BYTES !== 0) return false;
  for (let at = 0; at < bytes.length; at += PACKET_BYTES) if (bytes[at] !== SYNC) return false;
  return true;
}

/** Boxes of ISO BMFF up to the very end. */
function isBoxes(bytes: Buffer): boolean {
  let at = 0;
  for (let boxes = 0; at < bytes.length && boxes < BOXES_MAX; boxes += 1) {
    if (bytes.length - at < BOX_HEAD_BYTES) return false;
    if (!BOX_TYPE.test(bytes.toString('latin1', at + 4, at + BOX_HEAD_BYTES))) return false;
    const sizeBytes = boxBytes(bytes, at);
    if (sizeBytes < BOX_HEAD_BYTES) return false;
    at += sizeBytes;
  }
  return at === bytes.length;
}

/** A size of 1 says that it follows the type in eight bytes; 0 is for files that are still written. */
function boxBytes(bytes: Buffer, at: number): number {
  const size = bytes.readUInt32BE(at);
  if (size !== 1) return size;
  return bytes.length - at < 16 ? 0 : Number(bytes.readBigUInt64BE(at + 8));
}
