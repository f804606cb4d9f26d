/**
 * `npm run rehearse -- pool-exhaustion …`: causes a fault on an instance of its own, runs the commands of its runbook as they
 * stand, and looks whether they show the fault and cure it, and whether a Prometheus beside it raises the alarm and calms down
 * again. `--all`: every one of them in a line, and whether each alert of the rules has fired. Exit code 1 when one does not.
 */
import { alertNames, alertRules, HASTENED_BY } from './rehearsals/alert-rules.ts';
import type { AlertSeen } from './rehearsals/alert-watch.ts';
import type * as rehearsalsModule from './rehearsals/rehearsals.ts';
import { skipWithoutPrometheus } from './support/prometheus.ts';
import { startTestServices } from './support/test-services.ts';

type Rehearsals = typeof rehearsalsModule;

const isWatched = skipWithoutPrometheus === false;

async function main(): Promise<void> {
  await using services = await startTestServices();
  if (services.notices.length > 0)
    throw new Error(
      `${services.notices.join('\n')}\nRehearsals need all of it (Debian packages redis, pgbouncer)`,
    );
  console.log(
    isWatched
      ? `A real Prometheus watches, with its clock ahead: ${HASTENED_BY}`
      : `No alerts are seen: ${skipWithoutPrometheus}`,
  );
  Object.assign(process.env, services.environment);
  // They read the environment when they are loaded.
  const rehearsals = await import('./rehearsals/rehearsals.ts');
  const names = process.argv.slice(2).filter((name) => name !== '--all');
  if (process.argv.includes('--all')) return await all(rehearsals);
  for (const name of names.length === 0 ? Object.keys(rehearsals.PAGES) : names)
    await one(rehearsals, name);
}

async function one({ rehearse, PAGES }: Rehearsals, name: string): Promise<void> {
  const hasPage = Object.hasOwn(PAGES, name);
  console.log(`\n═══ ${name}: ${hasPage ? `docs/runbooks/${name}.md` : 'docs/runbooks/README.md'}`);
  await rehearse(name, { say: (line) => console.log(line), isWatched });
  console.log(`\n═══ ${name}: ${hasPage ? 'the page shows the fault and cures it' : 'cured'}`);
}

/** A failure is told at its end: the others are rehearsed all the same. */
async function all({ rehearse, REHEARSALS }: Rehearsals): Promise<void> {
  const fired = new Set<string>();
  for (const name of Object.keys(REHEARSALS)) {
    const said: string[] = [];
    try {
      const seen = await rehearse(name, { say: (line) => void said.push(line), isWatched });
      for (const alert of seen) fired.add(alert.name);
      console.log(`✔ ${name.padEnd(16)} ${seen.map(lineOf).join('; ')}`);
    } catch (error) {
      process.exitCode = 1;
      console.log(`✘ ${name}\n${said.join('\n')}\n${textOf(error)}`);
    }
  }
  if (!isWatched) return;
  const silent = alertNames(await alertRules()).filter((name) => !fired.has(name));
  if (silent.length > 0) process.exitCode = 1;
  console.log(
    silent.length === 0
      ? `✔ all ${fired.size} alerts of deploy/prometheus/sluice-rules.yml fired, and were quiet after the cure`
      : `✘ alerts that did not fire: ${silent.join(', ')}`,
  );
}

function lineOf({ name, firedAfterS, resolvedAfterS }: AlertSeen): string {
  return `${name} fired after ${firedAfterS.toFixed(0)} s, quiet ${(resolvedAfterS ?? NaN).toFixed(0)} s after the cure`;
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

try {
  await main();
} catch (error) {
  console.error(textOf(error));
  process.exitCode = 1;
}
