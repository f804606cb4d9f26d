/** The door of live streams: made by owners, sent by encoders, played as HLS, kept as recordings. */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import { version } from '../../platform/config/version.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { InstanceAccess } from '../access/contract.ts';
import { addonRoutes } from './addon-routes.ts';
import { Bitrates } from './bitrate/bitrates.ts';
import { bitrateRoutes } from './bitrate/routes.ts';
import { BitrateStore } from './bitrate/store.ts';
import type { LiveRecordings, LiveStreams } from './contract.ts';
import { LiveIngest } from './ingest.ts';
import { mediaRoutes } from './media-routes.ts';
import { LivePlayback } from './playback.ts';
import { liveRoutes } from './routes.ts';
import { SegmentFiles } from './segment-files.ts';
import { LiveStore } from './store.ts';
import { OwnedStreams } from './streams.ts';

export interface LiveFeature extends Feature {
  readonly live: LiveStreams;
  readonly recordings: LiveRecordings;
}

const MB = 1024 * 1024;
const FLUSH_EVERY_MS = 10_000;
const FLUSH_TIMEOUT_MS = 10_000;
const PROCESS_NUMBERS = 2 ** 31;

export function createLive(
  platform: Platform,
  { access }: { readonly access: InstanceAccess },
): LiveFeature {
  const { config, database } = platform;
  const store = new LiveStore(database);
  const streams = new OwnedStreams(store);
  const files = new SegmentFiles(join(config.DATA_DIR, 'live'));
  const shared = { store, streams, files };
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const isCreationOpen = config.LIVE_CREATION_OPEN;
  const { bitrates, minutes } = openBitrates(platform);
  const diskBytesMax = config.LIVE_DISK_MAX_MB * MB;
  const ingest = new LiveIngest({ ...shared, bitrates, diskBytesMax });
  const windowSegments = config.LIVE_WINDOW_SEGMENTS;
  const playback = new LivePlayback({ ...shared, windowSegments });
  const segmentBytesMax = config.LIVE_SEGMENT_MAX_MB * MB;
  const naming = { name: config.ADDON_NAME, version, logoUrl: config.ADDON_LOGO };
  return {
    live: streams,
    recordings: playback,
    routes: [
      ...liveRoutes({ store, streams, isCreationOpen, timeoutMs }),
      ...bitrateRoutes({ streams, bitrates, store: minutes, access, timeoutMs }),
      ...addonRoutes({ store, streams, ...naming, timeoutMs }),
      ...mediaRoutes({ ingest, playback, segmentBytesMax, timeoutMs }),
    ],
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
