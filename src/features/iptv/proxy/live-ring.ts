/**
 * The last seconds of one channel, shared by all who watch it: blocks of whole packets, never changed once they are there. Nobody
 * waits for a slow reader: what it has not taken in time is gone, and it goes on where the newest picture begins.
 */
import { NEVER_CANCELLED, type CancelSignal } from '../../../lib/async/cancel.ts';
import { orCancelled } from '../../../lib/async/wait.ts';
import { Latch } from '../../../lib/async/latch.ts';
import { firstPacket, packetKind, PACKET_BYTES } from '../../../lib/mpegts/packets.ts';

export interface LiveRingOptions {
  /** What is kept, in bytes; a block more at most. */
  readonly bytesMax: number;
  /** A reader was too slow, and skipped what it had not taken. */
  readonly onSkip: () => void;
}

/** Few blocks, as each costs every reader a write; 65 ms of 8 Mbit/s. */
const BLOCK_BYTES = 348 * PACKET_BYTES;
/** What a thin stream has is handed on after this time. */
const BLOCK_MS = 80;
/** So much without packets is something else: sound alone, for example. */
const UNSYNCED_BYTES_MAX = 16 * 1024;

interface Place {
  readonly block: number;
  readonly offset: number;
}

export class LiveRing {
  readonly #options: LiveRingOptions;
  readonly #blocks: Buffer[] = [];
  /** Number of the oldest block. */
  #first = 0;
  #bytes = 0;
  /** What is not a whole block yet. */
  #open = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #filled = 0;
  /** Up to where packets have been looked at. */
  #seen = 0;
  #framing: 'unknown' | 'packets' | 'none' = 'unknown';
  /** The last list of programmes, and the last one before a picture to begin with. */
  #table: Place | null = null;
  #entry: Place | null = null;
  #timer: NodeJS.Timeout | undefined;
  #next = new Latch<void>();
  #end: { readonly error: Error | null } | null = null;

  constructor(options: LiveRingOptions) {
    this.#options = options;
  }

  /** Takes the bytes over by copying them. */
  append(piece: Uint8Array): void {
    for (let from = 0; from < piece.byteLength;) {
      const taken = Math.min(piece.byteLength - from, BLOCK_BYTES - this.#filled);
      this.#open.set(piece.subarray(from, from + taken), this.#filled);
      this.#filled += taken;
      from += taken;
      this.#look();
      if (this.#filled === BLOCK_BYTES) this.#publish();
    }
    this.#timer ??= setTimeout(() => this.#publish(), BLOCK_MS);
  }

  /** What comes next is another stream: what is left of this one's last packet is dropped. */
  newSource(): void {
    this.#publish();
    this.#filled = this.#seen = 0;
    this.#framing = 'unknown';
    this.#table = null;
  }

  /** Readers get what is there, then the error, or the end where there is none. */
  end(error: Error | null): void {
    if (this.#end !== null) return;
    this.#publish();
    this.#end = { error };
    clearTimeout(this.#timer);
    this.#wake();
  }

  /** Whether there is anything to read. */
  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** From the newest picture on, for as long as the channel lasts. */
  async *read(signal: CancelSignal = NEVER_CANCELLED): AsyncGenerator<Buffer, void, undefined> {
    let at = this.#start();
    for (;;) {
      signal.throwIfAborted();
      if (at.block < this.#first) {
        at = this.#start();
        this.#options.onSkip();
      }
      const block = this.#blocks[at.block - this.#first];
      if (block !== undefined) {
        yield at.offset === 0 ? block : block.subarray(at.offset);
        at = { block: at.block + 1, offset: 0 };
      } else if (this.#end === null) {
        await orCancelled(this.#next.opened, signal);
      } else {
        if (this.#end.error !== null) throw this.#end.error;
        return;
      }
    }
  }

  #start(): Place {
    const newest = Math.max(this.#first, this.#first + this.#blocks.length - 1);
    const entry = this.#entry;
    return entry !== null && entry.block >= this.#first && entry.block <= newest
      ? entry
      : { block: newest, offset: 0 };
  }

  /** Finds where packets begin, and notes where players can. */
  #look(): void {
    if (this.#framing === 'unknown') this.#synchronise();
    if (this.#framing !== 'packets') return;
    const block = this.#first + this.#blocks.length;
    for (; this.#seen + PACKET_BYTES <= this.#filled; this.#seen += PACKET_BYTES) {
      const kind = packetKind(this.#open, this.#seen);
      if (kind === 'table') this.#table = { block, offset: this.#seen };
      else if (kind === 'entry') this.#entry = this.#table ?? { block, offset: this.#seen };
      else if (kind === 'lost') return this.#lose();
    }
  }

  #synchronise(): void {
    const start = firstPacket(this.#open.subarray(0, this.#filled));
    if (start > 0) {
      this.#open.copyWithin(0, start, this.#filled);
      this.#filled -= start;
    }
    if (start >= 0) this.#framing = 'packets';
    else if (this.#filled >= UNSYNCED_BYTES_MAX) this.#framing = 'none';
  }

  /** Between whole packets something else has come: it is left out. */
  #lose(): void {
    const rest = this.#open.subarray(this.#seen, this.#filled);
    const kept = Buffer.from(rest.subarray(1));
    this.#filled = this.#seen;
    this.#publish();
    this.#framing = 'unknown';
    this.#open.set(kept);
    this.#filled = kept.byteLength;
    this.#synchronise();
  }

  /** Whole packets of the open block go to the readers; the rest begins the next one. */
  #publish(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const whole =
      this.#framing === 'packets' ? this.#seen : this.#framing === 'none' ? this.#filled : 0;
    if (whole === 0 || this.#end !== null) return;
    const block = this.#open.subarray(0, whole);
    const rest = this.#open.subarray(whole, this.#filled);
    this.#open = Buffer.allocUnsafeSlow(BLOCK_BYTES);
    this.#open.set(rest);
    this.#filled = rest.byteLength;
    this.#seen = 0;
    // A thin block is not to hold the memory of a whole one.
    this.#blocks.push(whole * 2 < BLOCK_BYTES ? Buffer.from(block) : block);
    this.#bytes += whole;
    while (this.#bytes > this.#options.bytesMax && this.#blocks.length > 1) {
      this.#bytes -= this.#blocks.shift()?.byteLength ?? 0;
      this.#first++;
    }
    this.#wake();
  }

  #wake(): void {
    const woken = this.#next;
    this.#next = new Latch<void>();
    woken.open();
  }
}
