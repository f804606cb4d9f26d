/** SQL of a sync: the new load is written beside the current one, and takes its place in one transaction. */
import { AppError } from '../../../lib/errors.ts';
import type { BulkLoad } from '../../../platform/db/bulk-load.ts';
import type { GuideCounts } from '../contract.ts';
import type { RowBatch } from './rows.ts';

/** First half of the advisory locks: one sync of a guide at a time, over all machines. */
const LOCK = 1_735_289_202;

/** Of loads that were cut off, too. */
const DELETE_PROGRAMMES = `
DELETE FROM guide_programme WHERE load_id IN (SELECT load_id FROM guide_load WHERE guide_id = $1 AND NOT is_current)`;
const DELETE_LOADS = 'DELETE FROM guide_load WHERE guide_id = $1 AND NOT is_current';

/** Of several that begin at once the last one counts. */
const DELETE_DOUBLES = `
DELETE FROM guide_programme p USING (
  SELECT ctid AS place, row_number() OVER (PARTITION BY channel, start_at ORDER BY ctid DESC) AS number
  FROM guide_programme WHERE load_id = $1
) d
WHERE p.ctid = d.place AND d.number > 1`;

/** A programme ends where the next one of its channel begins, after a day, or after an hour where nothing tells. */
const END_PROGRAMMES = `
UPDATE guide_programme p
SET stop_at = least(o.next_at, p.stop_at, p.start_at + interval '1 day')
FROM (
  SELECT ctid AS place, start_at, stop_at, lead(start_at) OVER (PARTITION BY channel ORDER BY start_at) AS next_at
  FROM guide_programme WHERE load_id = $1
) o
WHERE p.ctid = o.place AND o.next_at IS NOT NULL AND (o.stop_at > o.next_at OR o.stop_at > o.start_at + interval '1 day')`;
const END_LAST = `
UPDATE guide_programme
SET stop_at = start_at + CASE WHEN stop_at = 'infinity' THEN interval '1 hour' ELSE interval '1 day' END
WHERE load_id = $1 AND stop_at > start_at + interval '1 day'`;

export class GuideLoadStore {
  readonly #load: BulkLoad;

  constructor(load: BulkLoad) {
    this.#load = load;
  }

  /** The number of the new load. @throws AppError `guide.busy` while another sync of the guide is under way */
  async begin(guideId: number): Promise<number> {
    const [locked] = await this.#load.query<{ readonly isLocked: boolean }>(
      'SELECT pg_try_advisory_lock($1, $2) AS "isLocked"',
      [LOCK, guideId],
    );
    if (locked?.isLocked !== true)
      throw new AppError('guide.busy', 'another sync of this guide is under way');
    await this.deleteOthers(guideId);
    const [added] = await this.#load.query<{ readonly loadId: number }>(
      'INSERT INTO guide_load (guide_id) SELECT guide_id FROM guide WHERE guide_id = $1 RETURNING load_id AS "loadId"',
      [guideId],
    );
    if (added === undefined) throw new AppError('guide.not-found', 'there is no such guide');
    return added.loadId;
  }

  async copy({ channels, programmes }: RowBatch): Promise<void> {
    await this.#load.copy('COPY guide_channel FROM STDIN', channels);
    await this.#load.copy('COPY guide_programme FROM STDIN', programmes);
  }

  async publish(guideId: number, loadId: number, counts: GuideCounts): Promise<void> {
    await this.#load.query('ANALYZE guide_programme');
    await this.#load.query(DELETE_DOUBLES, [loadId]);
    await this.#load.query(END_PROGRAMMES, [loadId]);
    await this.#load.query(END_LAST, [loadId]);
    await this.#load.transaction(async () => {
      await this.#load.query(
        'UPDATE guide_load SET is_current = false WHERE guide_id = $1 AND is_current',
        [guideId],
      );
      await this.#load.query('UPDATE guide_load SET is_current = true WHERE load_id = $1', [
        loadId,
      ]);
      await this.#load.query(
        `UPDATE guide SET synced_at = now(), failure = NULL, channels = $2, programmes = $3, refused = $4,
           next_at = now() + interval_hours * interval '1 hour' WHERE guide_id = $1`,
        [guideId, counts.channels, counts.programmes, counts.refused],
      );
    });
    await this.deleteOthers(guideId);
  }

  /** What is not current: loads that were replaced or cut off. */
  async deleteOthers(guideId: number): Promise<void> {
    await this.#load.query(DELETE_PROGRAMMES, [guideId]);
    await this.#load.query(DELETE_LOADS, [guideId]);
  }
}
