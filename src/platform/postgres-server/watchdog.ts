/**
 * A process under a watchdog: a small shell that reads a pipe of ours. When we end, by whatever signal, the
 * pipe closes and the shell ends the process, so that no orphan is left.
 */
import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { settledWithin } from '../../lib/async/wait.ts';
import type { ServerUser } from './server-user.ts';

/**
 * Arguments: how to stop (`server` or `program`), the file to read as standard input, the command. What each line is for
 * is in docs/data-dir.md.
 */
const WATCHDOG = `
trap '' HUP INT TERM
exec 3<&0 </dev/null
mode=$1
input=$2
shift 2
"$@" <"$input" >/dev/null 3<&- &
pid=$!
echo "$pid"
exec >/dev/null
if [ "$mode" = server ]; then soft=INT hard=QUIT target=$pid; else soft=TERM hard=KILL target=0; fi
(
  read -r grace <&3
  end() {
    left=$2
    while [ "$left" -gt 0 ] && kill -0 "$pid"; do
      kill -s "$1" "$target"
      sleep 0.1
      left=$((left - 1))
    done
  }
  end "$soft" "\${grace:-50}"
  end "$hard" 50
  kill -s KILL 0
) 2>/dev/null &
watcher=$!
wait "$pid"
code=$?
kill -s KILL "$watcher"
exit "$code"
`;

/** PostgreSQL's messages are short; a whole start-up failure fits. */
const ERROR_CHARS_MAX = 2000;
/** Beyond the grace: the watchdog's own 5 s, then it is not there to do its work. The session is killed. */
const KILL_AFTER_MS = 6000;
const LAST_WORDS_MS = 100;
/** As shells count: command not found, and the first of the codes for signals. */
const NOT_STARTED_CODE = 127;
const SIGNAL_CODE = 128;

export interface GuardedOptions {
  readonly executable: string;
  readonly parameters: readonly string[];
  readonly user: ServerUser;
  readonly mode: 'server' | 'program';
  /** Read by the command as its standard input. */
  readonly inputFile?: string;
}

export class WatchedProcess {
  /** The id of the process itself; null when it could not be started. */
  readonly pid: Promise<number | null>;
  /** Resolves with the exit code when the process has ended: above 128 for a signal, as shells count. */
  readonly ended: Promise<number>;
  readonly #shell: ChildProcessWithoutNullStreams;
  #hasEnded = false;
  #errors = '';

  constructor({ executable, parameters, user, mode, inputFile = '/dev/null' }: GuardedOptions) {
    const shell = spawn(
      '/bin/sh',
      ['-c', WATCHDOG, 'sluice-watchdog', mode, inputFile, executable, ...parameters],
      {
        ...user,
        cwd: '/',
        env: { PATH: '/usr/bin:/bin', LC_ALL: 'C' },
        stdio: 'pipe',
        detached: true,
      },
    );
    this.#shell = shell;
    shell.stdin.on('error', () => undefined);
    shell.stderr.on('data', (chunk: Buffer) => {
      this.#errors = (this.#errors + chunk.toString()).slice(-ERROR_CHARS_MAX);
    });
    this.pid = firstNumber(shell);
    this.ended = new Promise((resolve) => {
      const settle = (code: number) => {
        this.#hasEnded = true;
        resolve(code);
      };
      shell.once('error', (error) => {
        this.#errors += error.message;
        settle(NOT_STARTED_CODE);
      });
      shell.once('exit', (code) => {
        // Should the shell alone have been killed, its other half now ends the process.
        shell.stdin.end();
        // The last words arrive with `close`, which whoever inherited the pipe could put off.
        const closed = new Promise((done) => {
          shell.once('close', done);
        });
        void settledWithin(closed, LAST_WORDS_MS).then(() => settle(code ?? SIGNAL_CODE));
      });
    });
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** The last words on standard error. */
  get errors(): string {
    return this.#errors;
  }

  /** Asks it to end and resolves when it has; by force when the grace is over. */
  async stop(graceMs: number): Promise<void> {
    this.#shell.stdin.end(`${Math.ceil(graceMs / 100)}\n`);
    if (!(await settledWithin(this.ended, graceMs + KILL_AFTER_MS))) this.#killSession();
    await this.ended;
  }

  #killSession(): void {
    const { pid } = this.#shell;
    if (pid === undefined || this.#hasEnded) return;
    try {
      process.kill(-pid, 'SIGKILL');
    } catch {
      // It ended in this moment.
    }
  }
}

/** The shell's only line of output is the id of the process. */
function firstNumber(shell: ChildProcessWithoutNullStreams): Promise<number | null> {
  let text = '';
  return new Promise((resolve) => {
    shell.stdout.on('data', (chunk: Buffer) => {
      text += chunk.toString();
      if (text.includes('\n')) resolve(Number.parseInt(text, 10));
    });
    shell.stdout.once('close', () => resolve(null));
    shell.once('error', () => resolve(null));
  });
}
