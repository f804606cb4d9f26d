/** Viewers of a chat as whoever measures sees them: a process on a core of its own. */
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { pinned } from '../harness/pinned.ts';

export interface ViewersOrder {
  readonly port: number;
  /** Of the WebSocket. */
  readonly path: string;
  readonly viewers: number;
}

export interface ViewersReport {
  /** Messages since the last report, of all viewers. */
  readonly received: number;
  /** Viewers whose connection has closed. */
  readonly gone: number;
  /** Upgrades that were refused, and asked for again. */
  readonly refused: number;
  /** From saying to hearing. */
  readonly p50Ms: number;
  readonly p95Ms: number;
}

const CORE = 1;
const OPENING_TIMEOUT_MS = 120_000;

export class Viewers implements Disposable {
  readonly #child: ChildProcess;

  private constructor(child: ChildProcess) {
    this.#child = child;
  }

  /** Resolves when all are connected. @throws Error when one is refused */
  static async open(order: ViewersOrder): Promise<Viewers> {
    const main = join(import.meta.dirname, 'viewers-main.js');
    const [command, all] = pinned(CORE, process.execPath, [main]);
    const child = spawn(command, all, { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    const viewers = new Viewers(child);
    child.send(order);
    const answer: unknown = await viewers.#answer();
    if (answer === 'open') return viewers;
    viewers[Symbol.dispose]();
    throw new Error(`viewers could not connect: ${String(answer)}`);
  }

  /** Of what came since the last report. */
  async report(): Promise<ViewersReport> {
    this.#child.send('report');
    return (await this.#answer()) as ViewersReport;
  }

  [Symbol.dispose](): void {
    this.#child.disconnect();
  }

  async #answer(): Promise<unknown> {
    const signal = AbortSignal.timeout(OPENING_TIMEOUT_MS);
    const [answer] = (await once(this.#child, 'message', { signal })) as [unknown];
    return answer;
  }
}
