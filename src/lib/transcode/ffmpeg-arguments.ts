/** The command line that makes all renditions of a source in one pass: read once, HLS with fragmented MP4 out. */
import { fileNames } from './runs.ts';
import type { PlannedRung } from './ladder.ts';

/** An encoder of H.264 that this machine has, with what it needs around it. */
export interface VideoEncoder {
  /** As ffmpeg calls it: `libx264`. */
  readonly name: string;
  readonly isHardware: boolean;
  /** Before the input. */
  readonly device: readonly string[];
  /** Behind the scaling of the picture. */
  readonly filter: string;
  readonly options: readonly string[];
}

export interface TranscodeRun {
  /** What ffmpeg opens. */
  readonly input: string;
  /** Of the input, before it. */
  readonly inputOptions: readonly string[];
  /** Where in the source it begins. */
  readonly fromS: number;
  /** 0 at first; each one that goes on after an end counts one up. */
  readonly run: number;
  readonly folder: string;
  readonly rungs: readonly PlannedRung[];
  readonly encoder: VideoEncoder;
  /** Of each encoder, and of the decoder. */
  readonly threads: number;
}

/** Short, so that players begin soon. */
export const SEGMENT_S = 2;
const PROGRESS_EVERY_S = 0.5;

export function ffmpegArguments(run: TranscodeRun): readonly string[] {
  const threads = ['-threads', String(run.threads)];
  return [
    '-hide_banner',
    '-nostdin',
    '-y',
    '-loglevel',
    'error',
    '-progress',
    'pipe:1',
    '-stats_period',
    String(PROGRESS_EVERY_S),
    '-filter_threads',
    String(run.threads),
    ...run.encoder.device,
    ...threads,
    ...run.inputOptions,
    ...(run.fromS > 0 ? ['-ss', run.fromS.toFixed(3)] : []),
    '-i',
    run.input,
    ...run.rungs.flatMap((rung) => output(rung, run, threads)),
  ];
}

function output(rung: PlannedRung, run: TranscodeRun, threads: readonly string[]): string[] {
  const { playlist, init, segment } = fileNames(rung.name, run.run);
  return [
    ...video(rung, run.encoder),
    ...(rung.audio === 'none' ? ['-an'] : ['-map', '0:a:0', ...audio(rung)]),
    '-sn',
    '-dn',
    ...threads,
    '-max_muxing_queue_size',
    '1024',
    '-f',
    'hls',
    '-hls_time',
    String(SEGMENT_S),
    '-hls_playlist_type',
    'event',
    '-hls_segment_type',
    'fmp4',
    '-hls_flags',
    'temp_file+independent_segments',
    '-hls_fmp4_init_filename',
    init,
    '-hls_segment_filename',
    `${run.folder}/${segment}`,
    `${run.folder}/${playlist}`,
  ];
}

function video({ video: picture, videoKbps }: PlannedRung, encoder: VideoEncoder): string[] {
  if (picture === 'none') return ['-vn'];
  if (picture === 'copy') return ['-map', '0:v:0', '-c:v', 'copy'];
  const filters = [`scale=${picture.width}:${picture.height}`, encoder.filter];
  return [
    '-map',
    '0:v:0',
    '-vf',
    filters.join(','),
    '-c:v',
    encoder.name,
    ...encoder.options,
    '-b:v',
    `${videoKbps}k`,
    '-maxrate',
    `${Math.round(videoKbps * 1.2)}k`,
    '-bufsize',
    `${videoKbps * 2}k`,
    '-force_key_frames',
    `expr:gte(t,n_forced*${SEGMENT_S})`,
  ];
}

/** Sound in MPEG-TS has headers of its own, which MP4 has not: the filter takes over what has none. */
const COPIED_AUDIO = ['-c:a', 'copy', '-bsf:a', 'aac_adtstoasc'];

function audio({ audio: sound, audioKbps }: PlannedRung): readonly string[] {
  return sound === 'copy' ? COPIED_AUDIO : ['-c:a', 'aac', '-ac', '2', '-b:a', `${audioKbps}k`];
}
