/** SQL of whether sources play: one statement reads what is to be looked at, one writes a thousand findings. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { AccountSeals, SealedAddresses } from '../accounts/account-seals.ts';
import { SHOWN } from '../shown-rows.ts';
import type { CheckedSource, CheckOrder, SourceFinding } from './contract.ts';

export interface FailingSource {
  /** Pages go on behind it. */
  readonly sourceId: number;
  readonly channel: string;
  readonly name: string;
  readonly provider: string;
  readonly confidence: number;
  readonly isDown: boolean;
  readonly failure: string;
  readonly checkedAt: Date;
  /** When it played last; null: never that anybody knows. */
  readonly seenAt: Date | null;
}

/** What playback has told of within this time is not asked again. */
const FRESH_MINUTES = 30;
const TO_CHECK = `
SELECT s.provider_id AS "providerId", p.slots_max AS "slotsMax",
  s.channel_id::float8 AS "channelId", s.url, s.user_agent AS "userAgent", s.referrer, p.account_sealed AS "accountSealed"
FROM iptv_source s JOIN iptv_provider p USING (provider_id)
LEFT JOIN iptv_health h ON (h.provider_id, h.url_hash) = (s.provider_id, md5(s.url)::uuid)
WHERE ${SHOWN} AND s.kind = 'live' AND ($1::int IS NULL OR s.provider_id = $1)
  AND (h.checked_at IS NULL OR h.checked_at < now() - interval '${FRESH_MINUTES} minutes')
ORDER BY h.checked_at NULLS FIRST, s.source_id LIMIT $2`;
const FIRST = { success: 80, failure: 40 };
const RAISED = 'least(100, h.confidence + 25)';
const LOWERED = 'greatest(0, h.confidence - 25)';
const PUT = `
INSERT INTO iptv_health AS h (provider_id, url_hash, confidence, is_down, failure, checked_at, seen_at)
SELECT DISTINCT ON (v."providerId", md5(v."storedUrl")) v."providerId", md5(v."storedUrl")::uuid,
  CASE WHEN v.failure = '' THEN ${FIRST.success} ELSE ${FIRST.failure} END, false, v.failure, now(),
  CASE WHEN v.failure = '' THEN now() END
FROM jsonb_to_recordset($1::text::jsonb) AS v ("providerId" int, "storedUrl" text, failure text)
JOIN iptv_provider p ON p.provider_id = v."providerId"
ORDER BY 1, md5(v."storedUrl")
ON CONFLICT (provider_id, url_hash) DO UPDATE SET
  confidence = CASE WHEN excluded.failure = '' THEN ${RAISED} ELSE ${LOWERED} END,
  is_down = CASE
    WHEN excluded.failure = '' THEN h.is_down AND ${RAISED} < 60
    ELSE h.is_down OR ${LOWERED} <= 20
  END,
  failure = excluded.failure, checked_at = excluded.checked_at, seen_at = coalesce(excluded.seen_at, h.seen_at)`;
const FAILING = `
SELECT s.source_id::float8 AS "sourceId", c.public_id AS channel,
  coalesce(c.own_name, c.name) AS name, p.name AS provider, h.confidence, h.is_down AS "isDown",
  h.failure, h.checked_at AS "checkedAt", h.seen_at AS "seenAt"
FROM iptv_source s JOIN iptv_provider p USING (provider_id) JOIN iptv_channel c USING (channel_id)
JOIN iptv_health h ON (h.provider_id, h.url_hash) = (s.provider_id, md5(s.url)::uuid)
WHERE ${SHOWN} AND h.failure <> '' AND s.source_id > $1::bigint ORDER BY s.source_id LIMIT $2`;

export class HealthStore {
  readonly #database: Database;
  readonly #seals: Pick<AccountSeals, 'filled'>;

  constructor(database: Database, seals: Pick<AccountSeals, 'filled'>) {
    this.#database = database;
    this.#seals = seals;
  }

  async toCheck(
    { providerId, limit }: CheckOrder,
    signal: CancelSignal,
  ): Promise<readonly CheckedSource[]> {
    const rows = await this.#database.read<(CheckedSource & SealedAddresses)[]>(
      { name: 'iptv.to-check', lane: 'rest', signal, timeoutMs: 30_000 },
      (sql) => sql.unsafe(TO_CHECK, [providerId, limit]),
    );
    return rows.map((row) => this.#seals.filled(row));
  }

  /** @param findings at most a thousand */
  async put(findings: readonly SourceFinding[], signal: CancelSignal): Promise<void> {
    await this.#database.write(
      { name: 'iptv.put-health', lane: 'rest', signal, timeoutMs: 30_000 },
      (sql) => sql.unsafe(PUT, [JSON.stringify(findings)]),
    );
  }

  failing(afterId: number, limit: number, signal: CancelSignal): Promise<readonly FailingSource[]> {
    return this.#database.read<FailingSource[]>(
      { name: 'iptv.failing-sources', lane: 'page', signal },
      (sql) => sql.unsafe(FAILING, [afterId, limit]),
    );
  }
}
