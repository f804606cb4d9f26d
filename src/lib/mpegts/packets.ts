/** Packets of an MPEG transport stream (ISO/IEC 13818-1): where they begin, and where a player can begin. */

export const PACKET_BYTES = 188;
const SYNC = 0x47;
/** So many in a row are no accident. */
const SYNCS_NEEDED = 3;
const PAT_PID = 0;
const HAS_ADAPTATION = 0x20;
const RANDOM_ACCESS = 0x40;
const CLOCK = 0x10;

/** Where the first whole packet begins; -1 when nothing here looks like one. */
export function firstPacket(bytes: Uint8Array): number {
  const last = bytes.byteLength - (SYNCS_NEEDED - 1) * PACKET_BYTES;
  for (let at = 0; at < last; at++) if (isSynced(bytes, at)) return at;
  return -1;
}

function isSynced(bytes: Uint8Array, at: number): boolean {
  for (let count = 0; count < SYNCS_NEEDED; count++)
    if (bytes[at + count * PACKET_BYTES] !== SYNC) return false;
  return true;
}

export type PacketKind = 'lost' | 'table' | 'entry' | 'other';

/**
 * What the packet at `at` is: `table` begins the list of programmes, which players need first; `entry` a picture that needs no
 * other one before it; `lost` no packet.
 */
export function packetKind(bytes: Uint8Array, at: number): PacketKind {
  if (bytes[at] !== SYNC) return 'lost';
  const [high = 0, low = 0, control = 0] = [bytes[at + 1], bytes[at + 2], bytes[at + 3]];
  if ((((high & 0x1f) << 8) | low) === PAT_PID) return 'table';
  if ((control & HAS_ADAPTATION) === 0 || bytes[at + 4] === 0) return 'other';
  const flags = bytes[at + 5] ?? 0;
  // With the clock: sound says of every packet that one may begin there.
  return (flags & RANDOM_ACCESS) !== 0 && (flags & CLOCK) !== 0 ? 'entry' : 'other';
}
