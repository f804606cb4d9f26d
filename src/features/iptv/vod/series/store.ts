/** SQL of the episodes that providers tell one series at a time. */
import type { CancelSignal } from '../../../../lib/async/cancel.ts';
import type { XtreamEpisode } from '../../../../lib/xtream/vod-entry.ts';
import type { Database } from '../../../../platform/db/database.ts';
import { SHOWN } from '../../shown-rows.ts';

/** A series as one provider knows it. */
export interface SeriesRef {
  readonly providerId: number;
  readonly seriesRef: string;
  /** Its episodes were told once, however long ago. */
  readonly isKnown: boolean;
}

/** $2: after so many hours, or when the provider says that the series has changed, episodes are asked for again. */
const DUE = `
SELECT s.provider_id AS "providerId", s.series_ref AS "seriesRef", f.provider_id IS NOT NULL AS "isKnown"
FROM iptv_source s JOIN iptv_provider p USING (provider_id) LEFT JOIN iptv_fetched_series f USING (provider_id, series_ref)
WHERE ${SHOWN} AND s.series_ref <> '' AND (
  f.fetched_at IS NULL OR f.fetched_at < now() - make_interval(hours => $2::int)
    OR f.fetched_at < to_timestamp((s.details ->> 'addedS')::float8)
)`;
const DUE_OF_TITLE = `${DUE} AND s.channel_id = $1::bigint ORDER BY p.priority, p.provider_id LIMIT 10`;
const FETCHED = `
INSERT INTO iptv_fetched_series (provider_id, series_ref) VALUES ($1, $2)
ON CONFLICT (provider_id, series_ref) DO UPDATE SET fetched_at = now()`;
const DROP_OTHERS = `
DELETE FROM iptv_fetched_episode WHERE provider_id = $1 AND series_ref = $2 AND (season, episode) NOT IN (
  SELECT season, episode FROM jsonb_to_recordset($3::text::jsonb) AS v (season int, episode int)
)`;
const PUT_EPISODES = `
INSERT INTO iptv_fetched_episode AS e (provider_id, series_ref, season, episode, name, url, container, details)
SELECT $1, $2, v.season, v.episode, v.name, v.url, v.container, v.details
FROM jsonb_to_recordset($3::text::jsonb)
  AS v (season int, episode int, name text, url text, container text, details jsonb)
ORDER BY v.season, v.episode
ON CONFLICT (provider_id, series_ref, season, episode) DO UPDATE
SET name = excluded.name, url = excluded.url, container = excluded.container, details = excluded.details
WHERE (e.name, e.url, e.container, e.details)
  IS DISTINCT FROM (excluded.name, excluded.url, excluded.container, excluded.details)`;

export class SeriesStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Where the episodes of a title have to be asked for. */
  due(serial: number, maxAgeHours: number, signal: CancelSignal): Promise<readonly SeriesRef[]> {
    return this.#database.read<SeriesRef[]>(
      { name: 'iptv.series-due', lane: 'page', signal },
      (sql) => sql.unsafe(DUE_OF_TITLE, [serial, maxAgeHours]),
    );
  }

  async put(
    { providerId, seriesRef }: Omit<SeriesRef, 'isKnown'>,
    episodes: readonly XtreamEpisode[],
    signal: CancelSignal,
  ): Promise<void> {
    const rows = JSON.stringify(episodes).replaceAll('\\u0000', '');
    await this.#database.transaction(
      { name: 'iptv.put-episodes', lane: 'rest', signal },
      async (sql) => {
        await sql.unsafe(FETCHED, [providerId, seriesRef]);
        await sql.unsafe(DROP_OTHERS, [providerId, seriesRef, rows]);
        await sql.unsafe(PUT_EPISODES, [providerId, seriesRef, rows]);
      },
    );
  }
}
