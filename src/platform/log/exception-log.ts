/** Warnings and errors of this process by kind, counted on their way to the log; bounded. */
import { LRUCache } from 'lru-cache';
import {
  EXCEPTIONS_MAX,
  fingerprintOf,
  mergedRecord,
  type ExceptionRecord,
} from '../../lib/exceptions/exception-record.ts';
import type { Logger } from './logger.ts';
import { redactText } from './redact.ts';

const DETAIL_CHARS_MAX = 500;
const TRACEBACK_CHARS_MAX = 2000;

type Fields = Readonly<Record<string, unknown>>;

export class ExceptionLog {
  readonly #now: () => number;
  /** All since the start, or since they were cleared. */
  readonly #seen = new LRUCache<string, ExceptionRecord>({ max: EXCEPTIONS_MAX });
  /** What was not yet handed on by `take`. */
  readonly #pending = new LRUCache<string, ExceptionRecord>({ max: EXCEPTIONS_MAX });

  constructor(now: () => number = Date.now) {
    this.#now = now;
  }

  /** The logger, with its warnings and errors counted here, whatever its level. */
  watch(logger: Logger, bound: Fields = {}): Logger {
    return {
      debug: (fields, message) => logger.debug(fields, message),
      info: (fields, message) => logger.info(fields, message),
      warn: (fields, message) => {
        this.#record('warning', { ...bound, ...fields }, message);
        logger.warn(fields, message);
      },
      error: (fields, message) => {
        this.#record('error', { ...bound, ...fields }, message);
        logger.error(fields, message);
      },
      child: (fields) => this.watch(logger.child(fields), { ...bound, ...fields }),
    };
  }

  /** Of this process alone, the last seen first. */
  records(): readonly ExceptionRecord[] {
    return [...this.#seen.values()];
  }

  /** What was counted since the last call. */
  take(): readonly ExceptionRecord[] {
    const taken = [...this.#pending.values()].toReversed();
    this.#pending.clear();
    return taken;
  }

  /** What `take` gave could not be kept elsewhere. */
  giveBack(records: readonly ExceptionRecord[]): void {
    for (const record of records) add(this.#pending, record);
  }

  /** Forgets one kind, or all. */
  clear(fingerprint: string | null): number {
    const count = fingerprint === null ? this.#seen.size : Number(this.#seen.has(fingerprint));
    for (const kinds of [this.#seen, this.#pending]) {
      if (fingerprint === null) kinds.clear();
      else kinds.delete(fingerprint);
    }
    return count;
  }

  #record(level: ExceptionRecord['level'], fields: Fields, message: string): void {
    const record = recordOf(level, fields, message, this.#now());
    add(this.#seen, record);
    add(this.#pending, record);
  }
}

function add(kinds: LRUCache<string, ExceptionRecord>, record: ExceptionRecord): void {
  const known = kinds.get(record.fingerprint);
  kinds.set(record.fingerprint, known === undefined ? record : mergedRecord(known, record));
}

function recordOf(
  level: ExceptionRecord['level'],
  fields: Fields,
  message: string,
  atMs: number,
): ExceptionRecord {
  const error = Object.values(fields).find((value) => value instanceof Error);
  const stack = redactText(error?.stack ?? '');
  const kind = {
    level,
    type: error === undefined ? (level === 'error' ? 'Error' : 'Warning') : typeOf(error),
    message: redactText(message).slice(0, DETAIL_CHARS_MAX),
    detail: redactText(error?.message ?? '').slice(0, DETAIL_CHARS_MAX),
    source: sourceOf(stack),
  };
  const { requestId } = fields;
  return {
    ...kind,
    fingerprint: fingerprintOf(kind),
    traceback: stack.slice(0, TRACEBACK_CHARS_MAX),
    requestId: typeof requestId === 'string' ? requestId : '',
    count: 1,
    firstSeenAtMs: atMs,
    lastSeenAtMs: atMs,
  };
}

function typeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}

/** The first line of the stack that is ours. */
function sourceOf(stack: string): string {
  for (const line of stack.split('\n')) {
    const [, place] = /((?:src|workers)\/[\w./-]+:\d+):\d+\)?$/.exec(line) ?? [];
    if (place !== undefined && !line.includes('node_modules')) return place;
  }
  return '';
}
