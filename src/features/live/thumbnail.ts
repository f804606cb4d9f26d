/** The picture of a recording: one from its middle, made by ffmpeg beside the segments. */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { runProgram } from '../../platform/ffmpeg/program.ts';
import { JobRefused } from '../../platform/jobs/definition.ts';
import type { LiveRecordings } from './contract.ts';
import type { SegmentStore } from './segment-store.ts';

export interface ThumbnailParts {
  readonly recordings: LiveRecordings;
  readonly files: SegmentStore;
  /** A file, or a name that is looked for in `PATH`. */
  readonly ffmpeg: string;
  readonly nice: number;
}

export const THUMBNAIL = 'poster.jpg';
const TIMEOUT_MS = 60_000;
const WIDTH = 640;
/** Nothing that a segment names is fetched. */
const PROTOCOLS = 'concat,file,http,https,tcp,tls';

export class ThumbnailMaker {
  readonly #parts: ThumbnailParts;

  constructor(parts: ThumbnailParts) {
    this.#parts = parts;
  }

  /** False when there is nothing to be pictured. @throws JobRefused where ffmpeg makes none of it */
  async make(streamId: string, signal: CancelSignal): Promise<boolean> {
    const { recordings, files } = this.#parts;
    const recorded = await recordings.recorded(streamId, signal);
    const media = recorded?.playlists.find(({ text }) => text.includes('#EXTINF'));
    if (recorded === null || media === undefined) return false;
    const input = pieceOf(media.text).map((name) => recorded.placeOf(name));
    const folder = await mkdtemp(join(tmpdir(), 'sluice-picture-'));
    try {
      const picture = join(folder, THUMBNAIL);
      await this.#draw(input, picture, signal);
      await files.write(streamId, THUMBNAIL, await readFile(picture), signal);
      return true;
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  }

  /** @throws JobRefused */
  async #draw(input: readonly string[], picture: string, signal: CancelSignal): Promise<void> {
    const { ffmpeg, nice } = this.#parts;
    // Segments of MP4 need what stands before them all; bytes one behind the other are one file.
    const source = ['-protocol_whitelist', PROTOCOLS, '-i', `concat:${input.join('|')}`];
    const made = ['-vf', `scale=${WIDTH}:-2`, '-q:v', '4', '-f', 'image2', '-update', '1'];
    const command = [
      ffmpeg,
      '-nostdin',
      '-loglevel',
      'error',
      '-y',
      ...source,
      '-frames:v',
      '1',
      ...made,
    ];
    const { code, messages } = await runProgram([...command, picture], {
      signal,
      timeoutMs: TIMEOUT_MS,
      nice,
    });
    if (code !== 0) throw new JobRefused(`ffmpeg makes no picture of it: ${messages}`);
  }
}

/** The segment in the middle, with what has to stand before it. */
function pieceOf(playlist: string): readonly string[] {
  const names = playlist.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const middle = names[Math.floor(names.length / 2)] ?? '';
  const [, map] = /#EXT-X-MAP:URI="([^"]+)"/.exec(playlist) ?? [];
  return map === undefined ? [middle] : [map, middle];
}
