/** `node dist/perf/seed/main.js --uri … --titles … --streams … --seed …`: fills a migrated database. */
import { parseArgs } from 'node:util';
import { seedDatabase } from './seed-database.ts';

const { values } = parseArgs({
  options: {
    uri: { type: 'string' },
    titles: { type: 'string', default: '60000' },
    streams: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: '1' },
  },
});
if (values.uri === undefined) throw new Error('--uri is missing: a migrated database that nobody else writes to');

const startedAt = performance.now();
const result = await seedDatabase({
  uri: values.uri,
  titles: Number(values.titles),
  streams: Number(values.streams),
  seed: Number(values.seed),
  onProgress: (text, { phase }) => {
    if (phase === 'COPY') return;
    const elapsedS = ((performance.now() - startedAt) / 1000).toFixed(1);
    process.stdout.write(`${elapsedS.padStart(7)} s  ${text}\n`);
  },
});
for (const { phase, elapsedMs } of result.phases) process.stdout.write(`${phase}: ${(elapsedMs / 1000).toFixed(1)} s\n`);
const seconds = result.elapsedMs / 1000;
process.stdout.write(
  `${result.titles} titles, ${result.streams} streams, ${result.links} links in ${seconds.toFixed(1)} s ` +
  `(${Math.round(result.streams / seconds)} streams/s, indexes and statistics included)\n`,
);
