/** ffmpeg and ffprobe of the machine: found, started behind everything else, ended for certain. */
import { spawn, type ChildProcess } from 'node:child_process';
import { setPriority } from 'node:os';
import { Deadline } from '../../lib/async/deadline.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { settledWithin } from '../../lib/async/wait.ts';

export interface ProgramOptions {
  readonly signal: CancelSignal;
  /** Beyond it the program is ended, in milliseconds. */
  readonly timeoutMs: number;
  /** What it writes, as it comes. */
  readonly onOutput?: (text: string) => void;
  /** How much it gives way to others: 0 not at all, 19 the most. */
  readonly nice?: number;
}

export interface ProgramEnd {
  /** Null when a signal ended it. */
  readonly code: number | null;
  /** What it wrote, unless somebody took it as it came. */
  readonly output: string;
  /** The end of its messages. */
  readonly messages: string;
}

const OUTPUT_CHARS_MAX = 4 * 2 ** 20;
const MESSAGE_CHARS_MAX = 4000;
/** ffmpeg finishes its last segment when it is told to end. */
const END_GRACE_MS = 2000;

/** The program is not there, or may not be run. */
export class ProgramMissing extends Error {
  override readonly name = 'ProgramMissing';
}

/**
 * Runs a program to its end. It ends with this process, also when that is killed, where the machine has `setpriv`.
 * @throws ProgramMissing; the signal's reason, or an Error when its time is over, once the program has ended
 */
export async function runProgram(
  command: readonly string[],
  { signal, timeoutMs, onOutput, nice = 0 }: ProgramOptions,
): Promise<ProgramEnd> {
  const [program = '', ...parameters] = command;
  using deadline = new Deadline({
    timeoutMs,
    parent: signal,
    failure: () => new Error(`${program} did not end within ${timeoutMs} ms`),
  });
  deadline.signal.throwIfAborted();
  const child = spawn(program, parameters, { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = endOf(child);
  giveWay(child, nice);
  let output = '';
  let messages = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    if (onOutput !== undefined) onOutput(text);
    else if (output.length < OUTPUT_CHARS_MAX) output += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-MESSAGE_CHARS_MAX);
  });
  const stop = () => void endProgram(child, ended);
  deadline.signal.addEventListener('abort', stop, { once: true });
  try {
    const code = await ended;
    deadline.signal.throwIfAborted();
    return { code, output, messages: withoutQueries(messages.trim()) };
  } finally {
    deadline.signal.removeEventListener('abort', stop);
  }
}

/** Addresses of a store are signed behind the question mark. */
function withoutQueries(messages: string): string {
  return messages.replace(/(https?:\/\/[^\s'"?]+)\?[^\s'"]*/g, '$1?…');
}

function endOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new ProgramMissing(error.message, { cause: error })));
    child.once('close', (code) => resolve(code));
  });
}

async function endProgram(child: ChildProcess, ended: Promise<unknown>): Promise<void> {
  child.kill('SIGTERM');
  if (!(await settledWithin(ended, END_GRACE_MS))) child.kill('SIGKILL');
}

function giveWay({ pid }: ChildProcess, nice: number): void {
  if (pid === undefined || nice === 0) return;
  try {
    setPriority(pid, nice);
  } catch {
    // It has ended, or the machine does not let us: then it runs as everything else.
  }
}
