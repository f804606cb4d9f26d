/** Runs one of PostgreSQL's programs to its end. */
import { basename } from 'node:path';
import { Deadline } from '../../lib/async/deadline.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { StartError } from '../../lib/start-error.ts';
import { failureText } from './failure-text.ts';
import { WatchedProcess, type GuardedOptions } from './watchdog.ts';

/** initdb writes about a thousand small files, which takes a while on a memory card. */
const PROGRAM_TIMEOUT_MS = 300_000;

/** @throws StartError with the program's last words when it fails; the signal's reason when it aborts */
export async function runProgram(
  options: Omit<GuardedOptions, 'mode'>,
  signal: CancelSignal,
): Promise<void> {
  signal.throwIfAborted();
  const guarded = new WatchedProcess({ ...options, mode: 'program' });
  const stop = () => {
    void guarded.stop(0);
  };
  using deadline = new Deadline({
    timeoutMs: PROGRAM_TIMEOUT_MS,
    failure: () => new Error('not done in time'),
    parent: signal,
  });
  deadline.signal.addEventListener('abort', stop, { once: true });
  const code = await guarded.ended;
  signal.throwIfAborted();
  if (code === 0) return;
  const words = failureText(guarded.errors);
  throw new StartError(
    `PostgreSQL's ${basename(options.executable)} failed in DATA_DIR: ${words === '' ? `exit code ${code}` : words}`,
  );
}
