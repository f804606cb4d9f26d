/** Where segments are: files of this machine, or objects of a store that several machines share. */
import type { Buffer } from 'node:buffer';
import type { CancelSignal } from '../../lib/async/cancel.ts';

export interface SegmentStore {
  /** Places are addresses, not files. */
  readonly isRemote: boolean;
  /** What ffmpeg reads; an address holds for a day, and is a secret. */
  placeOf(streamId: string, name: string): string;
  /**
   * Whole, or not at all.
   * @param streamId a UUID
   * @param name without separators; must not begin with a dot
   * @throws AppError `live.disk-full`, `storage.failed`
   */
  write(streamId: string, name: string, bytes: Buffer, signal: CancelSignal): Promise<void>;
  /** Null when there is no such segment. @throws AppError `storage.failed` */
  read(streamId: string, name: string, signal: CancelSignal): Promise<Buffer | null>;
  removeAll(streamId: string, signal: CancelSignal): Promise<void>;
}
