/** The door of live streams: made by owners, sent by encoders, played as HLS, kept as recordings. */
import { join } from 'node:path';
import { version } from '../../platform/config/version.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import { addonRoutes } from './addon-routes.ts';
import type { LiveStreams } from './contract.ts';
import { LiveIngest } from './ingest.ts';
import { mediaRoutes } from './media-routes.ts';
import { LivePlayback } from './playback.ts';
import { liveRoutes } from './routes.ts';
import { SegmentFiles } from './segment-files.ts';
import { LiveStore } from './store.ts';
import { OwnedStreams } from './streams.ts';

export interface LiveFeature extends Feature {
  readonly live: LiveStreams;
}

const MB = 1024 * 1024;

export function createLive({ config, database }: Platform): LiveFeature {
  const store = new LiveStore(database);
  const streams = new OwnedStreams(store);
  const files = new SegmentFiles(join(config.DATA_DIR, 'live'));
  const shared = { store, streams, files };
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const isCreationOpen = config.LIVE_CREATION_OPEN;
  const ingest = new LiveIngest({ ...shared, diskBytesMax: config.LIVE_DISK_MAX_MB * MB });
  const windowSegments = config.LIVE_WINDOW_SEGMENTS;
  const playback = new LivePlayback({ ...shared, windowSegments });
  const segmentBytesMax = config.LIVE_SEGMENT_MAX_MB * MB;
  const naming = { name: config.ADDON_NAME, version, logoUrl: config.ADDON_LOGO };
  return {
    live: streams,
    routes: [
      ...liveRoutes({ store, streams, isCreationOpen, timeoutMs }),
      ...addonRoutes({ store, streams, ...naming, timeoutMs }),
      ...mediaRoutes({ ingest, playback, segmentBytesMax, timeoutMs }),
    ],
  };
}
