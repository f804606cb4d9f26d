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
  if (pidOf(bytes, at) === PAT_PID) return 'table';
  const control = bytes[at + 3] ?? 0;
  if ((control & HAS_ADAPTATION) === 0 || bytes[at + 4] === 0) return 'other';
  const flags = bytes[at + 5] ?? 0;
  // With the clock: sound says of every packet that one may begin there.
  return (flags & RANDOM_ACCESS) !== 0 && (flags & CLOCK) !== 0 ? 'entry' : 'other';
}

/** Which stream within the transport stream the packet at `at` is of. */
export function pidOf(bytes: Uint8Array, at: number): number {
  return (((bytes[at + 1] ?? 0) & 0x1f) << 8) | (bytes[at + 2] ?? 0);
}

/** The clock (PCR) that the packet at `at` carries, in ticks of 90 kHz up to 2^33; null when it carries none. */
export function clockOf(bytes: Uint8Array, at: number): number | null {
  const [control = 0, length = 0, flags = 0] = [bytes[at + 3], bytes[at + 4], bytes[at + 5]];
  if ((control & HAS_ADAPTATION) === 0 || length < 7 || (flags & CLOCK) === 0) return null;
  const [a = 0, b = 0, c = 0, d = 0, e = 0] = bytes.subarray(at + 6, at + 11);
  return (a * 2 ** 24 + (b << 16) + (c << 8) + d) * 2 + (e >> 7);
}

/** Where the first programme of the list at `at` says what is in it; null where it names none. */
export function programMapPid(bytes: Uint8Array, at: number): number | null {
  // Head of the packet, the pointer, and the head of the table.
  const first = at + 5 + (bytes[at + 4] ?? 0) + 8;
  for (let entry = first; entry + 4 <= at + PACKET_BYTES - 4; entry += 4) {
    const [numberHigh = 0, numberLow = 0, high = 0, low = 0] = bytes.subarray(entry, entry + 4);
    if (numberHigh !== 0 || numberLow !== 0) return ((high & 0x1f) << 8) | low;
  }
  return null;
}
