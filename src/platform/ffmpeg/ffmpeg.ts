/** What the ffmpeg of this machine can do: looked at once, encoders by letting each of them encode a picture. */
import { dirname, join } from 'node:path';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { VideoEncoder } from '../../lib/transcode/ffmpeg-arguments.ts';
import { ENCODERS } from './encoders.ts';
import { ProgramMissing, runProgram } from './program.ts';

export interface Ffmpeg {
  readonly version: string;
  /** Those that passed, the best first. */
  readonly encoders: readonly VideoEncoder[];
  /** Those that did not, with the reason. */
  readonly refused: readonly { readonly name: string; readonly reason: string }[];
  /** What begins a command line. */
  readonly command: readonly string[];
  readonly probeCommand: readonly string[];
}

/** ffmpeg is missing, too old, or can encode nothing. */
export class FfmpegUnusable extends Error {
  override readonly name = 'FfmpegUnusable';
}

/** The first version that has all the options that are used. */
const MAJOR_MIN = 4;
const MINOR_MIN = 4;
const TRIAL_TIMEOUT_MS = 10_000;
/** Ends the program when this process is gone, however that ended. */
const TETHER = ['setpriv', '--pdeathsig', 'KILL'];
const VERSION = /^ffmpeg version (?:n|N-)?(\S+)/;
const NUMBERS = /^(\d+)\.(\d+)/;

/**
 * @param path a file, or a name that is looked for in `PATH`; ffprobe is expected beside it
 * @throws FfmpegUnusable, in words for the operator
 */
export async function openFfmpeg(path: string, signal: CancelSignal): Promise<Ffmpeg> {
  const options = { signal, timeoutMs: TRIAL_TIMEOUT_MS };
  const { output } = await runProgram([path, '-version'], options).catch(missing(path));
  const version = VERSION.exec(output)?.[1] ?? '';
  checkVersion(path, version);
  const probe = path.includes('/') ? join(dirname(path), 'ffprobe') : 'ffprobe';
  await runProgram([probe, '-version'], options).catch(missing(probe));
  const tether = (await isTethering(options)) ? TETHER : [];
  const command = [...tether, path];
  const tried = [];
  for (const encoder of ENCODERS) tried.push(await tryEncoder(command, encoder, options));
  const encoders = tried.flatMap(({ encoder, reason }) => (reason === '' ? [encoder] : []));
  const refused = tried.flatMap(({ encoder: { name }, reason }) =>
    reason === '' ? [] : [{ name, reason }],
  );
  if (encoders.length === 0)
    throw unusable(
      `${path} encodes no H.264: ${refused.map(({ name, reason }) => `${name}: ${reason}`).join('; ')}`,
    );
  return { version, encoders, refused, command, probeCommand: [...tether, probe] };
}

function checkVersion(program: string, version: string): void {
  // Builds of a moment (`git-2024-…`) have no number, and are newer.
  const [, major, minor] = NUMBERS.exec(version) ?? [];
  if (major === undefined || minor === undefined) {
    if (version !== '') return;
    throw unusable(`${program} does not say its version: expected ffmpeg`);
  }
  if (Number(major) > MAJOR_MIN || (Number(major) === MAJOR_MIN && Number(minor) >= MINOR_MIN))
    return;
  throw unusable(`${program} is ffmpeg ${version}: expected ${MAJOR_MIN}.${MINOR_MIN} or later`);
}

function missing(program: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof ProgramMissing)) throw error;
    throw unusable(`there is no ${program}: install ffmpeg, or name it in FFMPEG_PATH`);
  };
}

async function isTethering(options: {
  readonly signal: CancelSignal;
  readonly timeoutMs: number;
}): Promise<boolean> {
  try {
    return (await runProgram([...TETHER, 'true'], options)).code === 0;
  } catch {
    options.signal.throwIfAborted();
    return false;
  }
}

/** @returns an empty reason when it made a picture */
async function tryEncoder(
  command: readonly string[],
  encoder: VideoEncoder,
  options: { readonly signal: CancelSignal; readonly timeoutMs: number },
): Promise<{ readonly encoder: VideoEncoder; readonly reason: string }> {
  const picture = ['-f', 'lavfi', '-i', 'testsrc=size=320x180:rate=1', '-frames:v', '1'];
  const coded = ['-vf', `scale=320:180,${encoder.filter}`, '-c:v', encoder.name];
  const quiet = ['-hide_banner', '-nostdin', '-loglevel', 'error'];
  const parameters = [...quiet, ...encoder.device, ...picture, ...coded, ...encoder.options];
  try {
    const end = await runProgram([...command, ...parameters, '-f', 'null', '-'], options);
    const [first = ''] = end.messages.split('\n');
    return { encoder, reason: end.code === 0 ? '' : first || `exit code ${String(end.code)}` };
  } catch (error) {
    options.signal.throwIfAborted();
    return { encoder, reason: String(error) };
  }
}

function unusable(message: string): FfmpegUnusable {
  return new FfmpegUnusable(message);
}
