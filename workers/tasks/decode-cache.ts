/** Task `cache.decode`: inflates and verifies a compressed StreamSet blob away from the loop. */
import { inflateBlob } from '../../src/lib/stream-set/compression.ts';
import type { TaskHandler } from '../contract.ts';

/** The plain blob; an empty one for a blob that is corrupt or of an unknown version (a miss, not a failure). */
export const decodeCache: TaskHandler<'cache.decode'> = ({ blob }) => ({
  blob: inflateBlob(blob) ?? new Uint8Array(0),
});
