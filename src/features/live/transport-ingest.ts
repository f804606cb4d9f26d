/** One long body of MPEG-TS (`ffmpeg -f mpegts`): cut into segments that are stored and listed as if the encoder had. */
import { AppError } from '../../lib/errors.ts';
import {
  SegmentCutter,
  UncuttableStream,
  type CutSegment,
} from '../../lib/mpegts/segment-cutter.ts';
import type { LiveIngest, Sender } from './ingest.ts';

const TARGET_MS = 4000;

/**
 * Resolves with the number of segments, once the body has ended and they are stored.
 * @throws AppError as `LiveIngest.take`; what came before is kept
 */
export async function takeTransport(
  ingest: LiveIngest,
  sender: Sender,
  pieces: AsyncIterable<Buffer>,
  segmentBytesMax: number,
): Promise<number> {
  let sequence = await ingest.nextSequence(sender);
  const first = sequence;
  const cutter = new SegmentCutter({ targetMs: TARGET_MS, bytesMax: segmentBytesMax });
  const store = async (segment: CutSegment) => {
    const isDiscontinuity = sequence === first && first > 0;
    await ingest.takeCut(sender, { ...segment, sequence, isDiscontinuity });
    sequence += 1;
  };
  try {
    for await (const piece of pieces)
      for (const segment of cutter.push(piece)) await store(segment);
  } catch (error) {
    if (!(error instanceof UncuttableStream)) throw error;
    throw new AppError('live.bad-segment', error.message, { field: 'body' });
  }
  const last = cutter.end();
  if (last !== null) await store(last);
  return sequence - first;
}
