/** `?trace=1`: why each stream of a title is shown or not, for the owner of the configuration. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { UserContext } from '../configure/contract.ts';
import { explain, type Explanation } from './explain.ts';
import type { StreamQuery } from './resolve.ts';
import type { StreamService } from './service.ts';

/** Everything about one answer: which tiers were asked, how long each step took, and a verdict for each stream. */
export async function trace(
  service: StreamService,
  query: StreamQuery,
  { list: settings, sources, services, privateMark }: UserContext,
  signal: CancelSignal,
): Promise<object> {
  const startedAt = performance.now();
  const first = await service.find(query, settings.hiddenLevels, signal);
  const findUs = elapsedUs(startedAt);
  const seeker = { settings, sources, signal };
  const searchStartedAt = performance.now();
  const completed = await service.complete(first, query, seeker);
  const { found } =
    privateMark === null
      ? completed
      : await service.withPrivate(completed, query, privateMark, { signal });
  const searchUs = elapsedUs(searchStartedAt);
  const search = await service.searchReport(query, seeker);
  const { tiers } = first;
  const head = {
    id: query.key,
    cacheTiers: { title: tiers[0] ?? null, streams: tiers[1] ?? null },
    ...(search === null ? {} : { search }),
  };
  if (typeof found === 'string' || found.rowCount === 0) {
    const absence = typeof found === 'string' ? found : 'none';
    return { ...head, absence, timings: { findUs, searchUs } };
  }
  const { nameFilter } = settings;
  const matchStartedAt = performance.now();
  const matches =
    nameFilter === null ? null : await service.nameMatches.load(found, nameFilter, signal);
  const nameFilterUs = elapsedUs(matchStartedAt);
  const marks = await service.marksOf(found, services, { signal });
  const explanation: Explanation = explain(found, settings, matches, marks);
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
      searchUs,
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
