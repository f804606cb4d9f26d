/** Everything that a comparison runs on: the data, Redis, and one process for each contender of ours. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import type { ImportedWork } from '../../src/features/library/contract.ts';
import { DisposeStack } from '../../src/lib/dispose-stack.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startTestPostgres } from '../../test/support/postgres-server.ts';
import { hasRedisServer, startRedisServer } from '../../test/support/redis-server.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import { seedLibrary, type ComparedTitle } from './library.ts';
import { presentStreams } from './pipeline-present.ts';
import { rankStreams } from './pipeline-ranking.ts';
import { documentKey, packDocument } from './pipeline-server.ts';
import { pipelineSettings } from './pipeline-settings.ts';
import { startServer, type ServerProcess } from './processes.ts';
import { rawAnswer } from './raw-answer.ts';
import type { SdkAnswers } from './sdk-server.ts';

export interface Stage extends AsyncDisposable {
  readonly titles: readonly ComparedTitle[];
  readonly sluice: ServerProcess;
  readonly pipeline: ServerProcess;
  readonly sdk: ServerProcess;
  readonly postgresUri: string;
  readonly redisUrl: string;
  /** A bare server that answers what this URL answers now, whatever is asked. */
  bareCopyOf(url: string, headers: Readonly<Record<string, string>>): Promise<ServerProcess>;
}

/** @throws Error in one line when a server is missing or does not start; what was started is ended */
export async function openStage(works: readonly ImportedWork[]): Promise<Stage> {
  if (!hasRedisServer()) throw new Error('redis-server is not installed: the pipeline contender needs it (Debian: apt-get install redis-server)');
  const stack = new DisposeStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-compare-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    const postgres = stack.use(await startTestPostgres());
    const titles = await seedLibrary(postgres.uri, works);
    const redis = stack.use(await startRedisServer());
    await fillRedis(redis.url, titles);
    return {
      titles, postgresUri: postgres.uri, redisUrl: redis.url,
      sluice: stack.use(await startSluice(postgres.uri)),
      pipeline: stack.use(await startPipeline(redis.url)),
      sdk: stack.use(await startSdk(folder, titles)),
      bareCopyOf: (url, headers) => startBareCopy(folder, url, headers),
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

async function fillRedis(url: string, titles: readonly ComparedTitle[]): Promise<void> {
  const redis = new Redis(url);
  try {
    for (const { imdbId, document } of titles) await redis.set(documentKey('movie', imdbId), await packDocument(document));
  } finally {
    redis.disconnect();
  }
}

async function startSluice(postgresUri: string): Promise<ServerProcess> {
  const port = await freePort();
  return await startServer({
    name: 'Sluice', port, readyPath: '/ready', parameters: [fileURLToPath(import.meta.resolve('../../src/main.js'))],
    environment: {
      HOST: '127.0.0.1', PORT: String(port), POSTGRES_URI: postgresUri, POOL_THREADS: '1', SECRET_KEY: PERF_SECRET_KEY,
      DEMO_CATALOG: 'false', LOG_FORMAT: 'text', LOG_LEVEL: 'warn',
    },
  });
}

async function startPipeline(redisUrl: string): Promise<ServerProcess> {
  const port = await freePort();
  const main = fileURLToPath(import.meta.resolve('./pipeline-main.js'));
  return await startServer({
    name: 'the pipeline contender', port, readyPath: '/ready', parameters: [main, redisUrl, String(port)], environment: {},
  });
}

async function startSdk(folder: string, titles: readonly ComparedTitle[]): Promise<ServerProcess> {
  const file = join(folder, 'sdk-answers.json');
  await writeFile(file, JSON.stringify(sdkAnswers(titles)));
  const port = await freePort();
  const main = fileURLToPath(import.meta.resolve('./sdk-main.js'));
  return await startServer({
    name: 'the SDK contender', port, readyPath: '/manifest.json', parameters: [main, file, String(port)], environment: {},
  });
}

/** What a user without settings is shown, ready-made. */
function sdkAnswers(titles: readonly ComparedTitle[]): SdkAnswers {
  const settings = pipelineSettings({});
  return titles.map(({ imdbId, document }) =>
    [imdbId, presentStreams(rankStreams(document.streams, settings), document.trackerLists)] as const);
}

async function startBareCopy(folder: string, url: string, headers: Readonly<Record<string, string>>): Promise<ServerProcess> {
  // Twice: the first answer may still be uncompressed.
  await rawAnswer(url, headers);
  const answer = await rawAnswer(url, headers);
  const port = await freePort();
  const file = join(folder, `bare-${port}.json`);
  await writeFile(file, JSON.stringify({ body: answer.body.toString('base64'), headers: answer.headers }));
  const main = fileURLToPath(import.meta.resolve('../bare-server-main.js'));
  return await startServer({ name: 'the bare server', port, readyPath: '/', parameters: [main, file, String(port)], environment: {} });
}
