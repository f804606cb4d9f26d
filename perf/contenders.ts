/**
 * The servers that `perf/ceiling.ts` compares, each a process pinned to one core: Sluice, Sluice without
 * response reuse, and bare uWebSockets.js servers that answer the same bytes and headers.
 */
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importDemoCatalog } from '../src/features/library/demo-import.ts';
import { LibraryStore } from '../src/features/library/store.ts';
import { DisposeStack } from '../src/lib/async/dispose-stack.ts';
import { loadConfig } from '../src/platform/config/config.ts';
import { migrateDatabase } from '../src/app/migrate.ts';
import { openDatabase } from '../src/platform/db/targets.ts';
import { createLogger } from '../src/platform/log/pino-logger.ts';
import { freePort } from '../test/support/free-port.ts';
import { startTestPostgres } from '../test/support/postgres-server.ts';
import { HEAVIEST_TITLE, HEAVY_TITLE, type ServerName } from './ceiling-cases.ts';
import { heavyTitle } from './heavy-title.ts';
import { PERF_SECRET_KEY } from './install-tokens.ts';
import { SERVER_CORE, pinned } from './harness/pinned.ts';

const START_TIMEOUT_MS = 20_000;

export interface Contender {
  readonly baseUrl: string;
  readonly pid: number;
  stop(): Promise<void>;
}

export interface Contenders extends AsyncDisposable {
  /** `forgetful` keeps 100 configurations only: each of thousands is a new one. */
  readonly servers: Readonly<Record<ServerName, Contender>>;
  /** A bare server that answers what `url` answers now, header by header, whatever is asked. */
  bareCopyOf(
    url: string,
    headers: Readonly<Record<string, string>>,
  ): Promise<{ bare: Contender; bodyBytes: number }>;
}

/** A database with the demo catalogue and titles of 200 and 2,000 streams, and three Sluices on it. */
export async function startContenders(): Promise<Contenders> {
  const stack = new DisposeStack();
  try {
    const server = stack.use(await startTestPostgres());
    await seed(server.uri);
    const start = async (environment: Record<string, string>) => {
      const contender = await startSluice({
        POSTGRES_URI: server.uri,
        POOL_THREADS: '1',
        SECRET_KEY: PERF_SECRET_KEY,
        ...environment,
      });
      stack.defer(() => contender.stop());
      return contender;
    };
    return {
      servers: {
        sluice: await start({}),
        withoutReuse: await start({ RESPONSE_REUSE: 'false' }),
        forgetful: await start({ CONFIG_CACHE_ENTRIES: '100' }),
      },
      bareCopyOf: startBareCopy,
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function seed(uri: string): Promise<void> {
  const { config } = loadConfig({ POSTGRES_URI: uri });
  const targets = { primaryUri: uri, readUri: null, migrateUri: uri };
  const logger = createLogger({ level: 'warn', format: 'text' });
  const signal = AbortSignal.timeout(60_000);
  await migrateDatabase(config, targets, logger, signal);
  await using database = openDatabase(config, targets, logger);
  const library = new LibraryStore(database);
  await importDemoCatalog(library, signal);
  await library.importTitles(
    [heavyTitle(HEAVY_TITLE, 200), heavyTitle(HEAVIEST_TITLE, 2000)],
    signal,
  );
}

async function startSluice(environment: Record<string, string>): Promise<Contender> {
  const port = await freePort();
  const main = join(import.meta.dirname, '../src/main.js');
  const child = startPinned([main], {
    ...environment,
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_FORMAT: 'text',
    LOG_LEVEL: 'warn',
  });
  return await untilAnswering(child, `http://127.0.0.1:${port}`, '/ready');
}

async function startBareCopy(url: string, headers: Readonly<Record<string, string>>) {
  const answer = await rawAnswer(url, headers);
  const folder = await mkdtemp(join(tmpdir(), 'sluice-bare-'));
  const file = join(folder, 'answer.json');
  await writeFile(
    file,
    JSON.stringify({ body: answer.body.toString('base64'), headers: answer.headers }),
  );
  const port = await freePort();
  const child = startPinned(
    [join(import.meta.dirname, 'bare-server-main.js'), file, String(port)],
    {},
  );
  const contender = await untilAnswering(child, `http://127.0.0.1:${port}`, '/');
  await rm(folder, { recursive: true, force: true });
  return { bare: contender, bodyBytes: answer.body.byteLength };
}

function startPinned(
  parameters: readonly string[],
  environment: Record<string, string>,
): ChildProcess {
  const [command, all] = pinned(SERVER_CORE, process.execPath, parameters);
  return spawn(command, all, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
}

/** Each answer twice: the first may still be compressing. Hop-by-hop and generated headers are left out. */
async function rawAnswer(url: string, headers: Readonly<Record<string, string>>) {
  const once = () =>
    new Promise<{ body: Buffer; headers: [string, string][] }>((resolve, reject) => {
      request(url, { headers, agent: false }, (incoming) => {
        const chunks: Buffer[] = [];
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('end', () =>
          resolve({ body: Buffer.concat(chunks), headers: pairsOf(incoming.rawHeaders) }),
        );
        incoming.on('error', reject);
      })
        .on('error', reject)
        .end();
    });
  await once();
  return await once();
}

function pairsOf(rawHeaders: readonly string[]): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index + 1 < rawHeaders.length; index += 2) {
    const name = rawHeaders[index] ?? '';
    if (!/^(date|content-length|connection|keep-alive)$/i.test(name))
      pairs.push([name, rawHeaders[index + 1] ?? '']);
  }
  return pairs;
}

async function untilAnswering(
  child: ChildProcess,
  baseUrl: string,
  path: string,
): Promise<Contender> {
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000);
    await ended;
    clearTimeout(timer);
  };
  const deadline = Date.now() + START_TIMEOUT_MS;
  while (Date.now() < deadline && child.exitCode === null) {
    const answered = await fetch(baseUrl + path).then(
      async (response) => {
        await response.arrayBuffer();
        return response.ok;
      },
      () => false,
    );
    if (answered) return { baseUrl, pid: child.pid ?? 0, stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  await stop();
  throw new Error(`the server at ${baseUrl} did not answer`);
}
