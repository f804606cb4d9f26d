/** Live streams as other features see them. */
import type { CancelSignal } from '../../lib/async/cancel.ts';

/** `created`: nothing was sent yet, or it was stopped. `ended`: it is a recording. */
export type LiveStatus = 'created' | 'live' | 'ended';

export interface LiveStream {
  /** UUID, lower case. */
  readonly id: string;
  readonly title: string;
  /** Public name of the owner key: 32 hexadecimal digits. */
  readonly owner: string;
  readonly status: LiveStatus;
  /** ISO 8601, in microseconds. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly endedAt: string | null;
  /** Of stored segments. */
  readonly storedBytes: number;
}

/** What a recording is for ffmpeg. */
export interface Recorded {
  /** Segments have addresses, which are secrets; else they are files of whoever has `DATA_DIR`. */
  readonly isRemote: boolean;
  /** Where a segment is. */
  placeOf(name: string): string;
  /** Name of the playlist that leads to all others. */
  readonly entry: string;
  /** As players get them: names of segments without places. */
  readonly playlists: readonly { readonly name: string; readonly text: string }[];
}

export interface LiveRecordings {
  /** Null while it has not ended, or when it is gone. */
  recorded(id: string, signal: CancelSignal): Promise<Recorded | null>;
}

export interface LiveStreams {
  /** Null when there is no such stream, or it was deleted. @param id any text */
  find(id: string, signal: CancelSignal): Promise<LiveStream | null>;
  /** Whether `key` is the owner key of the stream; false when there is none. */
  isOwner(id: string, key: string, signal: CancelSignal): Promise<boolean>;
}
