/**
 * `npm run --silent build && node dist/perf/seed-plans.js [--uri …]`: how PostgreSQL runs the statements of the request
 * path on a seeded database, in Markdown: a table, then each plan with what it read
 * (docs/generated-data.md keeps one run).
 */
import { parseArgs } from 'node:util';
import postgres, { type Row, type Sql } from 'postgres';
import type { CatalogQuery } from '../src/features/addon/contract.ts';
import { LibraryStore } from '../src/features/library/store.ts';
import { StreamStore } from '../src/features/streams/store.ts';
import type { BuildStatement, Database, StatementOptions } from '../src/platform/db/database.ts';
import type { RecordedStatement } from '../test/support/recording-database.ts';
import { openSeedTarget } from './seed/target.ts';

interface Case {
  readonly name: string;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

interface Plan {
  readonly name: string;
  /** The first run of the statement, and the third. */
  readonly first: Execution;
  readonly again: Execution;
}

interface Execution {
  readonly lines: readonly string[];
  readonly elapsedMs: number;
  readonly pages: number;
  /** Of these, not in PostgreSQL's own memory. */
  readonly pagesRead: number;
}

const MOVIES: CatalogQuery = {
  type: 'movie',
  order: 'latest',
  isReversed: false,
  hiddenLevels: 0,
  skip: 0,
  genre: null,
  search: null,
};
const PAGE = 100;
const NO_SEASON = 0;
const STATEMENT_TIMEOUT_MS = 60_000;

/** Films with about so many streams, and the series with the most. */
const FILMS = `
SELECT DISTINCT ON (wanted) wanted, media_id::float8 AS "mediaId", link_count AS links
FROM unnest($1::int[]) AS wanted
CROSS JOIN LATERAL (
  SELECT media_id, link_count FROM media_counter JOIN media USING (media_id)
  WHERE type = 'movie' AND link_count BETWEEN wanted * 9 / 10 AND wanted * 11 / 10
  ORDER BY popularity DESC LIMIT 1
) AS film ORDER BY wanted`;

async function cases(
  sql: Sql,
  streams: StreamStore,
  library: LibraryStore,
): Promise<readonly Case[]> {
  const films = await sql.unsafe<{ mediaId: number; links: number }[]>(FILMS, [
    '{12,400,4700}' as never,
  ]);
  const [series] = await sql<{ mediaId: number; links: number }[]>`
    SELECT media_id::float8 AS "mediaId", link_count AS links FROM media_counter ORDER BY link_count DESC LIMIT 1`;
  if (series === undefined)
    throw new Error('the database has no titles: expected a seeded one (npm run perf:seed)');
  const page = (part: Partial<CatalogQuery>) => (signal: AbortSignal) =>
    library.catalogTitles({ ...MOVIES, ...part }, PAGE, signal);
  return [
    {
      name: 'id to title',
      run: (signal) =>
        streams.resolveMedia({ type: 'movie', provider: 'imdb', id: 'tt10000002' }, signal),
    },
    ...films.map(({ mediaId, links }): Case => ({
      name: `streams of a film that has ${links}`,
      run: (signal) => streams.loadStreams(mediaId, NO_SEASON, 0, signal),
    })),
    {
      name: `streams of an episode of a series with ${series.links} links`,
      run: (signal) => streams.loadStreams(series.mediaId, 12, 20, signal),
    },
    { name: 'catalogue, newest', run: page({}) },
    {
      name: 'catalogue, most popular of a genre, page 101',
      run: page({ order: 'popular', genre: 'Drama', skip: 10_000 }),
    },
    { name: 'search, a frequent word', run: page({ order: 'relevance', search: 'night' }) },
    { name: 'search, two words', run: page({ order: 'relevance', search: 'black moon' }) },
    { name: 'search in vain', run: page({ order: 'relevance', search: 'zzzzzz' }) },
  ];
}

async function planOf(sql: Sql, recorder: StatementRecorder, one: Case): Promise<Plan> {
  await one.run(AbortSignal.timeout(STATEMENT_TIMEOUT_MS));
  const statement = recorder.take();
  const first = await execute(sql, statement);
  await execute(sql, statement);
  return { name: one.name, first, again: await execute(sql, statement) };
}

/** Keeps what the stores would send, and answers with no rows: a first run must not fill caches for the second. */
class StatementRecorder implements Database {
  #statement: RecordedStatement | null = null;

  async read<T extends readonly Row[]>(
    { name }: StatementOptions,
    build: BuildStatement<T>,
  ): Promise<T> {
    const unsafe = (text: string, parameters: readonly unknown[] = []) => {
      this.#statement = { name, text, parameters };
      return Promise.resolve([]);
    };
    return (await build({ unsafe } as unknown as Sql)) as unknown as T;
  }

  write(): never {
    throw new Error('these statements only read');
  }

  transaction(): never {
    throw new Error('these statements need no transaction');
  }

  ping(): Promise<void> {
    return Promise.resolve();
  }

  stats() {
    return {
      statements: 0,
      statementsByName: new Map<string, number>(),
      checkedOut: 0,
      waiting: 0,
    };
  }

  take(): RecordedStatement {
    if (this.#statement === null) throw new Error('the store sent no statement');
    return this.#statement;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return Promise.resolve();
  }
}

async function execute(sql: Sql, { text, parameters }: RecordedStatement): Promise<Execution> {
  const rows = await sql.unsafe(`EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF) ${text}`, [
    ...parameters,
  ] as never[]);
  const lines = rows.map((row) => String(row['QUERY PLAN']));
  const [, hit = '0'] =
    /Buffers:.*?hit=(\d+)/.exec(lines.find((line) => line.includes('Buffers:')) ?? '') ?? [];
  const [, read = '0'] =
    /Buffers:.*?read=(\d+)/.exec(lines.find((line) => line.includes('Buffers:')) ?? '') ?? [];
  const [, elapsed = '0'] = /Execution Time: ([\d.]+) ms/.exec(lines.at(-1) ?? '') ?? [];
  return {
    lines,
    elapsedMs: Number(elapsed),
    pages: Number(hit) + Number(read),
    pagesRead: Number(read),
  };
}

function markdown(plans: readonly Plan[]): string {
  const rows = plans.map(
    ({ name, first, again }) =>
      `| ${name} | ${again.pages} | ${first.pagesRead} | ${first.elapsedMs.toFixed(1)} ms | ${again.elapsedMs.toFixed(1)} ms |`,
  );
  const head = [
    '| statement | pages | not in memory at first | first | again |',
    '| --- | --- | --- | --- | --- |',
  ];
  const details = plans.map(
    ({ name, again }) => `\n### ${name}\n\n\`\`\`\n${again.lines.join('\n')}\n\`\`\`\n`,
  );
  return `${[...head, ...rows].join('\n')}\n${details.join('')}`;
}

async function main(): Promise<void> {
  const { values } = parseArgs({ options: { uri: { type: 'string' } } });
  const signal = AbortSignal.timeout(600_000);
  await using target = await openSeedTarget(
    { uri: values.uri ?? null, titles: 0, streams: 0, seed: 0 },
    () => undefined,
    signal,
  );
  const sql = postgres(target.uri, {
    max: 1,
    onnotice: () => undefined,
    connection: { application_name: 'sluice plans' },
  });
  try {
    const recorder = new StatementRecorder();
    const plans: Plan[] = [];
    for (const one of await cases(sql, new StreamStore(recorder), new LibraryStore(recorder)))
      plans.push(await planOf(sql, recorder, one));
    process.stdout.write(markdown(plans));
  } finally {
    await sql.end({ timeout: 5 });
  }
}

try {
  await main();
} catch (error) {
  process.stderr.write(
    `seed-plans: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`,
  );
  process.exitCode = 1;
}
