/** A MediaFusion database of a million streams, taken over into an empty library. */
import { leaveServerCore, useAllCores } from '../harness/pinned.ts';
import { emptyDatabase, preparedDatabase } from '../ingest/databases.ts';
import { runImport } from '../ingest/import-process.ts';
import { fillMediaFusion } from '../ingest/mediafusion-database.ts';
import { atLeast, atMost } from './figures.ts';
import type { Bench, Outcome, SpecialScenario } from './scenario.ts';

const STREAMS_PER_TITLE = 20;
const STREAMS_PER_S_MIN = 20_000;
const MEMORY_MB_MAX = 250;
const MB = 1e6;

export const MEDIAFUSION: SpecialScenario = {
  name: 'mediafusion',
  description:
    'A MediaFusion database of a million streams (--lines) taken over into an empty library.',
  needs: { seed: false, redis: false },
  run,
};

async function run(bench: Bench): Promise<Outcome> {
  const { data, settings, progress, signal } = bench;
  const streams = settings.lines;
  useAllCores();
  await data.restartPostgres([]);
  try {
    progress('making a MediaFusion database');
    const theirs = await emptyDatabase(data, 'ingest_mediafusion');
    await fillMediaFusion(theirs, { titles: Math.ceil(streams / STREAMS_PER_TITLE), streams });
    const ours = await preparedDatabase(data, 'ingest_taken');
    progress('taking it over');
    const taken = await runImport(
      ['mediafusion', '--from', theirs],
      { POSTGRES_URI: ours },
      signal,
    );
    for (const name of ['ingest_mediafusion', 'ingest_taken'])
      await data.sql.unsafe(`DROP DATABASE ${name} WITH (FORCE)`);
    const { elapsedS, cpuS, rssPeakBytes } = taken;
    return {
      phases: [],
      checks: [
        atLeast('streams taken over', streams / elapsedS, STREAMS_PER_S_MIN, 'streams/s'),
        atMost('memory', rssPeakBytes / MB, MEMORY_MB_MAX, 'MB'),
      ],
      warnings: [`${elapsedS.toFixed(1)} s, ${cpuS.toFixed(1)} s of processor in our process`],
    };
  } finally {
    leaveServerCore();
    await data.restartPostgres([]);
  }
}
