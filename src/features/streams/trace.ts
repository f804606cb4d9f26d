/** `?trace=1`: why each stream of a title is shown or not, for the owner of the configuration. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { ListSettings } from '../../lib/user-config/list-settings.ts';
import { explain, type Explanation } from './explain.ts';
import type { StreamQuery } from './resolve.ts';
import type { StreamService } from './service.ts';

/** Everything about one answer: which tiers were asked, how long each step took, and a verdict for each stream. */
export async function trace(
  service: StreamService,
  query: StreamQuery,
  settings: ListSettings,
  signal: CancelSignal,
): Promise<object> {
  const startedAt = performance.now();
  const { found, tiers } = await service.find(query, settings.hiddenLevels, signal);
  const findUs = elapsedUs(startedAt);
  const head = {
    id: query.key,
    cacheTiers: { title: tiers[0] ?? null, streams: tiers[1] ?? null },
  };
  if (typeof found === 'string') return { ...head, absence: found, timings: { findUs } };
  const { nameFilter } = settings;
  const matchStartedAt = performance.now();
  const matches =
    nameFilter === null ? null : await service.nameMatches.load(found, nameFilter, signal);
  const nameFilterUs = elapsedUs(matchStartedAt);
  const explanation: Explanation = explain(found, settings, matches);
  const presentStartedAt = performance.now();
  const { shown } = explanation;
  const bodyBytes = service.present(found, shown, settings).byteLength;
  return {
    ...head,
    total: found.rowCount,
    shown: shown.length,
    droppedByRule: explanation.droppedByRule,
    bodyBytes,
    timings: {
      findUs,
      nameFilterUs,
      rankUs: explanation.rankUs,
      presentUs: elapsedUs(presentStartedAt),
    },
    streams: explanation.verdicts,
  };
}

function elapsedUs(startedAt: number): number {
  return Math.round((performance.now() - startedAt) * 1000);
}
