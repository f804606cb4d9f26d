/** Jobs on a database of their own: a queue, and workers in this process. */
import type { Database } from '../../src/platform/db/database.ts';
import type { JobHandler } from '../../src/platform/jobs/definition.ts';
import { installEngine } from '../../src/platform/jobs/engine.ts';
import { StoredJobQueue } from '../../src/platform/jobs/job-queue.ts';
import { JobStore } from '../../src/platform/jobs/job-store.ts';
import type { QueueName } from '../../src/platform/jobs/queues.ts';
import { JobWorker } from '../../src/platform/jobs/worker.ts';
import { openDatabase } from './open-database.ts';
import { createTestDatabase, type TestDatabase } from './template-db.ts';
import { createTestLogger, type LoggedLine } from './test-logger.ts';

export interface JobKit extends AsyncDisposable {
  readonly testDatabase: TestDatabase;
  readonly database: Database;
  readonly store: JobStore;
  readonly queue: StoredJobQueue;
  worker(handlers: readonly JobHandler[], options?: KitWorkerOptions): Promise<JobWorker>;
}

export interface KitWorkerOptions {
  readonly queues?: readonly QueueName[];
  readonly concurrency?: number;
  readonly uri?: string;
  readonly database?: Database;
  readonly isPooled?: boolean;
  readonly lines?: LoggedLine[];
  readonly onDeaf?: () => void;
}

const CONNECT_TIMEOUT_MS = 10_000;

export async function createJobKit(): Promise<JobKit> {
  const testDatabase = await createTestDatabase();
  const { uri } = testDatabase;
  await installEngine({ uri, connectTimeoutMs: CONNECT_TIMEOUT_MS }, createTestLogger());
  const database = openDatabase({ primaryUri: uri, connectionsMax: 8 });
  const store = new JobStore(database);
  return {
    testDatabase,
    database,
    store,
    queue: new StoredJobQueue(store),
    worker: (handlers, options = {}) => startWorker(uri, database, handlers, options),
    async [Symbol.asyncDispose]() {
      await database[Symbol.asyncDispose]();
      await testDatabase[Symbol.asyncDispose]();
    },
  };
}

async function startWorker(
  uri: string,
  database: Database,
  handlers: readonly JobHandler[],
  options: KitWorkerOptions,
): Promise<JobWorker> {
  const { queues = ['default'], concurrency = 4, lines = [] } = options;
  const worker = new JobWorker({
    database: options.database ?? database,
    engine: {
      uri: options.uri ?? uri,
      connectTimeoutMs: CONNECT_TIMEOUT_MS,
      isPooled: options.isPooled ?? false,
      queues: queues.map((name) => ({ name, concurrency })),
    },
    handlers,
    scheduler: null,
    onEnded: () => undefined,
    onDeaf: options.onDeaf ?? (() => undefined),
    logger: createTestLogger(lines),
  });
  await worker.start();
  return worker;
}
