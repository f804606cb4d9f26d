/** What a source is, as ffprobe says, and how long that took. */
import { z } from 'zod';
import { HistogramSet } from '../../lib/metrics/histogram.ts';
import type { HistogramSpec, MetricFamily } from '../../lib/metrics/metric-family.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ScannedMedia } from '../../lib/transcode/ladder.ts';
import { runProgram } from './program.ts';

/** Seconds. */
const BOUNDS = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60];
const SCAN_TIMEOUT_MS = 60_000;

export const MEDIA_SCAN: HistogramSpec = {
  name: 'media_scan_duration_seconds',
  kind: 'histogram',
  bounds: BOUNDS,
  help: 'Time that the worker beside `serve` took to look at what a source is, before it is transcoded.',
  labels: ['outcome'],
};

/** The source cannot be read as media. */
export class UnreadableMedia extends Error {
  override readonly name = 'UnreadableMedia';
}

const answer = z.object({
  streams: z
    .array(
      z.object({
        codec_type: z.string().optional(),
        codec_name: z.string().default('unknown'),
        width: z.number().optional(),
        height: z.number().optional(),
        disposition: z.object({ attached_pic: z.number().optional() }).optional(),
      }),
    )
    .default([]),
  format: z
    .object({ duration: z.string().optional(), bit_rate: z.string().optional() })
    .default({}),
});

export class MediaScans {
  readonly #durations = new HistogramSet(BOUNDS, [['ok'], ['failed']]);

  get families(): readonly MetricFamily[] {
    return [{ ...MEDIA_SCAN, collect: () => this.#durations.samples() }];
  }

  /**
   * @param command ffprobe
   * @param options of the input, before it
   * @throws UnreadableMedia
   */
  async scan(
    command: readonly string[],
    input: string,
    options: readonly string[],
    signal: CancelSignal,
  ): Promise<ScannedMedia> {
    const startedAtMs = performance.now();
    let outcome = 'failed';
    try {
      const media = await scan(command, input, options, signal);
      outcome = 'ok';
      return media;
    } finally {
      this.#durations.of(outcome).observe((performance.now() - startedAtMs) / 1000);
    }
  }
}

async function scan(
  command: readonly string[],
  input: string,
  options: readonly string[],
  signal: CancelSignal,
): Promise<ScannedMedia> {
  const shown = ['-v', 'error', '-print_format', 'json', '-show_format', '-show_streams'];
  const { code, output, messages } = await runProgram([...command, ...shown, ...options, input], {
    signal,
    timeoutMs: SCAN_TIMEOUT_MS,
  });
  if (code !== 0)
    throw new UnreadableMedia(messages.split('\n').at(-1) || `ffprobe ended with ${String(code)}`);
  const { streams, format } = answer.parse(JSON.parse(output));
  const picture = streams.find(
    ({ codec_type, disposition }) => codec_type === 'video' && disposition?.attached_pic !== 1,
  );
  const sound = streams.find(({ codec_type }) => codec_type === 'audio');
  return {
    durationS: positive(format.duration),
    bitsPerSecond: positive(format.bit_rate),
    video:
      picture === undefined
        ? null
        : { codec: picture.codec_name, width: picture.width ?? 0, height: picture.height ?? 0 },
    audio: sound === undefined ? null : { codec: sound.codec_name },
  };
}

function positive(text: string | undefined): number | null {
  const number = Number(text);
  return number > 0 && Number.isFinite(number) ? number : null;
}
