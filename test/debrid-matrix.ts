/**
 * `npm run matrix:debrid`: every service against every case of their suites, as a table. Exit code 1 when one fails.
 *
 *   ✔ as it should be   ✖ failed   · the service has no such thing
 */
import { join } from 'node:path';
import { run } from 'node:test';

/** Of services and of Usenet clients. */
const SUITES = ['debrid.test.js', 'usenet-clients.test.js'];
const NAME_CHARS = 84;

interface Ended {
  readonly name: string;
  readonly nesting: number;
  readonly details: { readonly type?: string | undefined };
}

/** Case → service → whether it passed. */
const outcomes = new Map<string, Map<string, boolean>>();
const services: string[] = [];
/** Cases whose service is not over yet. */
let open: { readonly name: string; readonly isPassed: boolean }[] = [];

function ended({ name, nesting, details }: Ended, isPassed: boolean): void {
  if (details.type === 'suite' && nesting === 0) {
    for (const one of open) {
      const [service, caseName] = namesIn(one.name) ?? [name, one.name];
      if (!services.includes(service)) services.push(service);
      const row = outcomes.get(caseName) ?? new Map<string, boolean>();
      outcomes.set(caseName, row.set(service, one.isPassed));
    }
    open = [];
  } else if (nesting === 1) open.push({ name, isPassed });
}

/** Of a case whose suite is that of all services. */
function namesIn(name: string): readonly [service: string, caseName: string] | null {
  const [service, ...rest] = name.split(' › ');
  return service === undefined || rest.length === 0 ? null : [service, rest.join(' › ')];
}

function mark(isPassed: boolean | undefined): string {
  return isPassed === undefined ? '·' : isPassed ? '✔' : '✖';
}

function table(): string {
  const numbers = services.map((_, index) => String(index + 1).padStart(3)).join('');
  const legend = services.map((name, index) => `${String(index + 1).padStart(3)}  ${name}`);
  const rows = [...outcomes].map(([name, row]) => {
    const cells = services.map((service) => mark(row.get(service)).padStart(3)).join('');
    return `${name.slice(0, NAME_CHARS).padEnd(NAME_CHARS)}${cells}`;
  });
  return [...legend, '', ' '.repeat(NAME_CHARS) + numbers, ...rows].join('\n');
}

for (const suite of SUITES) {
  const files = [join(import.meta.dirname, 'conformance', suite)];
  for await (const { type, data } of run({ files })) {
    if (type === 'test:pass') ended(data, true);
    if (type === 'test:fail') ended(data, false);
  }
}
const all = [...outcomes.values()].flatMap((row) => [...row.values()]);
const failed = all.filter((isPassed) => !isPassed).length;
console.log(table());
console.log(
  `\n${services.length} services, ${outcomes.size} cases: ${all.length - failed} passed, ${failed} failed`,
);
process.exitCode = failed === 0 && all.length > 0 ? 0 : 1;
