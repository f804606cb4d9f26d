/**
 * The load generator, a process of its own: `node generator-main.js <plan.json>`. It opens its connections,
 * says so, waits for a line on standard input, runs the plan and writes its report. It ends when its
 * input closes: whoever started it has gone.
 */
import { readFileSync } from 'node:fs';
import { LoadRun } from './load-run.ts';
import type { LoadMessage, LoadPlan } from './load-plan.ts';
import { goBeforeOthers } from './pinned.ts';

const [, , file = ''] = process.argv;
const plan = JSON.parse(readFileSync(file, 'utf8')) as LoadPlan;

function tell(message: LoadMessage): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

const { priority = 1 } = plan;
if (priority > 0) goBeforeOthers(priority);
const run = new LoadRun(plan, (tick) => tell({ type: 'tick', tick }));
try {
  await run.prepare();
} catch (error) {
  process.stderr.write(
    `${plan.connections} connections could not be opened: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
}
process.stdin.once('data', () => {
  void run
    .run(() => tell({ type: 'counting' }))
    .then((report) => {
      tell({ type: 'report', report });
      process.stdin.destroy();
    });
});
process.stdin.once('end', () => process.exit(0));
tell({ type: 'connected' });
