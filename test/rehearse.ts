/**
 * `npm run rehearse -- pool-exhaustion …`: causes a fault on an instance of its own, runs the commands of its runbook as they
 * stand, and looks whether they show the fault and cure it. All of them without a name. Exit code 1 when one does not.
 */
import { startTestServices } from './support/test-services.ts';

async function main(): Promise<void> {
  await using services = await startTestServices();
  for (const notice of services.notices) console.log(notice);
  Object.assign(process.env, services.environment);
  // They read the environment when they are loaded.
  const { rehearse, REHEARSALS } = await import('./rehearsals/rehearsals.ts');
  const given = process.argv.slice(2);
  const names = given.length === 0 ? Object.keys(REHEARSALS) : given;
  for (const name of names) {
    console.log(`\n═══ ${name}: docs/runbooks/${name}.md`);
    await rehearse(name, (line) => console.log(line));
    console.log(`\n═══ ${name}: the page shows the fault and cures it`);
  }
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
}
