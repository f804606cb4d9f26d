/** The connections of one lane to one server: opens, lends, pipelines, retires. */
import { AppError } from '../../lib/errors.ts';
import { makesSessionUseless } from './failure.ts';
import type { Outage } from './outage.ts';
import { Semaphore } from '../../lib/async/semaphore.ts';
import { poll } from '../../lib/async/wait.ts';
import type { Session } from './session.ts';
import { supervise, type StatementLimits } from './statement.ts';

export interface LanePoolOptions {
  readonly connectionsMax: number;
  /** Statements in flight on one connection; 1 turns pipelining off. */
  readonly pipelineDepthMax: number;
  /** Connections that stay open when idle. */
  readonly idleConnectionsMin: number;
  readonly waitingMax: number;
  readonly acquireTimeoutMs: number;
  readonly idleTimeoutMs: number;
  readonly open: (ended: (session: Session) => void) => Session;
  readonly outage: Outage;
}

/** Up to so many statements share a connection before the next one is opened or used (docs/database-access.md). */
const PIPELINE_DEPTH_PREFERRED = 4;
/** A pipelined connection without an answer for so long carries something slow: better ones go first. */
const STALLED_MS = 20;
const LOOK_AGAIN_MS = 10;

export class LanePool {
  readonly #options: LanePoolOptions;
  readonly #semaphore: Semaphore<'shared' | 'exclusive', Session>;
  readonly #sessions: Session[] = [];
  readonly #sweep: NodeJS.Timeout;
  #isClosing = false;

  constructor(options: LanePoolOptions) {
    this.#options = options;
    this.#semaphore = new Semaphore({
      take: (need) => this.#take(need),
      waitingMax: options.waitingMax,
      acquireTimeoutMs: options.acquireTimeoutMs,
      refusal: exhausted,
    });
    this.#sweep = setInterval(() => this.#retireIdle(), Math.max(50, options.idleTimeoutMs / 2));
    this.#sweep.unref();
  }

  get checkedOut(): number {
    return this.#sessions.reduce((sum, session) => sum + session.inFlight, 0);
  }

  get connectionsMax(): number {
    return this.#options.connectionsMax;
  }

  get connectionsOpen(): number {
    return this.#sessions.length;
  }

  get connectionsInUse(): number {
    return this.#sessions.filter(({ inFlight }) => inFlight > 0).length;
  }

  get waiting(): number {
    return this.#semaphore.waiting;
  }

  /** At least one connection is up. */
  get isConnected(): boolean {
    return this.#sessions.some((session) => session.isOpen);
  }

  /**
   * Runs `start` on a connection, alone on it or (`shared`) pipelined behind others. Rejects with
   * `database.exhausted`, `database.timeout`, the signal's reason, or what the statement failed with.
   */
  async run<T>(
    need: 'shared' | 'exclusive',
    limits: StatementLimits,
    start: (session: Session) => Promise<T>,
  ): Promise<T> {
    const acquired = this.#semaphore.acquire(need, limits.signal);
    const session = acquired instanceof Promise ? await acquired : acquired;
    if (limits.signal.aborted) {
      this.#release(session, undefined);
      throw limits.signal.reason;
    }
    return supervise(session, limits, start(session), (error) => this.#release(session, error));
  }

  /** Every connection that is open now is replaced, those in use as soon as they are not. */
  renew(): void {
    const open = this.#sessions.slice();
    for (const session of open) {
      session.retire();
      if (session.inFlight === 0) void session.destroy();
    }
  }

  /** Refuses new statements, waits for those in flight up to `drainMs`, then ends every connection. */
  async close(reason: AppError, drainMs: number): Promise<void> {
    this.#isClosing = true;
    clearInterval(this.#sweep);
    this.#semaphore.close(reason);
    await poll(() => this.checkedOut === 0, { everyMs: LOOK_AGAIN_MS, timeoutMs: drainMs });
    await Promise.all([...this.#sessions].map((session) => session.destroy()));
  }

  #take(need: 'shared' | 'exclusive'): Session | undefined {
    const session =
      need === 'exclusive' || this.#options.pipelineDepthMax === 1
        ? (this.#sessions.find((candidate) => candidate.inFlight === 0) ?? this.#openAnother())
        : this.#chooseShared();
    if (session === undefined) return undefined;
    if (session.inFlight === 0) {
      session.progressAt = performance.now();
      session.exclusive = need === 'exclusive' || this.#options.pipelineDepthMax === 1;
    }
    session.inFlight += 1;
    return session;
  }

  /** First connections first: statements that share one cost less, and the idle ones can go. */
  #chooseShared(): Session | undefined {
    const stalledBefore = performance.now() - STALLED_MS;
    let leastBusy: Session | undefined;
    for (const session of this.#sessions) {
      if (session.inFlight > 0 && (session.exclusive || session.isOld)) continue;
      const isStalled = session.inFlight > 0 && session.progressAt < stalledBefore;
      if (session.inFlight < PIPELINE_DEPTH_PREFERRED && !isStalled) return session;
      if (leastBusy === undefined || session.inFlight < leastBusy.inFlight) leastBusy = session;
    }
    const another = this.#openAnother();
    if (another !== undefined) return another;
    return leastBusy !== undefined && leastBusy.inFlight < this.#options.pipelineDepthMax
      ? leastBusy
      : undefined;
  }

  /** While the server refuses connections, those that we have are used before another is tried. */
  #openAnother(): Session | undefined {
    if (this.#sessions.length >= this.#options.connectionsMax) return undefined;
    if (this.#options.outage.isDown && this.isConnected) return undefined;
    const session = this.#options.open((ended) => this.#forget(ended));
    this.#sessions.push(session);
    return session;
  }

  #release(session: Session, error: unknown): void {
    session.inFlight -= 1;
    session.progressAt = performance.now();
    if (makesSessionUseless(error) || (session.inFlight === 0 && session.isOld))
      void session.destroy();
    this.#semaphore.pump();
  }

  #forget(session: Session): void {
    const index = this.#sessions.indexOf(session);
    if (index >= 0) this.#sessions.splice(index, 1);
    if (!session.wasOpened && !this.#isClosing) this.#options.outage.failed();
    this.#semaphore.pump();
  }

  #retireIdle(): void {
    const { idleTimeoutMs, idleConnectionsMin } = this.#options;
    const idleBefore = performance.now() - idleTimeoutMs;
    const free = this.#sessions.filter((session) => session.inFlight === 0);
    const idle = free.filter((session) => session.progressAt < idleBefore);
    const spared = Math.max(0, idleConnectionsMin - (this.#sessions.length - idle.length));
    const ended = new Set([...idle.slice(spared), ...free.filter((session) => session.isOld)]);
    for (const session of ended) void session.destroy();
  }
}

/** postgres.js has neither an acquire timeout nor a "pool full" error. */
function exhausted(why: 'full' | 'late'): AppError {
  return new AppError(
    'database.exhausted',
    why === 'full'
      ? 'All database connections are busy.'
      : 'No database connection became free in time.',
  );
}
