/** SQL of hash lists: which pages were imported. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import type { Database } from '../../../platform/db/database.ts';

const SEEN = `
SELECT encode(p.page_key, 'hex') AS key FROM hash_list_page p
WHERE p.page_key IN (SELECT decode(k, 'hex') FROM jsonb_array_elements_text($1::text::jsonb) AS k)`;

const KEEP = `
INSERT INTO hash_list_page AS p (page_key, entries, linked)
SELECT decode(g.key, 'hex'), g.entries, g.linked
FROM jsonb_to_recordset($1::text::jsonb) AS g (key text, entries int, linked int) ORDER BY 1
ON CONFLICT (page_key) DO UPDATE SET imported_at = now(), entries = excluded.entries, linked = excluded.linked`;

export interface ImportedPage {
  /** 32 hexadecimal digits. */
  readonly key: string;
  readonly entries: number;
  readonly linked: number;
}

export class HashListStore {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Those of the keys that were imported. */
  async seen(keys: readonly string[], signal: CancelSignal): Promise<ReadonlySet<string>> {
    const rows = await this.#database.write<{ readonly key: string }[]>(
      { name: 'ingest.seen-pages', lane: 'rest', signal },
      (sql) => sql.unsafe(SEEN, [JSON.stringify(keys)]),
    );
    return new Set(rows.map(({ key }) => key));
  }

  async keep(pages: readonly ImportedPage[], signal: CancelSignal): Promise<void> {
    await this.#database.write({ name: 'ingest.keep-pages', lane: 'rest', signal }, (sql) =>
      sql.unsafe(KEEP, [JSON.stringify(pages)]),
    );
  }
}
