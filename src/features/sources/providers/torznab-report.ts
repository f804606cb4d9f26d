/** The test of an endpoint: its capabilities, which many tell anybody, then one result, for which the key counts. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Caps } from '../../../lib/torznab/caps.ts';
import { kindOf, MOVIES, SERIES } from '../../../lib/torznab/categories.ts';
import type { SourceReport } from '../source.ts';
import { reportOf } from './source-test.ts';
import type { KnownCaps } from './torznab-caps.ts';
import type { TorznabEndpoint } from './torznab-endpoint.ts';

/** Rejects with the signal's reason only. */
export function testEndpoint(
  endpoint: TorznabEndpoint,
  known: KnownCaps,
  signal: CancelSignal,
): Promise<SourceReport> {
  return reportOf(signal, async () => {
    const { caps, path } = await known.ask(signal);
    const t = caps.search.isAvailable ? 'search' : caps.movie.isAvailable ? 'movie' : 'tvsearch';
    const call = { signal, onItems: () => undefined };
    const { items } = await endpoint.ask(path, { t, limit: '1', extended: '1' }, call);
    return describe(caps, items);
  });
}

function describe(caps: Caps, items: number): string {
  const { title, movie, series, categories } = caps;
  const ids = ['imdbid', 'tmdbid', 'tvdbid'].filter(
    (id) => movie.params.has(id) || series.params.has(id),
  );
  const kinds = categories.map(({ id }) => kindOf(id));
  const named = [
    ...(kinds.includes(MOVIES) ? ['films'] : []),
    ...(kinds.includes(SERIES) ? ['series'] : []),
  ].join(' and ');
  const has = categories.length > 0 && named === '' ? 'it has neither films nor series' : named;
  return [
    title === '' ? 'it answers' : `${title} answers`,
    ...(has === '' ? [] : [has]),
    ids.length > 0 ? `searches by ${ids.join(', ')} and by name` : 'searches by name',
    ...(items === 0 ? ['nothing is in it at the moment'] : []),
  ].join('; ');
}
