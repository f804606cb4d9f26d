/** Servers under measurement as processes of their own, pinned to one core. */
import { spawn } from 'node:child_process';
import { pinned } from '../load.ts';

const SERVER_CORE = 0;
const START_TIMEOUT_MS = 20_000;
const STOP_TIMEOUT_MS = 10_000;

export interface ServerProcess extends AsyncDisposable {
  /** Without a slash at the end. */
  readonly baseUrl: string;
  readonly pid: number;
}

export interface ServerOptions {
  /** In errors. */
  readonly name: string;
  /** Compiled file and its arguments. */
  readonly parameters: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly port: number;
  /** Answers 200 when the server is up. */
  readonly readyPath: string;
}

/** Rejects in one line when the server ends or does not answer within 20 s; nothing is left behind then. */
export async function startServer(options: ServerOptions): Promise<ServerProcess> {
  const [command, parameters] = pinned(SERVER_CORE, process.execPath, options.parameters);
  const child = spawn(command, parameters, {
    env: { PATH: process.env['PATH'] ?? '', NODE_ENV: 'production', ...options.environment }, stdio: ['ignore', 'ignore', 'pipe'],
  });
  let complaint = '';
  child.stderr.on('data', (chunk: Buffer) => {
    if (complaint.length < 10_000) complaint += chunk.toString();
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
    child.once('error', () => resolve());
  });
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null || child.pid === undefined;
  const stop = async () => {
    if (hasEnded()) return;
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  const baseUrl = `http://127.0.0.1:${options.port}`;
  for (const deadline = Date.now() + START_TIMEOUT_MS; Date.now() < deadline && !hasEnded(); ) {
    if (await answers(baseUrl + options.readyPath)) return { baseUrl, pid: child.pid ?? 0, [Symbol.asyncDispose]: stop };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const reason = hasEnded() ? 'ended' : `did not answer ${options.readyPath} within ${START_TIMEOUT_MS / 1000} s`;
  await stop();
  throw new Error(`${options.name} ${reason}: ${errorLine(complaint)}`);
}

/** The line of a stack trace that says what happened. */
function errorLine(complaint: string): string {
  const lines = complaint.split('\n').map((line) => line.trim()).filter((line) => line !== '');
  return lines.find((line) => /error/i.test(line)) ?? lines[0] ?? 'it said nothing';
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
