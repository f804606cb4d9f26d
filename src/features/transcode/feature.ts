/** The door of transcodes: recordings in other sizes, made by workers with ffmpeg, played while they are made. */
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { NEVER_CANCELLED, type CancelSignal } from '../../lib/async/cancel.ts';
import { openFfmpeg, type Ffmpeg } from '../../platform/ffmpeg/ffmpeg.ts';
import { MediaScans } from '../../platform/ffmpeg/media-scan.ts';
import { handleJob } from '../../platform/jobs/definition.ts';
import type { Platform } from '../../platform/platform.ts';
import type { InstanceAccess } from '../access/contract.ts';
import type { Feature } from '../feature.ts';
import type { LiveRecordings, LiveStreams } from '../live/contract.ts';
import { DiskQuota } from './disk-quota.ts';
import { purgeTranscodesJob, transcodeJob, transcodeSchedules } from './jobs.ts';
import { TranscodePlayback } from './playback.ts';
import { transcodeRoutes } from './routes.ts';
import { TranscodeService } from './service.ts';
import { TranscodeStore } from './store.ts';
import { Transcoder } from './transcoder.ts';

export interface TranscodePorts {
  readonly access: InstanceAccess;
  readonly live: LiveStreams;
  readonly recordings: LiveRecordings;
}

const MB = 1024 * 1024;

export function createTranscode(platform: Platform, ports: TranscodePorts): Feature {
  const { config, database, jobs } = platform;
  const logger = platform.logger.child({ feature: 'transcode' });
  const store = new TranscodeStore(database);
  const directory = join(config.DATA_DIR, 'transcodes');
  const bytesMax = config.TRANSCODE_DISK_MAX_MB * MB;
  const keepDays = config.TRANSCODE_KEEP_DAYS;
  const quota = new DiskQuota({ store, directory, bytesMax, keepDays });
  const scans = new MediaScans();
  const ffmpeg = new FoundFfmpeg(config.FFMPEG_PATH);
  const transcoder = new Transcoder({
    store,
    recordings: ports.recordings,
    quota,
    scans,
    ffmpeg: () => ffmpeg.open(),
    directory,
    threads: config.TRANSCODE_THREADS ?? Math.max(1, Math.floor(availableParallelism() / 2)),
    nice: config.TRANSCODE_NICE,
  });
  const service = new TranscodeService({ store, jobs, directory });
  const playback = new TranscodePlayback({ store, directory, logger });
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const isOnDemand = config.TRANSCODE_ON_DEMAND;
  return {
    routes: transcodeRoutes({ service, playback, ...ports, isOnDemand, timeoutMs }),
    jobs: [
      handleJob(transcodeJob, ({ transcodeId }, context) => transcoder.make(transcodeId, context)),
      handleJob(purgeTranscodesJob, async (_, { signal }) => ({
        transcodes: await quota.purge(signal),
      })),
    ],
    schedules: transcodeSchedules,
    workerMetrics: scans.families,
    async onWorkerStart(queues) {
      if (!queues.includes(transcodeJob.queue)) return;
      try {
        const { version, encoders, refused } = await ffmpeg.open();
        const names = encoders.map(({ name }) => name);
        logger.info({ ffmpeg: version, encoders: names, refused }, 'transcodes can be made');
      } catch (error) {
        logger.warn({ reason: String(error) }, 'nothing can be transcoded');
      }
    },
  };
}

/** Looked at once; after a failure again by the next who needs it. */
class FoundFfmpeg {
  readonly #path: string;
  #opened: Promise<Ffmpeg> | null = null;

  constructor(path: string) {
    this.#path = path;
  }

  open(signal: CancelSignal = NEVER_CANCELLED): Promise<Ffmpeg> {
    this.#opened ??= openFfmpeg(this.#path, signal).catch((error: unknown) => {
      this.#opened = null;
      throw error;
    });
    return this.#opened;
  }
}
