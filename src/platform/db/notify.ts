/** Tells whoever listens to a channel (`notifications.ts`). */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from './database.ts';

/** @param payloads of at most NOTIFICATION_BYTES_MAX each */
export async function notify(
  database: Database,
  channel: string,
  payloads: readonly string[],
  signal: CancelSignal,
): Promise<void> {
  if (payloads.length === 0) return;
  await database.write({ name: 'notify', lane: 'rest', signal }, (sql) =>
    sql.unsafe(
      'SELECT pg_notify($1, p.payload) FROM jsonb_array_elements_text($2::text::jsonb) AS p (payload)',
      [channel, JSON.stringify(payloads)],
    ),
  );
}
