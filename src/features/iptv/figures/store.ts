/** SQL of a dashboard's figures. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';
import { SHOWN } from '../shown-rows.ts';

const CATEGORIES = `
SELECT c.kind, coalesce(c.own_group, c.group_title) AS title, count(*)::int AS titles FROM iptv_channel c
WHERE NOT c.is_hidden AND EXISTS (
  SELECT FROM iptv_source s JOIN iptv_provider p USING (provider_id) WHERE s.channel_id = c.channel_id AND ${SHOWN}
)
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2 LIMIT 1000`;
const COUNTS = `
SELECT s.kind, count(*)::int AS sources, count(DISTINCT s.channel_id)::int AS titles
FROM iptv_source s JOIN iptv_provider p USING (provider_id) WHERE ${SHOWN} GROUP BY 1 ORDER BY 1`;
const HEALTH = `
SELECT s.provider_id AS "providerId", count(*)::int AS sources, count(h.confidence)::int AS checked,
  (count(*) FILTER (WHERE h.failure <> ''))::int AS failing, (count(*) FILTER (WHERE h.is_down))::int AS down,
  max(h.checked_at) AS "checkedAt"
FROM iptv_source s JOIN iptv_provider p USING (provider_id)
LEFT JOIN iptv_health h ON (h.provider_id, h.url_hash) = (s.provider_id, md5(s.url)::uuid)
WHERE ${SHOWN} AND s.kind = 'live' GROUP BY 1 ORDER BY 1`;

export class FiguresStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** By kind, the largest first. */
  categories(signal: CancelSignal): Promise<readonly object[]> {
    return this.#read('iptv.figures-categories', CATEGORIES, signal);
  }

  /** Sources and titles by kind. */
  counts(signal: CancelSignal): Promise<readonly object[]> {
    return this.#read('iptv.figures-counts', COUNTS, signal);
  }

  /** Of channels' sources, by provider. */
  health(signal: CancelSignal): Promise<readonly object[]> {
    return this.#read('iptv.figures-health', HEALTH, signal);
  }

  #read(name: string, statement: string, signal: CancelSignal): Promise<readonly object[]> {
    return this.#database.read<Record<string, unknown>[]>(
      { name, lane: 'page', signal, timeoutMs: 20_000 },
      (sql) => sql.unsafe(statement),
    );
  }
}
