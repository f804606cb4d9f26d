/** A server under measurement: a process pinned to one core, with what can be read about it from outside. */
import { spawn, type ChildProcess } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { freePort } from '../../test/support/free-port.ts';
import { SERVER_CORE, pinned } from './pinned.ts';
import type { ProbeReading } from './probe.ts';

export interface ServerProcess extends AsyncDisposable {
  readonly port: number;
  readonly pid: number;
  /** Forgets event-loop delays so far. */
  resetProbe(): void;
  /** Null for a server without a probe, and for one that does not answer within a second. */
  readProbe(): Promise<ProbeReading | null>;
}

export interface SluiceOptions {
  /** Folder with `dist/src/main.js`; this build's own when absent. */
  readonly root?: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Further modules to load first, with `node --import`. */
  readonly imports?: readonly string[];
}

const OWN_ROOT = join(import.meta.dirname, '../../..');
const START_TIMEOUT_MS = 60_000;
const STOP_TIMEOUT_MS = 15_000;
const PROBE_TIMEOUT_MS = 1000;
const COMPLAINT_CHARS_MAX = 20_000;

/** Starts Sluice as one api process that answers on loopback. @throws Error with what it said when it does not start */
export async function startSluice(options: SluiceOptions): Promise<ServerProcess> {
  const port = await freePort();
  const root = options.root ?? OWN_ROOT;
  const imports = [join(import.meta.dirname, 'probe.js'), ...(options.imports ?? [])];
  const parameters = [
    ...(await startFlags(root)),
    ...imports.flatMap((file) => ['--import', file]),
    join(root, 'dist/src/main.js'),
  ];
  return await startServer(parameters, port, '/ready', {
    HOST: '127.0.0.1',
    PORT: String(port),
    LOG_FORMAT: 'text',
    LOG_LEVEL: 'warn',
    POOL_THREADS: '1',
    // On, and never reached: all requests come from one address.
    RATE_LIMIT_PER_MINUTE: '1000000000',
    ...options.environment,
  });
}

/** What `npm start` of this checkout gives to Node.js: each side of a gate runs as its users run it. None where nothing can start. */
async function startFlags(root: string): Promise<string[]> {
  const text = await readFile(join(root, 'package.json'), 'utf8').catch(() => '{}');
  const { scripts = {} }: { scripts?: { start?: string } } = JSON.parse(text);
  return (scripts.start ?? '').split(' ').filter((part) => part.startsWith('--'));
}

/**
 * Starts `node` with these parameters on the servers' core and waits until `GET path` succeeds.
 * @throws Error with the last lines of what it said when it ends or does not answer
 */
export async function startServer(
  parameters: readonly string[],
  port: number,
  path: string,
  environment: Readonly<Record<string, string>>,
): Promise<ServerProcess> {
  const [command, all] = pinned(SERVER_CORE, process.execPath, parameters);
  const child = spawn(command, all, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // A group of its own: the gate stops servers, and a shell that ends sends SIGHUP to a group in which somebody is stopped.
    detached: true,
  });
  const server = new RunningProcess(child, port);
  try {
    await server.untilAnswering(path);
    return server;
  } catch (error) {
    await server[Symbol.asyncDispose]();
    throw error;
  }
}

class RunningProcess implements ServerProcess {
  readonly port: number;
  readonly pid: number;
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly #probe: Duplex;
  #complaint = '';
  #hasEnded = false;

  constructor(child: ChildProcess, port: number) {
    this.port = port;
    this.pid = child.pid ?? 0;
    this.#child = child;
    this.#ended = new Promise((resolve) =>
      child.once('close', () => {
        this.#hasEnded = true;
        resolve();
      }),
    );
    child.once('error', () => {
      this.#hasEnded = true;
    });
    // Ctrl-C does not reach it, and whoever presses it twice gives us no time.
    const endAtOnce = (): void => {
      child.kill('SIGKILL');
    };
    process.once('exit', endAtOnce);
    void this.#ended.then(() => process.off('exit', endAtOnce));
    for (const stream of [child.stdout, child.stderr]) {
      stream?.on('data', (bytes: Buffer) => {
        this.#complaint = (this.#complaint + bytes.toString()).slice(-COMPLAINT_CHARS_MAX);
      });
    }
    this.#probe = child.stdio[3] as Duplex;
    this.#probe.on('error', () => undefined);
  }

  resetProbe(): void {
    this.#probe.write('reset\n');
  }

  readProbe(): Promise<ProbeReading | null> {
    return new Promise((resolve) => {
      const finish = (reading: ProbeReading | null) => {
        clearTimeout(timer);
        this.#probe.off('data', heard);
        resolve(reading);
      };
      const heard = (bytes: Buffer) => finish(JSON.parse(bytes.toString()) as ProbeReading);
      const timer = setTimeout(() => finish(null), PROBE_TIMEOUT_MS);
      this.#probe.once('data', heard);
      this.#probe.write('read\n');
    });
  }

  async untilAnswering(path: string): Promise<void> {
    const deadline = Date.now() + START_TIMEOUT_MS;
    while (Date.now() < deadline && !this.#hasEnded) {
      const isAnswering = await fetch(`http://127.0.0.1:${this.port}${path}`, {
        signal: AbortSignal.timeout(5000),
      }).then(
        async (response) => {
          await response.arrayBuffer();
          return response.ok;
        },
        () => false,
      );
      if (isAnswering) return;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error(
      `the server ${this.#hasEnded ? 'ended' : 'did not answer within a minute'}: ${reasonIn(this.#complaint)}`,
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#hasEnded) return;
    this.#child.kill('SIGTERM');
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await this.#ended;
    clearTimeout(timer);
  }
}

/** The line that names an error where there is one, else the last ones. */
function reasonIn(complaint: string): string {
  const lines = complaint.trim().split('\n');
  const named = lines.find((line) => /\b\w*Error\b.*:/.test(line));
  return (named ?? lines.slice(-5).join('\n')) || 'it said nothing';
}
