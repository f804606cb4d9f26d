/** Which database this is, for the keys of shared caches. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { Database } from './database.ts';

/** A UUID, made with the schema and never changed. Rejects when the schema is not there. */
export async function readInstanceId(database: Database, signal: CancelSignal): Promise<string> {
  const rows = await database.read<{ instanceId: string }[]>(
    { name: 'instance.id', lane: 'rest', signal },
    (sql) => sql`SELECT instance_id::text AS "instanceId" FROM instance`,
  );
  const [row] = rows;
  if (row === undefined) throw new Error('the table instance is empty');
  return row.instanceId;
}
