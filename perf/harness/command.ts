/** What the perf commands have in common: one line for an error, an end that leaves nothing behind, progress. */
import { parseArgs, type ParseArgsConfig } from 'node:util';

/**
 * Runs a command to its end. An error is one line and exit code 1; Ctrl-C, or a terminal that is closed, aborts the signal and the command
 * closes what it opened, a second one ends at once.
 */
export async function runCommand(command: (signal: AbortSignal) => Promise<void>): Promise<void> {
  const stop = new AbortController();
  const interrupt = (): void => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort(new Error('interrupted'));
  };
  process.on('SIGINT', interrupt).on('SIGTERM', interrupt).on('SIGHUP', interrupt);
  try {
    await command(stop.signal);
  } catch (error) {
    if (error instanceof HelpAsked) {
      process.stdout.write(`${error.message}\n`);
      return;
    }
    process.stderr.write(`\n${stop.signal.aborted ? 'interrupted' : messageOf(error)}\n`);
    process.exitCode = stop.signal.aborted ? 130 : 1;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt).off('SIGHUP', interrupt);
  }
}

/** Not a failure: the message is what was asked for. */
class HelpAsked extends Error {}

function messageOf(error: unknown): string {
  if (error instanceof AggregateError) return error.errors.map(messageOf).join('; ');
  return error instanceof Error ? error.message : String(error);
}

/** A whole number from the command line. @throws Error that names the option and what it accepts */
export function wholeNumber(option: string, text: string, min: number, max: number): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new Error(`--${option} ${text}: expected a whole number from ${min} to ${max}`);
  }
  return value;
}

/**
 * `parseArgs`, which also knows `--help`.
 * @param usage how the command is called
 * @throws Error in one line that says what was wrong and what is accepted; where help is asked for, `runCommand` prints it
 */
export function readArguments<T extends ParseArgsConfig>(
  usage: string,
  config: T,
): ReturnType<typeof parseArgs<T>> {
  const given = config.args ?? process.argv.slice(2);
  if (given.includes('--help') || given.includes('-h')) throw new HelpAsked(usage);
  try {
    return parseArgs(config);
  } catch (error) {
    // The rest of its message explains how to write a positional argument that begins with a dash.
    const [reason = ''] = (error instanceof Error ? error.message : String(error)).split('. ');
    throw new Error(`${reason}; accepted: ${usage}`, { cause: error });
  }
}

/** How this command was called, without the paths of this machine. */
export function typedCommand(script: string): string {
  const typed = process.argv
    .slice(2)
    .join(' ')
    .replaceAll(/(?:^| )--(?:json|data)[ =]\S+/g, '')
    .trim();
  return `npm run ${script}${typed === '' ? '' : ` -- ${typed}`}`;
}

/** One line that is rewritten on a terminal; elsewhere a line now and then. */
export class Progress {
  readonly #isTerminal = process.stdout.isTTY;
  #lastText = '';

  /** What is going on: a line of its own where lines cannot be rewritten. */
  step(text: string): void {
    if (text === this.#lastText) return;
    this.#lastText = text;
    if (this.#isTerminal) this.#rewrite(text);
    else process.stdout.write(`  ${text}\n`);
  }

  /** A figure of the moment: on a terminal only. */
  figure(text: string): void {
    if (this.#isTerminal) this.#rewrite(`${this.#lastText}: ${text}`);
  }

  end(): void {
    if (this.#isTerminal) this.#rewrite('');
    this.#lastText = '';
  }

  #rewrite(text: string): void {
    process.stdout.write(`\r\u001b[2K${text.slice(0, (process.stdout.columns ?? 80) - 1)}`);
  }
}
