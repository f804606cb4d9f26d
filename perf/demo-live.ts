/**
 * `npm run demo:live`: Sluice with three sources that play other people's servers, to see live search at work. One is fast,
 * one slower than anybody waits for, one broken. All works are free, nothing leaves the machine.
 *
 *   npm run demo:live -- [--port 8080] [--once]
 */
import { parseArgs } from 'node:util';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import { startApp, type RunningApp } from '../test/support/start-app.ts';
import { startAddon } from '../test/support/upstreams/addon.ts';
import { startCinemeta } from '../test/support/upstreams/cinemeta.ts';
import { startTorznab } from '../test/support/upstreams/torznab.ts';
import { WORKS } from '../test/support/upstreams/works.ts';
import { startZilean } from '../test/support/upstreams/zilean.ts';

const API_KEY = 'demo-key';
const DEADLINE_MS = 2500;
const ADDON_LATENCY_MS = 6000;
/** In the demo catalogue, and without a stream. */
const COLD_TITLE = '/stream/movie/tt0017925.json';
/** Known to nobody but the metadata service. */
const UNKNOWN_TITLE = '/stream/movie/tt0006864.json';
const REST_TIMEOUT_MS = 60_000;

interface Row {
  readonly name?: string;
  readonly description?: string;
  readonly infoHash?: string;
}

const { values } = parseArgs({
  options: { port: { type: 'string' }, once: { type: 'boolean', default: false } },
});
const stack = new DisposeStack();
try {
  const app = await startAll(values.port);
  await walk(app);
  if (!values.once) await untilInterrupted(app);
} finally {
  await stack[Symbol.asyncDispose]();
}

async function startAll(port: string | undefined): Promise<RunningApp> {
  // The add-on knows one more of each.
  const works = WORKS.map((work) => ({ ...work, releases: work.releases.slice(0, -1) }));
  const indexer = stack.use(
    await startTorznab({
      apiKey: API_KEY,
      title: 'Fast indexer',
      works,
      script: { latency: { medianMs: 120, p99Ms: 400 } },
    }),
  );
  const addon = stack.use(
    await startAddon({ name: 'Slow add-on', script: { latency: ADDON_LATENCY_MS } }),
  );
  const zilean = stack.use(
    await startZilean({ script: { fault: { kind: 'status', status: 500 } } }),
  );
  const cinemeta = stack.use(await startCinemeta());
  say('Starting Sluice with an empty database …');
  return stack.use(
    await startApp({
      environment: {
        ...(port !== undefined && { PORT: port }),
        TORZNAB_SOURCES: JSON.stringify([
          { name: 'Fast indexer', url: `${indexer.url}/api`, apiKey: API_KEY },
        ]),
        ADDON_SOURCES: `${addon.url}/manifest.json`,
        ZILEAN_URL: zilean.url,
        CINEMETA_URL: cinemeta.url,
        LIVE_SEARCH_DEADLINE_MS: String(DEADLINE_MS),
      },
    }),
  );
}

/** A title that nobody has looked for yet, until everything is known of it. */
async function walk(app: RunningApp): Promise<void> {
  say(`\nSluice runs at ${app.baseUrl}. The sources:`);
  say('  Fast indexer (Torznab)   answers within half a second');
  say(
    `  Slow add-on              answers after ${ADDON_LATENCY_MS} ms; called Add-on 1 until its manifest is known`,
  );
  say('  Zilean                   answers with HTTP 500');
  say('What it does not know yet it learns from a metadata service (Cinemeta) of free works.');
  say(`\n1. Nobody has asked for this title yet; an answer may take ${DEADLINE_MS} ms.`);
  const first = await show(app, COLD_TITLE);
  say('\n2. Asked again while the slow add-on is still searching: known at once.');
  await show(app, COLD_TITLE);
  await untilMore(app, COLD_TITLE, first);
  say('\n3. Asked again after that: everything, from memory.');
  await show(app, COLD_TITLE);
  say(
    '\n4. A title that is not in the database: made of what the metadata service says, then searched for.',
  );
  await show(app, UNKNOWN_TITLE);
}

/** Prints the rows of an answer and how long each source took. @returns how many torrents it lists */
async function show(app: RunningApp, path: string): Promise<number> {
  const startedMs = performance.now();
  const response = await fetch(`${app.baseUrl}${path}`);
  const { streams } = (await response.json()) as { readonly streams: readonly Row[] };
  const tookMs = Math.round(performance.now() - startedMs);
  say(`   GET ${path}   ${response.status} in ${tookMs} ms, ${streams.length} rows`);
  const timing = response.headers.get('server-timing');
  if (timing !== null) say(`   Server-Timing: ${timing}`);
  for (const { name = '', description = '', infoHash } of streams)
    say(`     ${infoHash === undefined ? '·' : '▶'} ${oneLine(name)} | ${oneLine(description)}`);
  return torrentsOf(streams);
}

async function untilMore(app: RunningApp, path: string, before: number): Promise<void> {
  const deadlineMs = performance.now() + REST_TIMEOUT_MS;
  for (;;) {
    const response = await fetch(`${app.baseUrl}${path}`);
    const { streams } = (await response.json()) as { readonly streams: readonly Row[] };
    if (torrentsOf(streams) > before) return;
    if (performance.now() > deadlineMs)
      throw new Error(`the slow source's streams did not come within ${REST_TIMEOUT_MS} ms`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

function torrentsOf(streams: readonly Row[]): number {
  return streams.filter(({ infoHash }) => infoHash !== undefined).length;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, '  ').slice(0, 110);
}

async function untilInterrupted(app: RunningApp): Promise<void> {
  say('\nTry it: these have not been searched for yet.');
  const others = WORKS.filter(({ imdbId }) => !(COLD_TITLE + UNKNOWN_TITLE).includes(imdbId));
  for (const { type, imdbId, name, episodes } of others) {
    const id = type === 'movie' ? imdbId : `${imdbId}:1:${episodes.length}`;
    say(`  ${app.baseUrl}/stream/${type}/${id}.json   ${name}`);
  }
  say(`Add-on for Stremio: ${app.baseUrl}/manifest.json   Settings: ${app.baseUrl}/configure`);
  say('Ctrl-C ends it; the database is deleted then.');
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, resolve);
  });
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
