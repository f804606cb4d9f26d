/**
 * A process for each file of suites: what the compiler learned from one suite and the heap it left behind would
 * otherwise be in the figures of the next (a StreamSet took 18 µs to decode behind twenty others, 10 µs alone).
 */
import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SuiteReport } from './measure.ts';

export type SuiteMessage =
  | { readonly round: number }
  | { readonly report: SuiteReport }
  | { readonly failure: string };

export interface SuiteListener {
  onRound(round: number): void;
  onReport(report: SuiteReport): void;
}

const PROGRAM = fileURLToPath(new URL('./suite-main.js', import.meta.url));
/** Of one suite: the longest takes a minute on a quiet machine. */
const TIMEOUT_MS = 240_000;
/** For servers that the suite started. */
const STOP_TIMEOUT_MS = 20_000;

/**
 * Measures the suites of `<name>.bench.ts`.
 * @param timeoutMs of each suite
 * @throws Error when one of them failed, the process ended early or took too long, or `signal` was aborted
 */
export async function measureInProcess(
  name: string,
  listener: SuiteListener,
  signal: AbortSignal,
  timeoutMs = TIMEOUT_MS,
): Promise<void> {
  signal.throwIfAborted();
  const child = fork(PROGRAM, [name], { serialization: 'advanced' });
  const overdue = new AbortController();
  const deadline = setTimeout(() => overdue.abort(), timeoutMs);
  const ending = AbortSignal.any([signal, overdue.signal]);
  let failure: string | null = null;
  let killer: NodeJS.Timeout | undefined;
  const stop = () => {
    child.kill('SIGTERM');
    killer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
  };
  ending.addEventListener('abort', stop);
  child.on('message', (message) => {
    const told = message as SuiteMessage;
    if ('round' in told) listener.onRound(told.round);
    else if ('report' in told) {
      deadline.refresh();
      listener.onReport(told.report);
    } else failure = told.failure;
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  }).finally(() => {
    ending.removeEventListener('abort', stop);
    clearTimeout(deadline);
    clearTimeout(killer);
  });
  signal.throwIfAborted();
  if (overdue.signal.aborted)
    throw new Error(`a suite took longer than ${timeoutMs / 1000} s and was stopped`);
  if (failure !== null) throw new Error(failure);
  if (code !== 0) throw new Error(`its process ended with ${code ?? 'a signal'}`);
}
