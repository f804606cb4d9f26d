/**
 * `npm run perf:scrapes -- [--processes 8] [--scrapes 100]`: how long `/metrics` of several processes takes, once every route,
 * status and statement that the demo catalogue reaches has a series. At rest, and while requests come in.
 */
import { parseArgs } from 'node:util';
import { percentilesOf } from '../src/lib/percentiles.ts';
import { poll } from '../src/lib/async/wait.ts';
import { rawRequest } from '../test/support/http-client.ts';
import { startTestServices } from '../test/support/test-services.ts';

const GOAL_MS = 50;
const OPENMETRICS = { accept: 'application/openmetrics-text; version=1.0.0' };
const PATHS = [
  '/manifest.json',
  '/stream/movie/tt1254207.json',
  '/stream/movie/tt9999999.json',
  '/stream/nonsense/1.json',
  '/catalog/movie/latest.json',
  '/catalog/movie/latest/skip=20.json',
  '/meta/movie/tt1254207.json',
  '/poster/movie/tt1254207.jpg',
  '/configure',
  '/health',
  '/ready',
  '/nothing',
];
const ROUNDS = 20;
const AT_ONCE = 4;

interface Scraped {
  readonly ms: number;
  readonly bytes: number;
  readonly lines: number;
  /** Processor time of all processes so far. */
  readonly cpuS: number;
}

async function scrape(baseUrl: string): Promise<Scraped> {
  const startedAtMs = performance.now();
  const { status, body } = await rawRequest(`${baseUrl}/metrics`, { headers: OPENMETRICS });
  const ms = performance.now() - startedAtMs;
  const text = body.toString();
  if (status !== 200 || !text.endsWith('\n# EOF\n')) throw new Error(`/metrics: ${status}`);
  const cpuS = [...text.matchAll(/^process_cpu_seconds_total\{.*\} (.+)$/gm)]
    .map(([, value]) => Number(value))
    .reduce((sum, value) => sum + value, 0);
  return { ms, bytes: body.length, lines: text.split('\n').length - 1, cpuS };
}

async function measure(baseUrl: string, name: string, count: number): Promise<void> {
  const scraped: Scraped[] = [];
  for (let index = 0; index < count; index++) scraped.push(await scrape(baseUrl));
  const percentiles = percentilesOf(
    scraped.map(({ ms }) => ms),
    [50, 95],
  );
  const p50 = percentiles?.get(50) ?? NaN;
  const p95 = percentiles?.get(95) ?? NaN;
  const { bytes = 0, lines = 0, cpuS = NaN } = scraped.at(-1) ?? {};
  const cpuMs = ((cpuS - (scraped[0]?.cpuS ?? NaN)) / (count - 1)) * 1000;
  const max = Math.max(...scraped.map(({ ms }) => ms));
  const verdict = p95 <= GOAL_MS ? 'holds' : 'MISSED';
  console.log(
    `${name.padEnd(12)} p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms, max ${max.toFixed(1)} ms; ` +
      `${cpuMs.toFixed(1)} ms of CPU of all processes; ${lines} lines, ${bytes} bytes; p95 of ${GOAL_MS} ms: ${verdict}`,
  );
}

async function ask(baseUrl: string): Promise<void> {
  await Promise.all(PATHS.map((path) => rawRequest(baseUrl + path)));
}

/** Connections go to any process: many, until each has answered each of them. */
async function warm(baseUrl: string, processes: number): Promise<void> {
  for (let round = 0; round < ROUNDS * processes; round += AT_ONCE)
    await Promise.all(Array.from({ length: AT_ONCE }, () => ask(baseUrl)));
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      processes: { type: 'string', default: '8' },
      scrapes: { type: 'string', default: '100' },
    },
  });
  const scrapes = Number(values.scrapes);
  await using services = await startTestServices();
  Object.assign(process.env, services.environment);
  // It reads the environment when it is loaded.
  const { startApp } = await import('../test/support/start-app.ts');
  await using app = await startApp({
    mode: 'external-2',
    environment: { HTTP_PROCESSES: values.processes },
  });
  const hasAll = await poll(
    async () =>
      (await rawRequest(`${app.baseUrl}/metrics`)).body
        .toString()
        .includes(`metrics_processes{state="answered"} ${values.processes}\n`),
    { everyMs: 200, timeoutMs: 60_000 },
  );
  if (!hasAll) throw new Error('not all processes answer');
  await warm(app.baseUrl, Number(values.processes));
  await measure(app.baseUrl, 'at rest', scrapes);
  let isOver = false;
  const load = (async () => {
    while (!isOver) await ask(app.baseUrl);
  })();
  await measure(app.baseUrl, 'under load', scrapes);
  isOver = true;
  await load;
}

await main();
