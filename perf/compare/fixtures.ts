/** Everything that a comparison runs on: the data, Redis, and one process for each contender of ours. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Redis } from 'ioredis';
import type { ImportedTitle } from '../../src/features/library/contract.ts';
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import { freePort } from '../../test/support/free-port.ts';
import { startTestPostgres } from '../../test/support/postgres-server.ts';
import { hasRedisServer, startRedisServer } from '../../test/support/redis-server.ts';
import { startServer, startSluice, type ServerProcess } from '../harness/server-process.ts';
import { PERF_SECRET_KEY } from '../install-tokens.ts';
import type { DataProfile } from '../result.ts';
import { describeLibrary, seedLibrary, type ComparedTitle } from './library.ts';
import { presentStreams } from './pipeline-present.ts';
import { rankStreams } from './pipeline-ranking.ts';
import { documentKey, packDocument } from './pipeline-server.ts';
import { pipelineSettings } from './pipeline-settings.ts';
import { rawAnswer } from './raw-answer.ts';
import type { SdkAnswers } from './sdk-server.ts';

export interface Fixtures extends AsyncDisposable {
  readonly titles: readonly ComparedTitle[];
  readonly sluice: ServerProcess;
  readonly pipeline: ServerProcess;
  readonly sdk: ServerProcess;
  readonly data: DataProfile;
  readonly versions: { readonly postgres: string; readonly redis: string };
  /** A bare server that answers what Sluice answers to this path now, whatever is asked. */
  bareCopyOf(path: string, headers: Readonly<Record<string, string>>): Promise<ServerProcess>;
}

/** What a server of a contender needs: compiled file with its arguments, and where it says that it is up. */
interface ProgramOptions {
  readonly name: string;
  readonly file: string;
  readonly parameters: readonly string[];
  readonly readyPath: string;
}

/** @throws Error in one line when a server is missing or does not start; what was started is ended */
export async function openFixtures(
  imported: readonly ImportedTitle[],
  progress: (text: string) => void,
): Promise<Fixtures> {
  if (!hasRedisServer())
    throw new Error(
      'redis-server is not installed: the pipeline contender needs it (Debian: apt-get install redis-server)',
    );
  const stack = new DisposeStack();
  try {
    const folder = await mkdtemp(join(tmpdir(), 'sluice-compare-'));
    stack.defer(() => rm(folder, { recursive: true, force: true }));
    progress('starting PostgreSQL');
    const postgres = stack.use(await startTestPostgres());
    progress(`importing ${imported.length} titles`);
    const titles = await seedLibrary(postgres.uri, imported);
    progress('starting Redis and the contenders');
    const redis = stack.use(await startRedisServer());
    const redisVersion = await fillRedis(redis.url, titles);
    const { data, postgresVersion } = await describeLibrary(postgres.uri);
    const sluice = stack.use(
      await named(
        'Sluice',
        startSluice({
          environment: {
            POSTGRES_URI: postgres.uri,
            SECRET_KEY: PERF_SECRET_KEY,
            DEMO_CATALOG: 'false',
          },
        }),
      ),
    );
    return {
      titles,
      sluice,
      data,
      versions: { postgres: postgresVersion, redis: redisVersion },
      pipeline: stack.use(
        await startProgram({
          name: 'the pipeline contender',
          file: import.meta.resolve('./pipeline-main.js'),
          parameters: [redis.url],
          readyPath: '/ready',
        }),
      ),
      sdk: stack.use(await startSdk(folder, titles)),
      bareCopyOf: (path, headers) =>
        startBareCopy(folder, `http://127.0.0.1:${sluice.port}${path}`, headers),
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

/** @returns the server's version */
async function fillRedis(url: string, titles: readonly ComparedTitle[]): Promise<string> {
  const redis = new Redis(url);
  try {
    for (const { imdbId, document } of titles)
      await redis.set(documentKey('movie', imdbId), await packDocument(document));
    return /redis_version:(\S+)/.exec(await redis.info('server'))?.[1] ?? '';
  } finally {
    redis.disconnect();
  }
}

async function startProgram({
  name,
  file,
  parameters,
  readyPath,
}: ProgramOptions): Promise<ServerProcess> {
  const port = await freePort();
  // The probe also ends a server whose measurer has gone.
  const probe = import.meta.resolve('../harness/probe.js');
  const all = ['--import', probe, fileURLToPath(file), ...parameters, String(port)];
  return await named(name, startServer(all, port, readyPath, { NODE_ENV: 'production' }));
}

/** Puts who it is before a complaint, and leaves of a stack trace the line that says what happened. */
async function named(name: string, started: Promise<ServerProcess>): Promise<ServerProcess> {
  try {
    return await started;
  } catch (error) {
    const lines = (error instanceof Error ? error.message : String(error))
      .split('\n')
      .map((line) => line.trim());
    const reason = lines.slice(1).find((line) => /error/i.test(line));
    throw new Error(`${name}: ${lines[0]}${reason === undefined ? '' : ` … ${reason}`}`, {
      cause: error,
    });
  }
}

async function startSdk(folder: string, titles: readonly ComparedTitle[]): Promise<ServerProcess> {
  const file = join(folder, 'sdk-answers.json');
  await writeFile(file, JSON.stringify(sdkAnswers(titles)));
  return await startProgram({
    name: 'the SDK contender',
    file: import.meta.resolve('./sdk-main.js'),
    parameters: [file],
    readyPath: '/manifest.json',
  });
}

/** What a user without settings is shown, ready-made. */
function sdkAnswers(titles: readonly ComparedTitle[]): SdkAnswers {
  const settings = pipelineSettings({});
  return titles.map(
    ({ imdbId, document }) =>
      [
        imdbId,
        presentStreams(rankStreams(document.streams, settings), document.trackerLists),
      ] as const,
  );
}

async function startBareCopy(
  folder: string,
  url: string,
  headers: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  // Twice: the first answer may still be uncompressed.
  await rawAnswer(url, headers);
  const answer = await rawAnswer(url, headers);
  const file = join(await mkdtemp(join(folder, 'bare-')), 'answer.json');
  await writeFile(
    file,
    JSON.stringify({ body: answer.body.toString('base64'), headers: answer.headers }),
  );
  return await startProgram({
    name: 'the bare server',
    file: import.meta.resolve('../bare-server-main.js'),
    parameters: [file],
    readyPath: '/',
  });
}
