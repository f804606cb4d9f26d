/** A file of a million lines into an empty library, the same file again, and an api that must not notice. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import postgres from 'postgres';
import { leaveServerCore, useAllCores } from '../harness/pinned.ts';
import { preparedDatabase } from '../ingest/databases.ts';
import { runImport, type ImportRun } from '../ingest/import-process.ts';
import { writeLinesFile } from '../ingest/lines-file.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import type { Check } from '../result.ts';
import { seedDatabase, type SeedResult } from '../seed/seed-database.ts';
import { atLeast, atMost, p95Ms, requestsPerS } from './figures.ts';
import { distinctStreamPaths } from './paths.ts';
import { runPhase, warmUp, warningsOf, type Target } from './phases.ts';
import type { Bench, Outcome, Phase, SpecialScenario } from './scenario.ts';
import { startScenarioServer } from './standard.ts';

const STREAMS_PER_TITLE = 20;
const SEED = 11;
const SHARE_OF_SEED_MIN = 0.4;
const MEMORY_MB_MAX = 250;
const AGAIN_MIN = 2;
const SLOWER_MAX = 1.5;
const CAPACITY_SHARE = 0.25;
const WARM_UP_S = 6;
/** The import is in its stride by then. */
const LEAD_IN_S = 5;
const MB = 1e6;

export const INGEST: SpecialScenario = {
  name: 'ingest',
  description:
    'A million NDJSON lines (--lines) with new titles into an empty library, the same file again, and stream-distinct beside it.',
  needs: { seed: false, redis: false },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-ingest-'));
  // An import runs where the system puts it, as does PostgreSQL.
  useAllCores();
  await bench.data.restartPostgres([]);
  try {
    const file = join(folder, 'lines.ndjson');
    const seeded = await seed(bench, file);
    const rates = await importTwice(bench, file, seeded);
    const beside = await besideRequests(bench, file);
    return {
      phases: beside.phases.map(({ result }) => result),
      checks: [...rates.checks, ...beside.checks],
      warnings: [...rates.notes, ...beside.phases.flatMap(warningsOf)],
    };
  } finally {
    leaveServerCore();
    await bench.data.restartPostgres([]);
    await rm(folder, { recursive: true, force: true });
  }
}

interface Seeded {
  readonly lines: number;
  /** Streams a second of COPY with keys and ordinary indexes, which an import has to write, too. */
  readonly perS: number;
}

/** The rate to compare with, and the file: what the seeder wrote. */
async function seed({ data, settings, progress, signal }: Bench, file: string): Promise<Seeded> {
  const uri = await preparedDatabase(data, 'ingest_seeded');
  const result = await seedDatabase({
    uri,
    titles: Math.ceil(settings.lines / STREAMS_PER_TITLE),
    streams: settings.lines,
    seed: SEED,
    signal,
    onProgress: (text) => progress(`seeding: ${text.replace(/:.*/, '')}`),
  });
  progress('writing the file');
  const lines = await writeLinesFile(uri, file, signal);
  await data.sql.unsafe('DROP DATABASE ingest_seeded WITH (FORCE)');
  return { lines, perS: result.streams / copyS(result) };
}

function copyS({ phases }: SeedResult): number {
  return phases.slice(0, 2).reduce((sum, { elapsedMs }) => sum + elapsedMs / 1000, 0);
}

async function importTwice(
  { data, progress, signal }: Bench,
  file: string,
  seeded: Seeded,
): Promise<{ readonly checks: readonly Check[]; readonly notes: readonly string[] }> {
  const uri = await preparedDatabase(data, 'ingest_lines');
  const environment = { POSTGRES_URI: uri };
  progress(`importing ${seeded.lines} lines`);
  const first = await runImport([file], environment, signal);
  const written = await rowsWritten(uri);
  progress('importing them again');
  const again = await runImport([file], environment, signal);
  const writtenAgain = (await rowsWritten(uri)) - written;
  await data.sql.unsafe('DROP DATABASE ingest_lines WITH (FORCE)');
  const perS = seeded.lines / first.elapsedS;
  const peak = Math.max(first.rssPeakBytes, again.rssPeakBytes);
  return {
    checks: [
      atLeast('lines a second : seed', perS / seeded.perS, SHARE_OF_SEED_MIN, '×'),
      atMost('memory of an import', peak / MB, MEMORY_MB_MAX, 'MB'),
      atLeast('again : first', first.elapsedS / again.elapsedS, AGAIN_MIN, '×'),
      atMost('rows written again', writtenAgain, 0, 'rows'),
    ],
    notes: [
      `perf:seed wrote ${Math.round(seeded.perS)} streams/s (COPY with keys and B-trees)`,
      runText('first', seeded.lines, first),
      runText('again', seeded.lines, again),
    ],
  };
}

function runText(name: string, lines: number, { elapsedS, cpuS, rssPeakBytes }: ImportRun): string {
  return (
    `${name}: ${Math.round(lines / elapsedS)} lines/s, ${elapsedS.toFixed(1)} s, ` +
    `${cpuS.toFixed(1)} s of processor, ${Math.round(rssPeakBytes / MB)} MB`
  );
}

/** Lists that a server makes anew for each request, without and with an import into its library. */
async function besideRequests(
  bench: Bench,
  file: string,
): Promise<{ readonly phases: readonly Phase[]; readonly checks: readonly Check[] }> {
  const { needs } = INGEST;
  await using server = await startScenarioServer(
    { environment: { SECRET_KEY: PERF_SECRET_KEY }, needs },
    bench.data,
  );
  const target: Target = {
    server,
    requests: { paths: distinctStreamPaths() },
    needs,
    position: 0,
  };
  await warmUp(bench, target, WARM_UP_S);
  const capacity = await runPhase(bench, target, { name: 'capacity', loop: 'closed' });
  const ratePerS = Math.max(1, Math.floor(requestsPerS(capacity.result) * CAPACITY_SHARE));
  const quarter = { loop: 'open', ratePerS } as const;
  const alone = await runPhase(bench, target, { ...quarter, name: 'alone' });
  const stop = new AbortController();
  const importing = runImport(
    [file],
    { POSTGRES_URI: bench.data.postgresUri },
    AbortSignal.any([bench.signal, stop.signal]),
  );
  importing.catch(() => undefined);
  const beside = await runPhase(bench, target, {
    ...quarter,
    name: 'beside an import',
    leadInS: LEAD_IN_S,
  }).finally(() => stop.abort(new Error('measured')));
  await importing.then(
    () => {
      throw new Error('the import was over before it was measured: expected more --lines');
    },
    (error: unknown) => {
      if (!stop.signal.aborted) throw error;
    },
  );
  return {
    phases: [capacity, alone, beside],
    checks: [
      atMost('p95 beside : alone', p95Ms(beside.result) / p95Ms(alone.result), SLOWER_MAX, '×'),
    ],
  };
}

/** In all tables of the library since it was made. */
async function rowsWritten(uri: string): Promise<number> {
  const sql = postgres(uri, { max: 1, onnotice: () => undefined });
  try {
    const [row] = await sql<{ rows: number }[]>`
      SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::float8 AS rows FROM pg_stat_user_tables
      WHERE schemaname = 'public'`;
    return row?.rows ?? 0;
  } finally {
    await sql.end({ timeout: 5 });
  }
}
