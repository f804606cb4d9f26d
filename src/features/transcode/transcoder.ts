/** Makes one transcode in a worker: looks at the source, plans the renditions, and runs ffmpeg until all are there. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { CancelController } from '../../lib/async/cancel.ts';
import { ffmpegArguments, type VideoEncoder } from '../../lib/transcode/ffmpeg-arguments.ts';
import {
  masterPlaylist,
  planRungs,
  Unsuitable,
  type PlannedRung,
} from '../../lib/transcode/ladder.ts';
import { ProgressReader } from '../../lib/transcode/progress.ts';
import { endRun } from '../../lib/transcode/runs.ts';
import type { Ffmpeg } from '../../platform/ffmpeg/ffmpeg.ts';
import { UnreadableMedia, type MediaScans } from '../../platform/ffmpeg/media-scan.ts';
import { runProgram } from '../../platform/ffmpeg/program.ts';
import { JobRefused, type JobContext, type JobResult } from '../../platform/jobs/definition.ts';
import type { LiveRecordings, Recorded } from '../live/contract.ts';
import { DiskFull, type DiskQuota } from './disk-quota.ts';
import { MASTER, TranscodeFolder, type Plan } from './folder.ts';
import type { StoredTranscode, TranscodeStore } from './store.ts';

export interface TranscoderParts {
  readonly store: TranscodeStore;
  readonly recordings: LiveRecordings;
  readonly quota: DiskQuota;
  readonly scans: MediaScans;
  /** Opened once; rejects with FfmpegUnusable. */
  readonly ffmpeg: (signal: CancelSignal) => Promise<Ffmpeg>;
  readonly directory: string;
  readonly threads: number;
  readonly nice: number;
}

interface Source {
  readonly input: string;
  readonly options: readonly string[];
}

interface RunParts {
  readonly transcode: StoredTranscode;
  readonly folder: TranscodeFolder;
  readonly plan: Plan;
  readonly rungs: readonly PlannedRung[];
  readonly source: Source;
  readonly totalS: number | null;
  readonly encoder: VideoEncoder;
  readonly command: readonly string[];
}

const RUN_TIMEOUT_MS = 24 * 3_600_000;
/** How often it is looked at what is on the disk. */
const WEIGH_EVERY_MS = 5000;
/** Recordings are files of ours: nothing that a playlist names is fetched. */
const LOCAL_FILES = ['-protocol_whitelist', 'file,crypto,data'];
/** The same of segments in a store. */
const STORED_FILES = ['-protocol_whitelist', 'file,crypto,data,http,https,tcp,tls'];
const SOURCE = 'source';
const NO_SPACE = /No space left on device|Disk quota exceeded/i;

export class Transcoder {
  readonly #parts: TranscoderParts;

  constructor(parts: TranscoderParts) {
    this.#parts = parts;
  }

  /** @throws JobRefused where no repeat would help: then the transcode has failed */
  async make(id: string, context: JobContext): Promise<JobResult> {
    const { store } = this.#parts;
    const { signal } = context;
    try {
      return await this.#make(id, context);
    } catch (error) {
      signal.throwIfAborted();
      const reason = refusalOf(error);
      if (reason === null) throw error;
      await store.setState(id, 'failed', { failure: reason }, signal);
      throw new JobRefused(reason, { cause: error });
    }
  }

  async #make(id: string, context: JobContext): Promise<JobResult> {
    const { store, quota, scans, directory } = this.#parts;
    const { signal } = context;
    if (!(await store.setState(id, 'running', {}, signal)))
      throw new JobRefused('the transcode was deleted');
    const transcode = await store.find(id, signal);
    if (transcode === null) throw new JobRefused('the transcode was deleted');
    const ffmpeg = await this.#parts.ffmpeg(signal);
    await quota.makeRoom(signal);
    const folder = new TranscodeFolder(directory, id);
    const source = await this.#source(transcode, folder, signal);
    const media = await scans.scan(ffmpeg.probeCommand, source.input, source.options, signal);
    const rungs = planRungs(media, transcode.rungs);
    const plan = await nextPlan(folder, rungs);
    await folder.write(MASTER, masterPlaylist(rungs));
    const encoder = encoderOf(ffmpeg, context);
    if (!plan.isDone) {
      const run = { transcode, folder, plan, rungs, source, encoder, command: ffmpeg.command };
      await this.#run({ ...run, totalS: media.durationS }, context);
      await folder.setPlan({ ...plan, isDone: true });
    }
    const bytes = await folder.sizeBytes();
    await store.setState(id, 'done', { bytes }, signal);
    return { bytes, encoder: encoder.name, runs: plan.ended.length + 1 };
  }

  /** Playlists with the places of their segments, in the order that the recording has them. */
  async #source(
    { recordingId }: StoredTranscode,
    folder: TranscodeFolder,
    signal: CancelSignal,
  ): Promise<Source> {
    const recorded = await this.#parts.recordings.recorded(recordingId, signal);
    if (recorded === null) throw new JobRefused('the recording is gone, or has not ended');
    for (const { name, text } of recorded.playlists)
      await folder.write(`${SOURCE}-${name}`, localPlaylist(text, recorded));
    const options = recorded.isRemote ? STORED_FILES : LOCAL_FILES;
    return { input: `${folder.path}/${SOURCE}-${recorded.entry}`, options };
  }

  async #run(parts: RunParts, context: JobContext): Promise<void> {
    const { transcode, folder, plan, rungs, source, totalS, encoder, command } = parts;
    const { threads, nice } = this.#parts;
    const fromS = plan.ended.reduce((sum, { durationS }) => sum + durationS, 0);
    const run = { fromS, run: plan.ended.length, folder: folder.path, rungs, encoder, threads };
    const inputs = { input: source.input, inputOptions: source.options };
    const reader = new ProgressReader();
    await using guard = new SizeGuard(transcode.id, folder, this.#parts, context.signal);
    const end = await runProgram([...command, ...ffmpegArguments({ ...run, ...inputs })], {
      signal: guard.signal,
      timeoutMs: RUN_TIMEOUT_MS,
      nice,
      onOutput: (text) => {
        const progress = reader.read(text);
        if (progress === null) return;
        const done = Math.round((fromS + progress.doneS) * 10) / 10;
        context.progress({
          done,
          ...(totalS !== null && { total: Math.round(totalS * 10) / 10 }),
          unit: 'seconds',
          message: `${progress.speed}x`,
        });
      },
    });
    if (end.code === 0) return;
    const last = end.messages.split('\n').at(-1) ?? '';
    context.log('error', `ffmpeg ended with ${String(end.code)}: ${end.messages}`);
    if (NO_SPACE.test(end.messages)) throw new DiskFull('the disk of the worker is full');
    throw new Error(`ffmpeg ended with ${String(end.code ?? 'a signal')}: ${last}`);
  }
}

/** While ffmpeg writes: says how much there is, and ends it when that is more than may be. */
class SizeGuard implements AsyncDisposable {
  readonly #control = new CancelController();
  readonly #parent: CancelSignal;
  readonly #onAbort: () => void;
  readonly #timer: NodeJS.Timeout;
  #weighing: Promise<void> = Promise.resolve();

  constructor(
    id: string,
    folder: TranscodeFolder,
    { store, quota }: Pick<TranscoderParts, 'store' | 'quota'>,
    parent: CancelSignal,
  ) {
    this.#parent = parent;
    this.#onAbort = () => this.#control.abort(parent.reason);
    parent.addEventListener('abort', this.#onAbort, { once: true });
    const weigh = async () => {
      await store.setBytes(id, await folder.sizeBytes(), parent);
      await quota.makeRoom(parent);
    };
    this.#timer = setInterval(() => {
      this.#weighing = this.#weighing.then(weigh).catch((error: unknown) => {
        if (error instanceof DiskFull) this.#control.abort(error);
      });
    }, WEIGH_EVERY_MS).unref();
  }

  get signal(): CancelSignal {
    return this.#control.signal;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#parent.removeEventListener('abort', this.#onAbort);
    await this.#weighing;
  }
}

/** What earlier runs made counts: a new one goes on behind it. */
async function nextPlan(folder: TranscodeFolder, rungs: readonly PlannedRung[]): Promise<Plan> {
  const names = rungs.map(({ name }) => name);
  const known = await folder.plan();
  const plan = known === null ? null : await withLastRun(folder, known);
  const next = plan ?? { rungs: names, ended: [], isDone: false };
  await folder.setPlan(next);
  return next;
}

async function withLastRun(folder: TranscodeFolder, plan: Plan): Promise<Plan> {
  if (plan.isDone) return plan;
  const last = plan.ended.length;
  const texts = await Promise.all(plan.rungs.map((rung) => folder.playlists(rung, plan)));
  const playlists = Object.fromEntries(
    plan.rungs.map((rung, at) => [rung, texts[at]?.[last] ?? '']),
  );
  return { ...plan, ended: [...plan.ended, endRun(playlists)] };
}

/** One that failed is not tried again: the next attempt takes the next. */
function encoderOf({ encoders }: Ffmpeg, { attempt }: JobContext): VideoEncoder {
  const encoder = encoders[Math.min(attempt - 1, encoders.length - 1)];
  if (encoder === undefined) throw new Error('ffmpeg was opened without an encoder');
  return encoder;
}

/** Null: a repeat may help. */
function refusalOf(error: unknown): string | null {
  if (error instanceof JobRefused || error instanceof DiskFull) return error.message;
  if (error instanceof Unsuitable) return error.message;
  if (error instanceof UnreadableMedia) return `the source cannot be read: ${error.message}`;
  return error instanceof Error && error.name === 'FfmpegUnusable' ? error.message : null;
}

/** Names of segments become places; those of playlists get the name that they have here. */
function localPlaylist(text: string, { placeOf }: Recorded): string {
  const place = (name: string) => (name.endsWith('.m3u8') ? `${SOURCE}-${name}` : placeOf(name));
  return text
    .split('\n')
    .map((line) => {
      if (line === '') return line;
      return line.startsWith('#')
        ? line.replace(/URI="([^"]+)"/, (_, name: string) => `URI="${place(name)}"`)
        : place(line);
    })
    .join('\n');
}
