/** A `Database` on one connection that keeps the text and parameters of what the stores send. */
import type { PendingQuery, Row, Sql } from 'postgres';
import postgres from 'postgres';
import type { BuildStatement, Database, StatementOptions } from '../../src/platform/db/database.ts';

export interface RecordedStatement {
  readonly name: string;
  readonly text: string;
  readonly parameters: readonly unknown[];
}

export class RecordingDatabase implements Database {
  /** Of the current connection, for statements of the test itself. */
  readonly sql: Sql;
  readonly statements: RecordedStatement[] = [];

  constructor(uri: string) {
    this.sql = postgres(uri, { max: 1, onnotice: () => undefined });
  }

  async read<T extends readonly Row[]>(
    options: StatementOptions,
    build: BuildStatement<T>,
  ): Promise<T> {
    return (await build(this.#recorder(this.sql, options.name))) as unknown as T;
  }

  write<T extends readonly Row[]>(options: StatementOptions, build: BuildStatement<T>): Promise<T> {
    return this.read(options, build);
  }

  async transaction<R>(options: StatementOptions, run: (sql: Sql) => Promise<R>): Promise<R> {
    const result = await this.sql.begin((tx) =>
      run(this.#recorder(tx as unknown as Sql, options.name)),
    );
    return result as R;
  }

  async ping(): Promise<void> {
    await this.sql`SELECT 1`;
  }

  stats() {
    const statementsByName = new Map<string, number>();
    for (const { name } of this.statements)
      statementsByName.set(name, (statementsByName.get(name) ?? 0) + 1);
    return { statements: this.statements.length, statementsByName, checkedOut: 0, waiting: 0 };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.sql.end({ timeout: 5 });
  }

  /** Stores hold their statements as constant text, so `unsafe` is all that has to be watched. */
  #recorder(sql: Sql, name: string): Sql {
    const unsafe = (text: string, parameters: never[] = [], options = {}): PendingQuery<Row[]> => {
      this.statements.push({ name, text, parameters });
      return sql.unsafe(text, parameters, options);
    };
    return { unsafe } as unknown as Sql;
  }
}
