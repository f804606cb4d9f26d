/**
 * Writes a database as SQL that `psql` restores: the migrations it has, then every row by COPY, all of one moment.
 * The embedded server comes without pg_dump, and this is the way from it to a PostgreSQL of one's own.
 */
import type { Readable } from 'node:stream';
import type { Row, Sql } from 'postgres';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { parsePostgresUri } from '../../lib/postgres-uri/postgres-uri.ts';
import { StartError } from '../../lib/start-error.ts';
import type { Logger } from '../log/logger.ts';
import { codeOf, toAppError } from './failure.ts';
import { createHostChoice, writableHost } from './host-probe.ts';
import {
  pendingMigrations,
  readMigrationFiles,
  type AppliedMigration,
  type MigrationFile,
} from './migration-files.ts';
import { Session } from './session.ts';

export interface ExportOptions {
  readonly uri: string;
  readonly migrationsDirectory: string;
  readonly connectTimeoutMs: number;
  readonly signal: CancelSignal;
  /** Resolves when more may come: what is not yet written out is not kept in memory. */
  readonly write: (bytes: Buffer) => Promise<void>;
}

export interface ExportedTable {
  readonly name: string;
  readonly rows: number;
}

interface TableRow extends Row {
  /** As SQL writes it. */
  readonly name: string;
  /** Those that are stored, quoted and joined by commas. */
  readonly columns: string;
  /** Tables that its rows refer to. */
  readonly needs: readonly string[];
  /** `pg_get_serial_sequence` of its identity column, null without one. */
  readonly identity: string | null;
}

/** The server sends row by row; so much is written at a time. */
const CHUNK_BYTES = 256 * 1024;
const LINE_END = 10;
const UNDEFINED_TABLE = '42P01';

const BEGIN = `BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0; SET LOCAL lock_timeout = 0;
SET LOCAL "TimeZone" = 'UTC'; SET LOCAL "DateStyle" = 'ISO, YMD'; SET LOCAL "IntervalStyle" = 'postgres';
SET LOCAL extra_float_digits = 1; SET LOCAL bytea_output = 'hex'`;

const TABLES = `
SELECT format('%I', c.relname) AS name,
  (SELECT string_agg(format('%I', a.attname), ', ' ORDER BY a.attnum) FROM pg_attribute AS a
   WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = '') AS columns,
  ARRAY(SELECT DISTINCT format('%I', r.relname) FROM pg_constraint AS k JOIN pg_class AS r ON r.oid = k.confrelid
   WHERE k.conrelid = c.oid AND k.contype = 'f' AND k.confrelid <> c.oid)::text[] AS needs,
  (SELECT format('%L, %L', format('%I', c.relname), a.attname) FROM pg_attribute AS a
   WHERE a.attrelid = c.oid AND a.attidentity <> '') AS identity
FROM pg_class AS c
WHERE c.relkind = 'r' AND c.relnamespace = (SELECT relnamespace FROM pg_class WHERE oid = 'schema_migration'::regclass)
ORDER BY c.relname`;

const HEAD = `-- An export of Sluice. Restore it into an empty database, as the role that is to own it:
-- psql -v ON_ERROR_STOP=1 -f FILE 'postgres://…'
SET client_encoding = 'UTF8'; SET standard_conforming_strings = on; SET client_min_messages = warning;
SET statement_timeout = 0; SET "TimeZone" = 'UTC'; SET "DateStyle" = 'ISO, YMD'; SET "IntervalStyle" = 'postgres';
BEGIN;
CREATE TABLE schema_migration (
  name text PRIMARY KEY, checksum text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
);
`;
/** A file that was cut off has no COMMIT: nothing of it is restored. */
const TAIL = 'COMMIT;\nANALYZE;\n-- The export is complete.\n';

/**
 * Resolves with what was written. Rejects with AppError `database.unavailable` or `.timeout`, with what `write` rejected
 * with, and with the signal's reason.
 * @throws StartError for a database without a schema, or with one of another build
 */
export async function exportDatabase(
  options: ExportOptions,
  logger: Logger,
): Promise<readonly ExportedTable[]> {
  const target = parsePostgresUri(options.uri);
  const connectTimeoutMs = target.connectTimeoutMs ?? options.connectTimeoutMs;
  const hosts = createHostChoice(target, writableHost(target), connectTimeoutMs, logger);
  const session = new Session(
    {
      target,
      chooseHost: () => hosts.choose(),
      applicationName: 'sluice export',
      prepare: false,
      connectTimeoutMs,
      maxLifetimeMs: Infinity,
      statementTimeoutMs: undefined,
    },
    { opened: () => undefined, ended: () => undefined },
    logger,
  );
  const abort = () => {
    void session.destroy();
  };
  options.signal.addEventListener('abort', abort, { once: true });
  try {
    return await new Export(session, options).run();
  } catch (error) {
    options.signal.throwIfAborted();
    if (codeOf(error) === UNDEFINED_TABLE)
      throw new StartError('the database has no schema of Sluice: nothing to export');
    throw toAppError(error, 'export');
  } finally {
    options.signal.removeEventListener('abort', abort);
    await session.destroy();
  }
}

class Export {
  readonly #session: Session;
  readonly #sql: Sql;
  readonly #options: ExportOptions;

  constructor(session: Session, options: ExportOptions) {
    this.#session = session;
    this.#sql = session.sql;
    this.#options = options;
  }

  async run(): Promise<readonly ExportedTable[]> {
    const sql = this.#sql;
    await sql.unsafe(BEGIN);
    const applied = await sql.unsafe<(AppliedMigration & Row)[]>(
      'SELECT name, checksum FROM schema_migration ORDER BY name',
    );
    const files = await readMigrationFiles(this.#options.migrationsDirectory);
    const pending = pendingMigrations(files, applied);
    const schema = files.slice(0, files.length - pending.length);
    const tables = inOrder(await sql.unsafe<TableRow[]>(TABLES), schema);
    await this.#text(HEAD + schemaOf(schema) + beforeRows(tables));
    const exported: ExportedTable[] = [];
    for (const table of tables) exported.push(await this.#rowsOf(table));
    for (const table of tables) await this.#identityOf(table);
    await this.#text(afterRows(tables) + TAIL);
    await sql.unsafe('COMMIT');
    return exported;
  }

  async #rowsOf({ name, columns }: TableRow): Promise<ExportedTable> {
    await this.#text(`\nCOPY ${name} (${columns}) FROM stdin;\n`);
    // Its rows come as they are read: a slow reader of ours slows the server down.
    const copied: Readable = await this.#sql
      .unsafe(`COPY ${name} (${columns}) TO STDOUT`)
      .readable();
    let rows = 0;
    let chunks: Buffer[] = [];
    let bytes = 0;
    for await (const some of copied as AsyncIterable<Buffer>) {
      rows += lineEndsIn(some);
      chunks.push(some);
      bytes += some.length;
      if (bytes < CHUNK_BYTES) continue;
      await this.#options.write(Buffer.concat(chunks));
      chunks = [];
      bytes = 0;
    }
    this.#session.resumeAfterCopy();
    await this.#options.write(Buffer.concat([...chunks, Buffer.from('\\.\n')]));
    return { name, rows };
  }

  /** The next number of an identity column: after a restore, new rows must not meet the old ones. */
  async #identityOf({ identity }: TableRow): Promise<void> {
    if (identity === null) return;
    const [found] = await this.#sql.unsafe<{ sequence: string }[]>(
      `SELECT pg_get_serial_sequence(${identity}) AS sequence`,
    );
    const [state] = await this.#sql.unsafe<{ last: string; called: boolean }[]>(
      `SELECT last_value::text AS last, is_called AS called FROM ${found?.sequence ?? ''}`,
    );
    if (state === undefined) throw new Error(`no sequence for ${identity}`);
    await this.#text(
      `SELECT setval(pg_get_serial_sequence(${identity}), ${state.last}, ${String(state.called)});\n`,
    );
  }

  #text(text: string): Promise<void> {
    return this.#options.write(Buffer.from(text));
  }
}

/** COPY escapes those within a value. */
function lineEndsIn(bytes: Buffer): number {
  let count = 0;
  for (let at = bytes.indexOf(LINE_END); at >= 0; at = bytes.indexOf(LINE_END, at + 1)) count += 1;
  return count;
}

/** Statements that cannot run in a transaction have their own. */
function schemaOf(files: readonly MigrationFile[]): string {
  return files
    .map(({ name, sql, inTransaction }) => {
      const text = `\n-- ${name}\n${sql.trimEnd()}\n`;
      return inTransaction ? text : `COMMIT;\n${text}BEGIN;\n`;
    })
    .join('');
}

/** Rows that migrations made come with the others, and what triggers made of rows is among the rows. */
function beforeRows(tables: readonly TableRow[]): string {
  const names = tables.map(({ name }) => name);
  return `\nTRUNCATE ${names.join(', ')};\n${names.map((name) => `ALTER TABLE ${name} DISABLE TRIGGER USER;\n`).join('')}`;
}

function afterRows(tables: readonly TableRow[]): string {
  return tables.map(({ name }) => `ALTER TABLE ${name} ENABLE TRIGGER USER;\n`).join('');
}

/** The tables of the migrations, each behind those that it refers to. What somebody else made in the schema is not ours. */
function inOrder(
  tables: readonly TableRow[],
  files: readonly MigrationFile[],
): readonly TableRow[] {
  const made = new Set(['schema_migration']);
  for (const { sql } of files)
    for (const [, name = ''] of sql.matchAll(CREATE_TABLE)) made.add(name);
  const waiting = new Map(
    tables.filter(({ name }) => made.has(name)).map((table) => [table.name, table]),
  );
  const ordered: TableRow[] = [];
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(
      ({ needs }) => !needs.some((name) => waiting.has(name)),
    );
    if (ready.length === 0)
      throw new Error(`tables refer to each other in a circle: ${[...waiting.keys()].join(', ')}`);
    for (const table of ready) waiting.delete(table.name);
    ordered.push(...ready);
  }
  return ordered;
}

const CREATE_TABLE = /^\s*CREATE (?:UNLOGGED )?TABLE (?:IF NOT EXISTS )?([a-z_0-9]+)/gim;
