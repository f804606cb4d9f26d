/**
 * postgres.js and pg on one connection each to the same server: one statement after the other, 50 at once, without
 * prepared statements (as behind an old PgBouncer), and one answer of 200 rows. A task of 50 is 50 statements.
 */
import { Client, Pool } from 'pg';
import postgres from 'postgres';
import { Bench } from 'tinybench';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import { startTestPostgres } from '../test/support/postgres-server.ts';
import type { BenchSuite } from './suite.ts';

const ROWS = 2000;
const AT_ONCE = 50;
const LIST_ROWS = 200;
const ONE_ROW =
  'SELECT stream_id, name, size_bytes, seeders FROM bench_stream WHERE stream_id = $1';
const MANY_ROWS =
  'SELECT stream_id, name, size_bytes, seeders FROM bench_stream WHERE stream_id <= $1 ORDER BY stream_id';
const FILL = `
  CREATE TABLE bench_stream (stream_id integer PRIMARY KEY, name text NOT NULL, size_bytes bigint NOT NULL, seeders integer NOT NULL);
  INSERT INTO bench_stream
  SELECT n, 'Lantern.Harbour.2021.1080p.WEB-DL.DDP5.1.H.264-GROUP' || n, n * 1048576::bigint, n % 400 FROM generate_series(1, ${ROWS}) n;
  ANALYZE bench_stream`;
const PIPELINED = `${AT_ONCE} at once, postgres.js`;
const SERIAL = `${AT_ONCE} one after the other, postgres.js`;

type Ask = (text: string, value: number) => Promise<unknown>;

export async function openPostgresDriversBench(): Promise<BenchSuite> {
  const stack = new DisposeStack();
  try {
    const bench = new Bench({ name: 'PostgreSQL drivers', time: 800, warmupTime: 100 });
    const { uri } = stack.use(await startTestPostgres());
    await addAll(bench, uri, stack);
    return {
      bench,
      measuresCpu: true,
      bars: [{ task: PIPELINED, metric: 'p50Us', against: SERIAL, ratioMax: 0.8 }],
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function addAll(bench: Bench, uri: string, stack: DisposeStack): Promise<void> {
  const [prepared, unprepared] = [true, false].map((prepare) => {
    const sql = postgres(uri, { max: 1, prepare, onnotice: () => undefined });
    stack.defer(() => sql.end({ timeout: 1 }));
    return { sql, ask: ((text, value) => sql.unsafe(text, [value], { prepare })) satisfies Ask };
  });
  if (prepared === undefined || unprepared === undefined) throw new Error('there is no connection');
  await prepared.sql.unsafe(FILL).simple();
  addContender(bench, 'postgres.js', prepared.ask);
  addContender(bench, 'postgres.js, unprepared', unprepared.ask);
  addContender(bench, 'pg, named statements', pgPool(uri, stack));
  addContender(bench, 'pg, named statements, pipeline', await pgPipeline(uri, stack));
}

function pgPool(connectionString: string, stack: DisposeStack): Ask {
  const pool = new Pool({ connectionString, max: 1 });
  // A server that is stopped after a failure must not end the run with an event that nobody heard.
  pool.on('error', () => undefined);
  stack.defer(() => pool.end());
  return (text, value) => pool.query(namedQuery(text, value));
}

async function pgPipeline(connectionString: string, stack: DisposeStack): Promise<Ask> {
  const client = new Client({ connectionString, pipeline: true });
  client.on('error', () => undefined);
  await client.connect();
  stack.defer(() => client.end());
  return (text, value) => client.query(namedQuery(text, value));
}

function namedQuery(text: string, value: number) {
  return { name: text === ONE_ROW ? 'one' : 'many', text, values: [value] };
}

function addContender(bench: Bench, name: string, ask: Ask): void {
  let turn = 0;
  const next = () => (turn++ % ROWS) + 1;
  bench
    .add(`${AT_ONCE} one after the other, ${name}`, async () => {
      for (let statement = 0; statement < AT_ONCE; statement++) await ask(ONE_ROW, next());
    })
    .add(`${AT_ONCE} at once, ${name}`, async () => {
      await Promise.all(Array.from({ length: AT_ONCE }, () => ask(ONE_ROW, next())));
    })
    .add(`${LIST_ROWS} rows, ${name}`, async () => {
      await ask(MANY_ROWS, LIST_ROWS);
    });
}
