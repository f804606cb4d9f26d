/** Runs a program to its end in a process group of its own, so that it and its children end with us. */
import { spawn } from 'node:child_process';

export interface ProgramOptions {
  readonly folder: string;
  readonly timeoutMs: number;
  readonly signal: AbortSignal;
}

export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  /** Both streams, as they came. */
  readonly output: string;
}

const OUTPUT_CHARS_MAX = 200_000;
const KILL_AFTER_MS = 5000;

/** @throws the signal's reason when it is aborted, Error when the program cannot be started or takes too long */
export async function runProgram(
  command: string,
  parameters: readonly string[],
  options: ProgramOptions,
): Promise<ProgramEnd> {
  options.signal.throwIfAborted();
  const deadline = AbortSignal.timeout(options.timeoutMs);
  const either = AbortSignal.any([options.signal, deadline]);
  const child = spawn(command, parameters, {
    cwd: options.folder,
    env: ownEnvironment(),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let stdout = '';
  let output = '';
  child.stdout.on('data', (bytes: Buffer) => {
    stdout = (stdout + bytes.toString()).slice(-OUTPUT_CHARS_MAX);
    output = (output + bytes.toString()).slice(-OUTPUT_CHARS_MAX);
  });
  child.stderr.on('data', (bytes: Buffer) => {
    output = (output + bytes.toString()).slice(-OUTPUT_CHARS_MAX);
  });
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    killGroup(child.pid, 'SIGTERM');
    killer = setTimeout(() => killGroup(child.pid, 'SIGKILL'), KILL_AFTER_MS);
  };
  either.addEventListener('abort', stop, { once: true });
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', resolve);
    });
    options.signal.throwIfAborted();
    if (deadline.aborted)
      throw new Error(`${command} took longer than ${options.timeoutMs / 1000} s`);
    return { code, stdout, output };
  } finally {
    either.removeEventListener('abort', stop);
    clearTimeout(killer);
  }
}

/** Without what a git hook sets: its repository is not the one that we mean. */
function ownEnvironment(): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^GIT_(DIR|WORK_TREE|INDEX_FILE|PREFIX)$/.test(name),
    ),
  );
}

function killGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(-pid, signal);
  } catch {
    // It has ended meanwhile.
  }
}
