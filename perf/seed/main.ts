/** `npm run perf:seed -- --titles … --streams … --seed …`: fills a database, and says how long what took. */
import { watchSignals } from '../../src/app/signals.ts';
import { parseSeedArguments, HELP, type SeedArguments } from './arguments.ts';
import { failureText, stoppedText } from './failure.ts';
import { ProgressBar } from './progress-bar.ts';
import { sizesText, timesText } from './report.ts';
import { seedDatabase, type SeedPhase, type SeedProgress } from './seed-database.ts';
import { readSizes } from './sizes.ts';
import { openSeedTarget, type SeedTarget } from './target.ts';

const EXIT_STOPPED = 130;
const COMMITTED_PHASES: ReadonlySet<SeedPhase> = new Set(['VACUUM', 'checkpoint']);

// `| head`: nobody reads the rest.
process.stdout.on('error', () => undefined);
const print = (text: string) => {
  process.stdout.write(text);
};

async function seed(
  given: SeedArguments,
  target: SeedTarget,
  signal: AbortSignal,
  bar: ProgressBar,
  onStep: (progress: SeedProgress) => void,
): Promise<void> {
  print(
    `${given.titles.toLocaleString('en-US')} titles and ${given.streams.toLocaleString('en-US')} streams, ` +
      `seed ${given.seed}, into ${target.name}\n`,
  );
  const result = await seedDatabase({ ...given, uri: target.uri, signal, onStep });
  bar.clear();
  print(`\n${timesText(result)}\n${sizesText(await readSizes(target.uri))}`);
  print(`${result.links.toLocaleString('en-US')} links in this run. `);
  print(`Peak memory of the seeder: ${Math.round(process.resourceUsage().maxRSS / 1000)} MB\n`);
}

async function main(): Promise<number> {
  const stop = new AbortController();
  using signals = watchSignals(() => process.exit(EXIT_STOPPED));
  void signals.first.then(() => stop.abort());
  const bar = new ProgressBar(process.stdout);
  let target: SeedTarget | null = null;
  let isCommitted = false;
  try {
    const given = parseSeedArguments(process.argv.slice(2));
    if (given === null) {
      print(HELP);
      return 0;
    }
    target = await openSeedTarget(given, (text) => print(`${text}\n`), stop.signal);
    await seed(given, target, stop.signal, bar, (progress) => {
      isCommitted = COMMITTED_PHASES.has(progress.phase);
      bar.update(progress);
    });
    return 0;
  } catch (error) {
    bar.clear();
    const text = stop.signal.aborted
      ? stoppedText(isCommitted)
      : await failureText(error, target, isCommitted);
    if (text === null) throw error;
    process.stderr.write(`${text}\n`);
    return stop.signal.aborted ? EXIT_STOPPED : 1;
  } finally {
    await target?.[Symbol.asyncDispose]();
  }
}

process.exitCode = await main();
