/**
 * Fills a migrated database with generated titles and streams, the same ones for the same seed: release names with
 * agreeing attributes, few titles with most of the streams, series with packs, popularity by Zipf's law.
 * One transaction: COPY, then keys and indexes; whatever interrupts it leaves the database as it was
 * (docs/decisions/0013-data-at-scale.md).
 */
import type { Client } from 'pg';
import { copyRows, type RowCounts } from './copy-rows.ts';
import { pauseSchema, type PausedSchema, type Step } from './schema-pause.ts';
import { openLoadSession } from './load-session.ts';
import { prepareDatabase, type SeedBase } from './prepare.ts';
import { TABLES, type Table } from './tables.ts';

export interface SeedOptions {
  /** A migrated database; what is in it stays. */
  readonly uri: string;
  readonly titles: number;
  readonly streams: number;
  /** The same seed gives the same rows. */
  readonly seed: number;
  /** A line now and then: at the beginning of each phase and every five seconds. */
  readonly onProgress?: (text: string) => void;
  /** Each step, some hundred a second: for a bar. */
  readonly onStep?: (progress: SeedProgress) => void;
  /** Stops it; the database is then as it was. */
  readonly signal?: AbortSignal;
}

export interface SeedProgress {
  readonly phase: SeedPhase;
  readonly done: number;
  readonly total: number;
  /** What is counted: `streams`, `indexes`, … */
  readonly unit: string;
  /** What is being worked on; empty when the count says it all. */
  readonly detail: string;
}

/** In this order; the last two when the rows are there for everybody. */
export type SeedPhase =
  | 'COPY'
  | 'keys and B-tree indexes'
  | 'GIN indexes'
  | 'statistics'
  | 'foreign keys'
  | 'VACUUM'
  | 'checkpoint';

export interface SeedResult {
  readonly titles: number;
  readonly streams: number;
  readonly links: number;
  readonly elapsedMs: number;
  readonly phases: readonly { readonly phase: SeedPhase; readonly elapsedMs: number }[];
}

const LINE_EVERY_MS = 5000;
/** They get some rows, too, by ordinary statements. */
const SMALL_TABLES = ['genre', 'tracker_list'];

/**
 * @throws StartError in one line when the database is not migrated or others use it; the server's error, or the
 * signal's reason, for what comes later
 */
export async function seedDatabase(options: SeedOptions): Promise<SeedResult> {
  const startedAt = performance.now();
  const phases = new PhaseClock(options);
  await using session = await openLoadSession(options.uri, options.signal);
  const rows = await session.run(async (client) => {
    await client.query('BEGIN');
    const base = await prepareDatabase(client, options.seed);
    const paused = await pauseSchema(client, TABLES);
    const frozen = await emptyTables(client);
    const counts = await load(client, options, base, frozen, paused, phases);
    await client.query('COMMIT');
    const unfrozen = [...TABLES.filter((table) => !frozen.has(table)), ...SMALL_TABLES];
    await phases.steps(
      'VACUUM',
      'tables',
      client,
      unfrozen.map((table) => ({ name: table, sql: `VACUUM (ANALYZE) ${table}` })),
    );
    await phases.run('checkpoint', 1, 'checkpoints', () => session.checkpoint());
    return counts;
  });
  return {
    titles: rows.media,
    streams: rows.stream,
    links: rows.stream_link,
    elapsedMs: performance.now() - startedAt,
    phases: phases.finished,
  };
}

async function load(
  client: Client,
  options: SeedOptions,
  base: SeedBase,
  frozen: ReadonlySet<Table>,
  paused: PausedSchema,
  phases: PhaseClock,
): Promise<RowCounts> {
  const counts = await phases.run('COPY', options.streams, 'streams', (_, report) =>
    copyRows(client, options, base, frozen, report),
  );
  await phases.steps('keys and B-tree indexes', 'indexes', client, paused.ordinaryIndexes);
  await phases.steps('GIN indexes', 'indexes', client, paused.otherIndexes);
  // Before the foreign keys, whose checks are joins that have to be planned.
  await phases.steps(
    'statistics',
    'tables',
    client,
    TABLES.map((table) => ({ name: table, sql: `ANALYZE ${table}` })),
  );
  await phases.steps('foreign keys', 'foreign keys', client, [
    ...paused.foreignKeys,
    ...paused.triggers,
  ]);
  await resetIdentities(client);
  return counts;
}

/** Tables without rows, which are made anew in this transaction: COPY can then freeze what it writes. */
async function emptyTables(client: Client): Promise<ReadonlySet<Table>> {
  const empty = new Set<Table>();
  for (const table of TABLES) {
    const { rows } = await client.query<{ isEmpty: boolean }>(
      `SELECT NOT EXISTS (SELECT FROM ${table}) AS "isEmpty"`,
    );
    if (rows[0]?.isEmpty === true) empty.add(table);
  }
  if (empty.size > 0) await client.query(`TRUNCATE ${[...empty].join(', ')}`);
  return empty;
}

async function resetIdentities(client: Client): Promise<void> {
  await client.query(`
    SELECT setval(pg_get_serial_sequence('media', 'media_id'), (SELECT max(media_id) FROM media)),
      setval(pg_get_serial_sequence('stream', 'stream_id'), (SELECT max(stream_id) FROM stream))`);
}

/** Times phases and tells how far they are. */
class PhaseClock {
  readonly #options: Pick<SeedOptions, 'onProgress' | 'onStep'>;
  readonly finished: { readonly phase: SeedPhase; readonly elapsedMs: number }[] = [];
  #lineAtMs = -Infinity;

  constructor(options: Pick<SeedOptions, 'onProgress' | 'onStep'>) {
    this.#options = options;
  }

  async run<T>(
    phase: SeedPhase,
    total: number,
    unit: string,
    work: (next: (detail: string) => void, report: (done: number) => void) => Promise<T>,
  ): Promise<T> {
    const startedAt = performance.now();
    this.#lineAtMs = -Infinity;
    let done = 0;
    const result = await work(
      (detail) => this.#tell({ phase, done: done++, total, unit, detail }),
      (now) => this.#tell({ phase, done: now, total, unit, detail: '' }),
    );
    this.finished.push({ phase, elapsedMs: performance.now() - startedAt });
    return result;
  }

  #tell(progress: SeedProgress): void {
    this.#options.onStep?.(progress);
    const nowMs = performance.now();
    if (nowMs - this.#lineAtMs < LINE_EVERY_MS) return;
    this.#lineAtMs = nowMs;
    const { phase, done, total, unit } = progress;
    this.#options.onProgress?.(`${phase}: ${done} of ${total} ${unit}`);
  }

  steps(phase: SeedPhase, unit: string, client: Client, steps: readonly Step[]): Promise<void> {
    return this.run(phase, steps.length, unit, async (next) => {
      for (const { name, sql } of steps) {
        next(name);
        await client.query(sql);
      }
    });
  }
}
