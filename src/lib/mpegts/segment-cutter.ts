/** Cuts a transport stream that comes in pieces into segments: each begins with its tables and a picture that needs no other. */
import { Buffer } from 'node:buffer';
import { clockOf, packetKind, PACKET_BYTES, pidOf, programMapPid } from './packets.ts';

export interface CutSegment {
  readonly bytes: Buffer;
  readonly durationMs: number;
}

export interface SegmentCutterOptions {
  /** A segment ends at the first entry after so long. */
  readonly targetMs: number;
  /** Of a segment; one that has no end by then is an error. */
  readonly bytesMax: number;
}

/** What comes is no transport stream, or one without entries. */
export class UncuttableStream extends Error {
  override readonly name = 'UncuttableStream';
}

const TICKS_A_MS = 90;
const CLOCK_TICKS = 2 ** 33;
const LEAST_MS = 1;

export class SegmentCutter {
  readonly #options: SegmentCutterOptions;
  #rest: Buffer = Buffer.alloc(0);
  #parts: Buffer[] = [];
  #bytes = 0;
  /** The list of programmes, and the one that it names: in front of every segment. */
  #tables: readonly [list: Buffer | null, map: Buffer | null] = [null, null];
  #mapPid = -1;
  /** Null before the first entry: what comes earlier, no player can use. */
  #startedAt: number | null = null;
  #clock = 0;

  constructor(options: SegmentCutterOptions) {
    this.#options = options;
  }

  /** @param piece is kept until its segment is cut @throws UncuttableStream */
  push(piece: Buffer): readonly CutSegment[] {
    const bytes = this.#rest.length === 0 ? piece : Buffer.concat([this.#rest, piece]);
    const end = bytes.length - (bytes.length % PACKET_BYTES);
    const cut: CutSegment[] = [];
    let from = this.#startedAt === null ? -1 : 0;
    for (let at = 0; at < end; at += PACKET_BYTES) {
      if (!this.#isEntry(bytes, at)) continue;
      if (this.#startedAt !== null && this.#elapsedMs < this.#options.targetMs) continue;
      if (this.#startedAt !== null) cut.push(this.#finish(bytes.subarray(from, at)));
      this.#begin();
      from = at;
    }
    if (from >= 0) this.#keep(bytes.subarray(from, end));
    this.#rest = bytes.subarray(end);
    if (this.#bytes > this.#options.bytesMax)
      throw new UncuttableStream(
        `no picture that a segment can begin with came within ${this.#options.bytesMax} bytes`,
      );
    return cut;
  }

  /** What is left, without a packet that is not whole; null when it is nothing. */
  end(): CutSegment | null {
    return this.#startedAt === null || this.#bytes === 0 ? null : this.#finish(Buffer.alloc(0));
  }

  get #elapsedMs(): number {
    const ticks = (this.#clock - (this.#startedAt ?? 0) + CLOCK_TICKS) % CLOCK_TICKS;
    return Math.max(LEAST_MS, Math.round(ticks / TICKS_A_MS));
  }

  /** Whether a segment may begin with this packet; notes tables and the clock. */
  #isEntry(bytes: Buffer, at: number): boolean {
    const kind = packetKind(bytes, at);
    if (kind === 'lost')
      throw new UncuttableStream('expected packets of MPEG-TS, one after the other');
    if (kind === 'table') {
      this.#mapPid = programMapPid(bytes, at) ?? this.#mapPid;
      this.#tables = [copy(bytes, at), this.#tables[1]];
    } else if (pidOf(bytes, at) === this.#mapPid) {
      this.#tables = [this.#tables[0], copy(bytes, at)];
    }
    const clock = clockOf(bytes, at);
    if (clock !== null) this.#clock = clock;
    return kind === 'entry' && !this.#tables.includes(null);
  }

  #begin(): void {
    this.#startedAt = this.#clock;
    this.#parts = [];
    this.#bytes = 0;
    for (const table of this.#tables) if (table !== null) this.#keep(table);
  }

  #finish(last: Buffer): CutSegment {
    this.#keep(last);
    return { bytes: Buffer.concat(this.#parts, this.#bytes), durationMs: this.#elapsedMs };
  }

  #keep(part: Buffer): void {
    if (part.length === 0) return;
    this.#parts.push(part);
    this.#bytes += part.length;
  }
}

function copy(bytes: Buffer, at: number): Buffer {
  return Buffer.from(bytes.subarray(at, at + PACKET_BYTES));
}
