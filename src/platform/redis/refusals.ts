/**
 * Error replies that say something of the server and not of the command: it is a replica, full, loading, or
 * closed to this user. Each kind is an outage of its own: logged when it begins and ends, shown by `/ready`.
 */
import type { Logger } from '../log/logger.ts';
import { describeRedisError } from './redis-error.ts';

/** Commands as refusals and their ends are counted by. */
export type CommandName = 'EVAL' | 'GET' | 'INFO' | 'PING' | 'PUBLISH' | 'SET' | 'SUBSCRIBE';

interface RefusalKind {
  /** The server is the wrong one, or may be: its name is looked up again. */
  readonly reconnects: boolean;
  /** What proves the end: any command on keys that is taken, a SET, or the refused command after a quiet while. */
  readonly endsWith: 'data' | 'write' | 'same';
}

const KINDS = {
  LOADING: { reconnects: true, endsWith: 'data' },
  MASTERDOWN: { reconnects: true, endsWith: 'data' },
  CLUSTERDOWN: { reconnects: true, endsWith: 'data' },
  NOAUTH: { reconnects: true, endsWith: 'data' },
  BUSY: { reconnects: false, endsWith: 'data' },
  READONLY: { reconnects: true, endsWith: 'write' },
  NOREPLICAS: { reconnects: true, endsWith: 'write' },
  MISCONF: { reconnects: false, endsWith: 'write' },
  OOM: { reconnects: false, endsWith: 'write' },
  NOPERM: { reconnects: false, endsWith: 'same' },
} as const satisfies Record<string, RefusalKind>;

export type RefusalName = keyof typeof KINDS;

/** Redis 7 puts the code of a script's command first, Redis 6 has it in the middle, after a hyphen. */
const CODE = new RegExp(`(?:^|\\s-)(${Object.keys(KINDS).join('|')})\\b`);
/** What Redis 7 says of a command in a script that the user may not run. */
const NO_PERMISSION_IN_SCRIPT = /^ERR The user executing the script can't run/;

/** A script may be refused or not by what it meets: NOPERM of a command ends after so long without another. */
const QUIET_MS = 30_000;
const RECONNECT_PAUSE_FIRST_MS = 1000;
const RECONNECT_PAUSE_MAX_MS = 4000;

/** Which of the kinds an error of the driver is; null for any other error. */
export function refusalOf(error: unknown): RefusalName | null {
  if (!(error instanceof Error) || error.name !== 'ReplyError') return null;
  if (NO_PERMISSION_IN_SCRIPT.test(error.message)) return 'NOPERM';
  return (CODE.exec(error.message)?.[1] ?? null) as RefusalName | null;
}

interface Outage {
  readonly command: CommandName;
  readonly startedAtMs: number;
  lastAtMs: number;
  refused: number;
}

export interface RefusalEvents {
  /** The connection leads to the wrong server; called at once, then in growing pauses of at most 4 s. */
  reconnect(): void;
  /** A connection that was made anew is taken: others to the same name may still lead to the wrong server. */
  moved(): void;
}

export class Refusals {
  readonly #logger: Logger;
  readonly #events: RefusalEvents;
  readonly #now: () => number;
  readonly #outages = new Map<RefusalName, Outage>();
  #reconnectPauseMs = 0;
  #reconnectNotBeforeMs = 0;

  constructor(logger: Logger, events: RefusalEvents, now: () => number = Date.now) {
    this.#logger = logger;
    this.#events = events;
    this.#now = now;
  }

  /** The kinds that are refused now. */
  get kinds(): readonly RefusalName[] {
    return [...this.#outages.keys()];
  }

  get any(): boolean {
    return this.#outages.size > 0;
  }

  /** Counts an error reply; true when it was a refusal of the server. */
  refused(command: CommandName, error: unknown): boolean {
    const kind = refusalOf(error);
    if (kind === null) return false;
    const nowMs = this.#now();
    const outage = this.#outages.get(kind);
    if (outage === undefined) {
      this.#outages.set(kind, { command, startedAtMs: nowMs, lastAtMs: nowMs, refused: 1 });
      this.#logger.warn(
        { kind, command, reason: describeRedisError(error) },
        'Redis refuses commands; going on without them',
      );
    } else {
      outage.lastAtMs = nowMs;
      outage.refused++;
    }
    if (KINDS[kind].reconnects) this.#reconnectWhenDue(nowMs);
    return true;
  }

  /** A command was taken; of subscriptions: all of them. */
  taken(command: CommandName): void {
    if (this.#outages.size === 0) return;
    for (const [kind, outage] of this.#outages) {
      if (this.#hasEnded(kind, outage, command)) this.#end(kind, outage);
    }
    if (this.#outages.size === 0 && this.#reconnectPauseMs > 0) {
      this.#reconnectPauseMs = 0;
      this.#reconnectNotBeforeMs = 0;
      this.#events.moved();
    }
  }

  #hasEnded(kind: RefusalName, outage: Outage, command: CommandName): boolean {
    const { endsWith } = KINDS[kind];
    // Scripts that find nothing to write, and reads, are taken by a replica, too.
    if (endsWith === 'write') return command === 'SET';
    if (endsWith === 'data') return command !== 'PUBLISH' && command !== 'SUBSCRIBE';
    const quietMs = command === 'SUBSCRIBE' ? 0 : QUIET_MS;
    return command === outage.command && this.#now() - outage.lastAtMs >= quietMs;
  }

  #end(kind: RefusalName, { startedAtMs, refused }: Outage): void {
    this.#outages.delete(kind);
    this.#logger.info(
      { kind, refused, tookMs: this.#now() - startedAtMs },
      'Redis takes commands again',
    );
  }

  #reconnectWhenDue(nowMs: number): void {
    if (nowMs < this.#reconnectNotBeforeMs) return;
    this.#reconnectPauseMs = Math.min(
      Math.max(RECONNECT_PAUSE_FIRST_MS, 2 * this.#reconnectPauseMs),
      RECONNECT_PAUSE_MAX_MS,
    );
    this.#reconnectNotBeforeMs = nowMs + this.#reconnectPauseMs;
    this.#events.reconnect();
  }
}
