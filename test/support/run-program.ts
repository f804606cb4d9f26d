/** Runs the real program to its end: for starts that must be refused, and one-shot roles. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';

export interface ProgramRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = join(import.meta.dirname, '../../src/main.js');
const RUN_TIMEOUT_MS = 240_000;

interface RunWatch {
  /** Ends the program as an operator does, by SIGTERM. */
  readonly stop: AbortSignal;
  readonly onStderr: (text: string) => void;
}

/** Resolves when the program has ended by itself; it is killed after four minutes. */
export function runProgram(
  parameters: readonly string[],
  environment: Readonly<Record<string, string>>,
  watch?: RunWatch,
): Promise<ProgramRun> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [MAIN, ...parameters], {
      env: {
        PATH: process.env['PATH'] ?? '',
        HOME: process.env['HOME'] ?? '/',
        LOG_FORMAT: 'text',
        ...environment,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let stdout = '';
    let stderr = '';
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
    });
    child.stderr.on('data', (chunk: Buffer) => {
      stderr += chunk.toString();
      watch?.onStderr(chunk.toString());
    });
    watch?.stop.addEventListener('abort', () => child.kill('SIGTERM'), { once: true });
    const timer = setTimeout(() => child.kill('SIGKILL'), RUN_TIMEOUT_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}
