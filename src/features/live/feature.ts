/** The door of live streams: made by owners, sent by encoders, played as HLS, kept as recordings. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { version } from '../../platform/config/version.ts';
import type { Platform } from '../../platform/platform.ts';
import { Bucket } from '../../platform/s3/bucket.ts';
import type { Feature } from '../feature.ts';
import type { InstanceAccess } from '../access/contract.ts';
import type { UserContexts } from '../configure/contract.ts';
import { addonRoutes } from './addon-routes.ts';
import { Bitrates } from './bitrate/bitrates.ts';
import { bitrateRoutes } from './bitrate/routes.ts';
import { BitrateStore } from './bitrate/store.ts';
import type { LiveRecordings, LiveStreams } from './contract.ts';
import { LiveIngest } from './ingest.ts';
import { mediaRoutes } from './media-routes.ts';
import { LivePlayback } from './playback.ts';
import { announceJob, liveJobs, liveSchedules, thumbnailJob } from './jobs.ts';
import { positionRoutes } from './positions/routes.ts';
import { PositionStore } from './positions/store.ts';
import { liveRoutes } from './routes.ts';
import { SegmentBucket } from './segment-bucket.ts';
import { SegmentFiles } from './segment-files.ts';
import type { SegmentStore } from './segment-store.ts';
import { LiveStore } from './store.ts';
import { OwnedStreams, type StreamNews } from './streams.ts';
import { ThumbnailMaker } from './thumbnail.ts';

export interface LivePorts {
  readonly access: InstanceAccess;
  readonly contexts: Pick<UserContexts, 'resolve'>;
}

export interface LiveFeature extends Feature {
  readonly live: LiveStreams;
  readonly recordings: LiveRecordings;
}

const MB = 1024 * 1024;
const FLUSH_EVERY_MS = 10_000;
const FLUSH_TIMEOUT_MS = 10_000;
/** The last segments of an encoder come a moment after the end. */
const THUMBNAIL_DELAY_MS = 6000;
const NEWS_TIMEOUT_MS = 5000;
const ON_DEMAND_VARIANTS = ['720p', '480p'];
const PROCESS_NUMBERS = 2 ** 31;

export function createLive(platform: Platform, { access, contexts }: LivePorts): LiveFeature {
  const { config, database } = platform;
  const store = new LiveStore(database);
  const streams = new OwnedStreams(store, newsOf(platform));
  const bucket = openBucket(platform);
  const files = openSegments(platform, bucket);
  const shared = { store, streams, files };
  const positions = new PositionStore(database);
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const isCreationOpen = config.LIVE_CREATION_OPEN;
  const { bitrates, minutes } = openBitrates(platform);
  const diskBytesMax = config.LIVE_DISK_MAX_MB * MB;
  const ingest = new LiveIngest({ ...shared, bitrates, diskBytesMax });
  const windowSegments = config.LIVE_WINDOW_SEGMENTS;
  const playback = new LivePlayback({ ...shared, windowSegments });
  const segmentBytesMax = config.LIVE_SEGMENT_MAX_MB * MB;
  const variants = config.TRANSCODE_ON_DEMAND ? ON_DEMAND_VARIANTS : [];
  const thumbnails = new ThumbnailMaker({
    recordings: playback,
    files,
    ffmpeg: config.FFMPEG_PATH,
    nice: config.TRANSCODE_NICE,
  });
  const naming = { name: config.ADDON_NAME, version, logoUrl: config.ADDON_LOGO };
  return {
    live: streams,
    recordings: playback,
    routes: [
      ...liveRoutes({ store, streams, isCreationOpen, timeoutMs }),
      ...positionRoutes({ store: positions, timeoutMs }),
      ...bitrateRoutes({ streams, bitrates, store: minutes, access, timeoutMs }),
      ...addonRoutes({ store, streams, contexts, variants, ...naming, timeoutMs }),
      ...mediaRoutes({ ingest, playback, segmentBytesMax, timeoutMs }),
    ],
    jobs: liveJobs({
      store,
      minutes,
      positions,
      files,
      thumbnails,
      fetcher: platform.fetcher,
      announceUrl: config.LIVE_ANNOUNCE_URL,
      baseUrl: config.HOST_URL,
      deletedKeepDays: config.LIVE_DELETED_KEEP_DAYS,
    }),
    schedules: liveSchedules,
    healthChecks:
      bucket === null ? [] : [{ name: 'segments', check: (signal) => bucket.check(signal) }],
    metrics: bitrates.families,
    upkeep: [
      {
        name: 'live bitrates',
        everyMs: FLUSH_EVERY_MS,
        timeoutMs: FLUSH_TIMEOUT_MS,
        run: (signal) => bitrates.flush(signal),
      },
    ],
    dispose: () => bitrates[Symbol.asyncDispose](),
  };
}

/** Enqueues what workers do about it; the stream goes on without. */
function newsOf({ config, jobs, logger }: Platform): StreamNews {
  return async ({ id: streamId, title, startedAt }, status) => {
    const signal = AbortSignal.timeout(NEWS_TIMEOUT_MS);
    try {
      if (status === 'live' && startedAt === null && config.LIVE_ANNOUNCE_URL !== null)
        await jobs.enqueue(announceJob, { streamId, title }, signal);
      if (status === 'ended') {
        const runAt = new Date(Date.now() + THUMBNAIL_DELAY_MS);
        await jobs.enqueue(thumbnailJob, { streamId }, signal, { runAt });
      }
    } catch (error) {
      logger.warn({ err: error, streamId, status }, 'no job was made for a live stream');
    }
  };
}

/** Null: segments are files. */
function openBucket({ config, fetcher }: Platform): Bucket | null {
  const {
    LIVE_S3_URL: url,
    LIVE_S3_ACCESS_KEY: accessKey,
    LIVE_S3_SECRET_KEY: secretKey,
    LIVE_S3_REGION: region,
  } = config;
  if (url === null || accessKey === null || secretKey === null) return null;
  return new Bucket({ url, region, accessKey, secretKey }, fetcher);
}

function openSegments({ config }: Platform, bucket: Bucket | null): SegmentStore {
  if (bucket === null) return new SegmentFiles(join(config.DATA_DIR, 'live'));
  return new SegmentBucket({ bucket, segmentBytesMax: config.LIVE_SEGMENT_MAX_MB * MB });
}

function openBitrates({ config, database, peers, logger }: Platform) {
  const minutes = new BitrateStore(database, randomInt(PROCESS_NUMBERS));
  const bitrates = new Bitrates({
    store: minutes,
    peers,
    streamsMax: config.LIVE_BITRATE_STREAMS_MAX,
    logger: logger.child({ feature: 'live' }),
  });
  return { bitrates, minutes };
}
