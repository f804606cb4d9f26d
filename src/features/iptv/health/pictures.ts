/** Still pictures of streams by ffmpeg, where it is installed: what an offline channel shows is one, the same on all of them. */
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import type { CancelSignal } from '../../../lib/async/cancel.ts';

const WIDTH = 16;
const HEIGHT = 9;
const FRAME_BYTES = WIDTH * HEIGHT;
/** Per point, of 255: less is noise of the encoder. */
const STILL_DIFFERENCE = 2;
const FRAMES_MIN = 3;
const TIMEOUT_MS = 5000;
const AT_A_TIME = 2;
const LEVELS = 16;
const ARGUMENTS = [
  '-v',
  'quiet',
  '-i',
  'pipe:0',
  '-an',
  '-vf',
  `fps=2,scale=${WIDTH}:${HEIGHT},format=gray`,
  '-frames:v',
  '8',
  '-f',
  'rawvideo',
  'pipe:1',
] as const;

export class Pictures {
  readonly #command: string;
  #running = 0;
  #isMissing = false;

  constructor(command: string) {
    this.#command = command;
  }

  /** Equal for equal pictures; empty for what moves, cannot be decoded, or comes while two others are decoded. */
  async still(bytes: Uint8Array, signal: CancelSignal): Promise<string> {
    if (this.#isMissing || this.#running >= AT_A_TIME) return '';
    this.#running++;
    try {
      const frames = await decoded(this.#command, bytes, signal);
      this.#isMissing = frames === null;
      return frames === null ? '' : stillOf(frames);
    } finally {
      this.#running--;
    }
  }
}

function stillOf(frames: Buffer): string {
  const count = Math.floor(frames.byteLength / FRAME_BYTES);
  if (count < FRAMES_MIN) return '';
  const first = frames.subarray(0, FRAME_BYTES);
  for (let at = 1; at < count; at++)
    if (
      difference(first, frames.subarray(at * FRAME_BYTES, (at + 1) * FRAME_BYTES)) >
      STILL_DIFFERENCE
    )
      return '';
  const coarse = first.map((point) => Math.round(point / LEVELS));
  return createHash('sha256').update(coarse).digest('base64url');
}

function difference(one: Uint8Array, other: Uint8Array): number {
  let sum = 0;
  for (let at = 0; at < FRAME_BYTES; at++) sum += Math.abs((one[at] ?? 0) - (other[at] ?? 0));
  return sum / FRAME_BYTES;
}

/** Null where the command is not installed. */
function decoded(command: string, bytes: Uint8Array, signal: CancelSignal): Promise<Buffer | null> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const child = spawn(command, ARGUMENTS, {
      stdio: ['pipe', 'pipe', 'ignore'],
      timeout: TIMEOUT_MS,
    });
    const stop = () => child.kill();
    signal.addEventListener('abort', stop, { once: true });
    const end = () => {
      signal.removeEventListener('abort', stop);
      resolve(Buffer.concat(pieces));
    };
    child.on('error', () => resolve(null)).on('close', end);
    child.stdout.on('data', (piece: Buffer) => pieces.push(piece));
    // It stops reading when it has seen enough.
    child.stdin.on('error', () => undefined).end(bytes);
  });
}
