/** `test-sources`: asks each configured source once and says what works, for operators who have just named some. */
import { createSourceTests } from '../features/sources/feature.ts';
import { CancelController } from '../lib/async/cancel.ts';
import { StartError } from '../lib/start-error.ts';
import type { Config } from '../platform/config/config.ts';
import { configuredSources } from '../platform/config/configured-sources.ts';
import { createFetcher } from '../platform/fetch/fetcher.ts';
import type { Logger } from '../platform/log/logger.ts';
import { createUpstreams } from '../platform/upstream/upstreams.ts';

/** @throws StartError when there are no sources, or one of them does not work */
export async function testSources(
  config: Config,
  logger: Logger,
  print: (text: string) => void,
): Promise<void> {
  const sources = configuredSources(config);
  if (sources.length === 0)
    throw new StartError(
      'no source is configured: expected PROWLARR_URL, TORZNAB_SOURCES, ADDON_SOURCES or another one (docs/sources.md)',
    );
  await using fetcher = createFetcher({ allowPrivate: config.FETCH_ALLOW_PRIVATE });
  const tests = createSourceTests(createUpstreams({ fetcher, redis: null, processes: 1, logger }));
  const { signal } = new CancelController();
  const results = await Promise.all(
    sources.map(async (settings) => {
      const { isWorking, message } = await tests.test(settings, signal);
      print(`${isWorking ? 'works' : 'FAILS'}  ${settings.name}: ${message}\n`);
      return isWorking;
    }),
  );
  const failed = results.filter((isWorking) => !isWorking).length;
  if (failed > 0) throw new StartError(`${failed} of ${results.length} sources do not work`);
}
