/** Bytes of a file as pieces that end with a line, each with the number of its first one. */

export interface LineChunk {
  readonly bytes: Uint8Array;
  /** Of the first line; the file's is 1. */
  readonly firstLine: number;
  /** Where it ends in the file; of other sources a number that grows. */
  readonly endBytes: number;
}

const CHUNK_BYTES = 256 * 1024;
/** A line that is longer is cut: whoever reads it refuses what it sees. */
const LINE_BYTES_MAX = 8 * 2 ** 20;
const FEED = 0x0a;

/** At most a chunk and a line are in memory. Resolves at the end of the file. */
export async function* lineChunks(chunks: AsyncIterable<Uint8Array>): AsyncIterable<LineChunk> {
  let waiting: Uint8Array[] = [];
  let waitingBytes = 0;
  let firstLine = 1;
  let endBytes = 0;
  const take = (last: Uint8Array): LineChunk => {
    const bytes = Buffer.concat([...waiting, last]);
    waiting = [];
    waitingBytes = 0;
    endBytes += bytes.byteLength;
    const chunk = { bytes, firstLine, endBytes };
    firstLine += countFeeds(bytes);
    return chunk;
  };
  for await (const chunk of chunks) {
    const feed = chunk.lastIndexOf(FEED);
    const isFull = waitingBytes + chunk.byteLength >= CHUNK_BYTES;
    const isTooLong = waitingBytes + chunk.byteLength > LINE_BYTES_MAX;
    const rest = (feed !== -1 && isFull) || isTooLong ? feed + 1 || chunk.byteLength : 0;
    if (rest > 0) yield take(chunk.subarray(0, rest));
    if (rest < chunk.byteLength) waiting.push(chunk.subarray(rest));
    waitingBytes += chunk.byteLength - rest;
  }
  if (waitingBytes > 0) yield take(new Uint8Array());
}

function countFeeds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = bytes.indexOf(FEED); at !== -1; at = bytes.indexOf(FEED, at + 1)) count++;
  return count;
}
