/** What a supervisor warned of, handed to one of its processes: those have what is listed, and Redis. */
import { exceptionRecord, type ExceptionRecord } from '../../lib/exceptions/exception-record.ts';
import type { ChildGroup, ChildPort } from '../processes/supervisor.ts';
import type { ExceptionLog } from './exception-log.ts';

const TYPE = 'sluice.exceptions';
const HAND_EVERY_MS = 2000;

interface ExceptionsMessage {
  readonly type: typeof TYPE;
  readonly records: readonly ExceptionRecord[];
}

/** The supervisor's side. */
export class HandedExceptions implements ChildGroup, Disposable {
  readonly #log: ExceptionLog;
  readonly #children = new Set<ChildPort>();
  readonly #timer: NodeJS.Timeout;

  constructor(log: ExceptionLog) {
    this.#log = log;
    this.#timer = setInterval(() => this.#hand(), HAND_EVERY_MS).unref();
  }

  joined(child: ChildPort): void {
    this.#children.add(child);
  }

  heard(): void {
    // They have nothing to say about it.
  }

  left(child: ChildPort): void {
    this.#children.delete(child);
  }

  [Symbol.dispose](): void {
    clearInterval(this.#timer);
  }

  #hand(): void {
    const [child] = this.#children;
    if (child === undefined) return;
    const records = this.#log.take();
    if (records.length > 0) child.send({ type: TYPE, records } satisfies ExceptionsMessage);
  }
}

/** The process's side: they count as its own from here on. Ends with the process. */
export function takeHandedExceptions(log: ExceptionLog): void {
  if (process.send === undefined) return;
  process.on('message', (message: unknown) => {
    if (isExceptionsMessage(message)) log.giveBack(exceptionRecord.array().parse(message.records));
  });
  process.channel?.unref();
}

function isExceptionsMessage(message: unknown): message is ExceptionsMessage {
  return (
    typeof message === 'object' && message !== null && 'type' in message && message.type === TYPE
  );
}
