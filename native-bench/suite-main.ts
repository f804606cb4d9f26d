/** Measures the suites of one file in a process of its own: `suite-process.ts` starts it and hears what it finds. */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { measureSuite } from './measure.ts';
import type { Suite } from './suite.ts';
import type { SuiteMessage } from './suite-process.ts';

type OpenSuite = () => Promise<Suite>;

async function main(name: string, signal: AbortSignal): Promise<void> {
  for (const openSuite of await openersOf(name)) {
    signal.throwIfAborted();
    await using suite = await openSuite();
    tell({ report: await measureSuite(suite, signal, (round) => tell({ round })) });
  }
}

async function openersOf(name: string): Promise<readonly OpenSuite[]> {
  const module: Readonly<Record<string, unknown>> = await import(
    pathToFileURL(join(import.meta.dirname, `${name}.bench.js`)).href
  );
  const openers = Object.entries(module).filter(([exported]) => /^open\w*Bench$/.test(exported));
  if (openers.length === 0) throw new Error(`${name}.bench.ts exports no open…Bench function`);
  return openers.map(([, opener]) => opener as OpenSuite);
}

function tell(message: SuiteMessage): void {
  if (process.connected) process.send?.(message);
}

const stop = new AbortController();
const abort = () => stop.abort(new Error('interrupted'));
// Ctrl-C reaches this process, too; when the other one is gone, nobody wants the figures any more.
process.on('SIGINT', abort).on('SIGTERM', abort).on('disconnect', abort);
try {
  await main(process.argv[2] ?? '', stop.signal);
} catch (error) {
  tell({ failure: error instanceof Error ? error.message : String(error) });
  process.exitCode = 1;
}
if (process.connected) process.disconnect();
