/** A program of somebody else's that a test starts, on loopback, and ends by its process. */
import { spawn, spawnSync } from 'node:child_process';

export interface OwnProgram extends AsyncDisposable {
  /** What it has printed, for messages. */
  readonly output: () => string;
}

const STOP_TIMEOUT_MS = 10_000;
const READY_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 100;

/** For `describe(…, { skip })`: false, or which of them are not installed. */
export function skipWithout(...commands: readonly string[]): string | false {
  const missing = commands.filter(
    (command) => spawnSync('sh', ['-c', `command -v ${command}`]).status !== 0,
  );
  return missing.length === 0 ? false : `needs ${missing.join(', ')} (Debian packages)`;
}

/**
 * Resolves when it answers. @param isReady asked again and again; what it throws means not yet
 * @throws Error with all that it printed when it ends, or does not answer within 30 s
 */
export async function startProgram(
  command: string,
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  isReady: () => Promise<boolean>,
): Promise<OwnProgram> {
  const child = spawn(command, parameters, {
    env: { PATH: process.env['PATH'] ?? '', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  const keep = (chunk: Buffer) => {
    output = (output + chunk.toString()).slice(-20_000);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const stop = async () => {
    child.kill('SIGTERM');
    const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
    await ended;
    clearTimeout(timer);
  };
  const lastLookAtMs = performance.now() + READY_TIMEOUT_MS;
  while (!(await isReady().catch(() => false))) {
    if (hasEnded || performance.now() > lastLookAtMs) {
      if (!hasEnded) await stop();
      throw new Error(`${command} does not answer: ${output}`);
    }
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return { output: () => output, [Symbol.asyncDispose]: stop };
}
