/**
 * The chat of one stream as one process shows it: the newest messages, in the order of their ids, each once. What other
 * processes stored arrives by a channel that may lose, double or reorder; the room's number (`sequence`) says when, and the
 * database then says what was missed.
 */
import { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { gapEvent, toldOf, type Told } from './events.ts';
import type { RoomState } from './store.ts';

/** What one commit added to a stream. */
export interface Batch {
  /** Number of the room before it, and with it. */
  readonly previous: number;
  readonly sequence: number;
  /** Ids ascending; null when they did not fit the channel. */
  readonly messages: readonly Told[] | null;
}

export interface RoomParts {
  readonly load: (afterId: number, limit: number, signal: CancelSignal) => Promise<RoomState>;
  /** To everybody who has joined, in this process. */
  readonly publish: (message: Uint8Array) => void;
  /** Ends with the feature. */
  readonly signal: CancelSignal;
  readonly onFailure: (error: unknown) => void;
}

/** What is kept for those who come back: as much as goes to a socket at once. */
const RECENT_MAX = 200;
const RECENT_BYTES_MAX = 64 * 1024;
/** More than anybody says while a channel is away for a moment; beyond it older ones are for the history alone. */
const CATCH_UP_MAX = 2000;

export class Room {
  /** Sockets that are here or about to be. */
  members = 0;
  slowModeS = 0;
  followersOnly = false;
  readonly #parts: RoomParts;
  #sequence = -1;
  #lastId = 0;
  /** Everything after it is in `#recent`. */
  #floorId = 0;
  #recent: Told[] = [];
  #recentBytes = 0;
  #catchingUp: Promise<void> | null = null;
  /** The number that was heard of, and is not reached yet. */
  #heardOf = 0;

  constructor(parts: RoomParts) {
    this.#parts = parts;
  }

  get lastId(): number {
    return this.#lastId;
  }

  /** What was said after it is held here. */
  get floorId(): number {
    return this.#floorId;
  }

  /** Resolves when the room holds what was said until the call. @throws what the database answered */
  async loaded(): Promise<void> {
    if (this.#sequence < 0) await this.#catchUp();
  }

  /** What was said after `id`; of what lies below the floor nothing. */
  after(id: number): readonly Told[] {
    return this.#recent.filter((told) => told.id > id);
  }

  deliver({ previous, sequence, messages }: Batch): void {
    if (this.#sequence >= 0 && sequence <= this.#sequence) return;
    if (this.#sequence < 0 || messages === null || previous > this.#sequence) {
      this.heardOf(sequence);
      return;
    }
    for (const told of messages) this.#tell(told);
    this.#sequence = sequence;
  }

  /** Somewhere the room has this number: what leads to it is fetched, unless it is here. */
  heardOf(sequence: number): void {
    if (sequence <= this.#sequence) return;
    this.#heardOf = Math.max(this.#heardOf, sequence);
    this.#catchUp().catch(this.#parts.onFailure);
  }

  /** One at a time; what is heard of meanwhile is fetched by another round. */
  #catchUp(): Promise<void> {
    this.#catchingUp ??= this.#fetchAll();
    return this.#catchingUp;
  }

  async #fetchAll(): Promise<void> {
    let heardOf = 0;
    try {
      do {
        heardOf = this.#heardOf;
        const limit = this.#sequence < 0 ? RECENT_MAX : CATCH_UP_MAX;
        this.#take(await this.#parts.load(this.#lastId, limit, this.#parts.signal), limit);
      } while (this.#heardOf > heardOf);
    } finally {
      // In the same turn as the last look: what is heard of now is fetched by a new round.
      this.#catchingUp = null;
    }
  }

  #take(state: RoomState, limit: number): void {
    this.slowModeS = state.slowModeS;
    this.followersOnly = state.followersOnly;
    const told = state.messages.map(toldOf);
    const isFirst = this.#sequence < 0;
    if (told.length === limit) this.#skipTo(told[0]?.id ?? 0, isFirst);
    for (const one of told) {
      if (isFirst) this.#keep(one);
      else this.#tell(one);
    }
    this.#sequence = Math.max(this.#sequence, state.sequence);
  }

  #tell(told: Told): void {
    if (told.id <= this.#lastId) return;
    this.#keep(told);
    this.#parts.publish(told.bytes);
  }

  #keep(told: Told): void {
    this.#lastId = told.id;
    this.#recent.push(told);
    this.#recentBytes += told.bytes.byteLength;
    while (this.#recent.length > RECENT_MAX || this.#recentBytes > RECENT_BYTES_MAX) {
      const oldest = this.#recent.shift();
      if (oldest === undefined) return;
      this.#recentBytes -= oldest.bytes.byteLength;
      this.#floorId = oldest.id;
    }
  }

  /** There is more between what is here and `id` than was fetched: it is in the history. */
  #skipTo(id: number, isFirst: boolean): void {
    if (!isFirst) this.#parts.publish(gapEvent(this.#lastId, id));
    this.#recent = [];
    this.#recentBytes = 0;
    this.#floorId = Math.max(this.#floorId, id - 1);
  }

  /** A message was taken away. */
  forget(id: number): void {
    const kept = this.#recent.filter((told) => told.id !== id);
    this.#recent = kept;
    this.#recentBytes = kept.reduce((sum, { bytes }) => sum + bytes.byteLength, 0);
  }
}

/** As it travels between processes. */
export interface WireBatch {
  readonly previous: number;
  readonly sequence: number;
  readonly messages: readonly (readonly [id: number, event: string])[] | null;
}

export function batchOf({ previous, sequence, messages }: WireBatch): Batch {
  const told = messages?.map(([id, event]) => ({ id, bytes: Buffer.from(event) })) ?? null;
  return { previous, sequence, messages: told };
}
