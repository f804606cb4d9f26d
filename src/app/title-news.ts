/**
 * What an import has changed, told to the processes that answer, where there is no Redis that would: imports run beside
 * them. What a connection misses is seen when its cache entries end.
 */
import type { Feature } from '../features/feature.ts';
import type { ChangedTitle, TitleNews } from '../features/library/contract.ts';
import type { CancelSignal } from '../lib/async/cancel.ts';
import type { Config } from '../platform/config/config.ts';
import { NOTIFICATION_BYTES_MAX, NotificationListener } from '../platform/db/notifications.ts';
import { notify } from '../platform/db/notify.ts';
import type { DatabaseTargets } from '../platform/db/targets.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Platform } from '../platform/platform.ts';

const CHANNEL = 'sluice_titles';
const DROP_TIMEOUT_MS = 30_000;

/** Features that show titles, in every process. */
export class TitleAudience {
  readonly #platform: Pick<Platform, 'database' | 'hasRedis'>;
  readonly #features: Feature[] = [];

  constructor(platform: Pick<Platform, 'database' | 'hasRedis'>) {
    this.#platform = platform;
  }

  add(...features: readonly Feature[]): void {
    this.#features.push(...features);
  }

  /** Tells those of this process, and where there is Redis, their caches in every process. */
  readonly titlesChanged = (titles: readonly ChangedTitle[], signal: CancelSignal): Promise<void> =>
    tell(this.#features, { titles }, signal);

  /** Tells everybody: imports run beside the processes that answer. */
  async announce(news: TitleNews, signal: CancelSignal): Promise<void> {
    await tell(this.#features, news, signal);
    const { hasRedis, database } = this.#platform;
    if (hasRedis) return;
    const payloads = [
      ...payloadsOf(news.titles ?? [], (titles) => ({ titles })),
      ...payloadsOf(news.episodes ?? [], (episodes) => ({ episodes })),
    ];
    await notify(database, CHANNEL, payloads, signal);
  }
}

/** As few as will do; a title whose episodes alone are too long for one is left out. */
function payloadsOf<T>(items: readonly T[], news: (items: readonly T[]) => TitleNews): string[] {
  if (items.length === 0) return [];
  const payload = JSON.stringify(news(items));
  if (Buffer.byteLength(payload) <= NOTIFICATION_BYTES_MAX) return [payload];
  if (items.length === 1) return [];
  const half = Math.ceil(items.length / 2);
  return [...payloadsOf(items.slice(0, half), news), ...payloadsOf(items.slice(half), news)];
}

/** Lets these features know from now on. */
export function listenToTitleNews(
  config: Config,
  targets: DatabaseTargets,
  features: readonly Feature[],
  logger: Logger,
): NotificationListener {
  return new NotificationListener(
    {
      uri: targets.migrateUri,
      channel: CHANNEL,
      connectTimeoutMs: config.DB_CONNECT_TIMEOUT_MS,
      onMessage: (payload) => {
        tell(
          features,
          JSON.parse(payload) as TitleNews,
          AbortSignal.timeout(DROP_TIMEOUT_MS),
        ).catch((error: unknown) =>
          logger.warn({ err: error }, 'what an import changed was not dropped'),
        );
      },
    },
    logger,
  );
}

async function tell(
  features: readonly Feature[],
  { titles = [], episodes = [] }: TitleNews,
  signal: CancelSignal,
): Promise<void> {
  for (const feature of features) {
    if (titles.length > 0) await feature.onTitlesChanged?.(titles, signal);
    if (episodes.length > 0) await feature.onStreamsChanged?.(episodes, signal);
  }
}
