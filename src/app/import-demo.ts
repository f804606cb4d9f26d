/** Brings the demo catalogue in, and lets the features of running processes know what has changed. */
import { randomUUID } from 'node:crypto';
import { changedDemoTitles, createLibrary } from '../features/library/feature.ts';
import type { CancelSignal } from '../lib/async/cancel.ts';
import { DisposeStack } from '../lib/async/dispose-stack.ts';
import { KeyRing } from '../lib/install-token/key-ring.ts';
import type { Config } from '../platform/config/config.ts';
import type { MeasuredDatabase } from '../platform/db/database.ts';
import {
  explainDatabaseFailure,
  openDatabase,
  requireDatabase,
  type DatabaseTargets,
} from '../platform/db/targets.ts';
import type { Logger } from '../platform/log/logger.ts';
import { openPlatform } from '../platform/platform.ts';
import { openRedis } from '../platform/redis/open-redis.ts';
import { composeFeatures } from './compose.ts';
import { disposeQuietly } from './drain.ts';

/** Imports the demo catalogue and says what came of it. */
export async function importDemo(
  config: Config,
  targets: DatabaseTargets,
  logger: Logger,
  signal: CancelSignal,
): Promise<string> {
  await using database = openDatabase(config, targets, logger);
  const instanceId = await requireDatabase(targets, database, logger);
  const counts = await createLibrary({ database })
    .importDemo(signal)
    .catch((error: unknown) => {
      throw explainDatabaseFailure(targets, error);
    });
  const changed =
    counts.titlesAdded + counts.titlesChanged + counts.streamsAdded + counts.linksAdded;
  if (changed > 0)
    await tellOtherProcesses({ config, targets, database, instanceId, logger, signal });
  return changed === 0
    ? 'Demo catalogue is there'
    : `Demo catalogue: ${counts.titlesAdded} titles and ${counts.streamsAdded} streams added, ` +
        `${counts.titlesChanged} titles changed`;
}

interface Announcement {
  readonly config: Config;
  readonly targets: DatabaseTargets;
  readonly database: MeasuredDatabase;
  readonly instanceId: string;
  readonly logger: Logger;
  readonly signal: CancelSignal;
}

/** Other processes may hold in their caches what the import has changed. */
async function tellOtherProcesses({
  config,
  targets,
  database,
  instanceId,
  logger,
  signal,
}: Announcement): Promise<void> {
  const redis = await openRedis(config, instanceId, logger);
  if (redis === null) return;
  const stack = new DisposeStack();
  stack.use(redis);
  try {
    const platform = openPlatform(
      { config: { ...config, POOL_THREADS: 1 }, targets, database, redis, logger },
      stack,
    );
    // No request is answered here, so any key does.
    const ring = new KeyRing([randomUUID()]);
    const features = await composeFeatures(platform, ring, stack);
    const titles = await changedDemoTitles();
    for (const feature of features.all) await feature.onTitlesChanged?.(titles, signal);
  } finally {
    await disposeQuietly(stack, logger);
  }
}
