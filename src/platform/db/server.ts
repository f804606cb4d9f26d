/** One PostgreSQL server, primary or replica: its lanes, and whether it can be reached. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { PostgresTarget } from '../../lib/postgres-uri/postgres-uri.ts';
import type { Logger } from '../log/logger.ts';
import type { Lane } from './database.ts';
import type { HostChoice } from './host-choice.ts';
import { createHostChoice, writableHost } from './host-probe.ts';
import { LanePool, type LanePoolOptions } from './lane-pool.ts';
import { Outage } from './outage.ts';
import { Session } from './session.ts';
import type { LaneBudget } from './split-budget.ts';
import type { StatementLimits } from './statement.ts';

export interface ServerOptions {
  readonly role: 'primary' | 'replica';
  readonly target: PostgresTarget;
  readonly applicationName: string;
  readonly budget: LaneBudget;
  readonly pgBouncer: boolean;
  readonly acquireTimeoutMs: number;
  readonly waitingMax: number;
  /** Default limit of a statement in each lane. */
  readonly timeoutMs: Readonly<Record<Lane, number>>;
  readonly connectTimeoutMs: number;
  /** So long is a server that cannot be reached still tried: a restart is over by then. */
  readonly outageGraceMs: number;
  readonly idleTimeoutMs: number;
  readonly maxLifetimeMs: number;
}

/** Deeper pipelines gain nothing (docs/database-access.md) and put more behind one slow statement. */
const PIPELINE_DEPTH_MAX = 16;
const PROBE_PAUSE_MS_FIRST = 250;
/** Of the primary: how long a database that is back stays unused. Nothing works without it. */
const PRIMARY_PROBE_PAUSE_MS_MAX = 1000;
const REPLICA_PROBE_PAUSE_MS_MAX = 10_000;

/** Over all lanes. */
export interface ServerUse {
  /** Statements in flight: several may share a connection. */
  readonly checkedOut: number;
  /** Callers that wait for a connection. */
  readonly waiting: number;
  readonly connectionsMax: number;
  readonly connectionsOpen: number;
  readonly connectionsInUse: number;
}

export class Server {
  readonly role: 'primary' | 'replica';
  /** Two may be the same one: see `LaneBudget`. */
  readonly lanes: Readonly<Record<Lane, LanePool>>;
  readonly #options: ServerOptions;
  readonly #logger: Logger;
  readonly #outage: Outage;
  readonly #hosts: HostChoice;

  constructor(options: ServerOptions, logger: Logger) {
    this.role = options.role;
    this.#options = options;
    this.#logger = logger.child({ database: options.role });
    this.#outage = new Outage({
      graceMs: options.outageGraceMs,
      pauseMsFirst: PROBE_PAUSE_MS_FIRST,
      pauseMsMax:
        options.role === 'primary' ? PRIMARY_PROBE_PAUSE_MS_MAX : REPLICA_PROBE_PAUSE_MS_MAX,
      probe: () => this.ping(AbortSignal.timeout(options.connectTimeoutMs)),
      onChange: (isDown) => this.#logOutage(isDown),
    });
    const { target, role, connectTimeoutMs } = options;
    const wanted = role === 'primary' ? writableHost(target) : target.sessionAttributes;
    this.#hosts = createHostChoice(target, wanted, connectTimeoutMs, this.#logger);
    const rest = this.#createLane('rest');
    this.lanes = {
      hot: this.#createLane('hot'),
      page: options.budget.page === 0 ? rest : this.#createLane('page'),
      rest,
    };
  }

  /** Connections that are lent, and callers that wait for one, over all lanes. */
  use(): ServerUse {
    const pools = this.#pools();
    const sum = (of: (pool: LanePool) => number) =>
      pools.reduce((total, pool) => total + of(pool), 0);
    return {
      checkedOut: sum((pool) => pool.checkedOut),
      waiting: sum((pool) => pool.waiting),
      connectionsMax: sum((pool) => pool.connectionsMax),
      connectionsOpen: sum((pool) => pool.connectionsOpen),
      connectionsInUse: sum((pool) => pool.connectionsInUse),
    };
  }

  /** False when the server refused the last connection and the lane has none left: ask elsewhere, or fail. */
  isReachable(lane: Lane): boolean {
    return this.lanes[lane].isConnected || this.#outage.isPassable;
  }

  /** Resolves when the server answers `SELECT 1`; rejects with `database.unavailable` naming its role. */
  async ping(signal: CancelSignal): Promise<void> {
    const limits: StatementLimits = {
      name: 'ping',
      timeoutMs: this.#options.timeoutMs.hot,
      signal,
      cancellable: true,
    };
    try {
      await this.lanes.hot.run('shared', limits, (session) =>
        session.query((sql) => sql`select 1`),
      );
    } catch (error) {
      throw new AppError('database.unavailable', `The ${this.role} database does not answer.`, {
        cause: error,
      });
    }
  }

  /** It refused a write: of several hosts another one takes them by now. */
  isReadOnly(): void {
    if (this.#hosts.isGiven) return;
    this.#hosts.forget();
    for (const pool of this.#pools()) pool.renew();
  }

  async close(reason: AppError, drainMs: number): Promise<void> {
    this.#outage.close();
    await Promise.all(this.#pools().map((pool) => pool.close(reason, drainMs)));
  }

  #pools(): readonly LanePool[] {
    return [...new Set(Object.values(this.lanes))];
  }

  #createLane(lane: Lane): LanePool {
    const { budget, pgBouncer, acquireTimeoutMs, waitingMax, idleTimeoutMs } = this.#options;
    const options: LanePoolOptions = {
      connectionsMax: budget[lane],
      // Without prepared statements postgres.js waits for the description of each: nothing to pipeline.
      pipelineDepthMax: lane === 'hot' && !pgBouncer ? PIPELINE_DEPTH_MAX : 1,
      // The first cold request after a quiet hour should not pay for a connection (5 ms and more).
      idleConnectionsMin: lane === 'hot' ? 1 : 0,
      waitingMax,
      acquireTimeoutMs,
      idleTimeoutMs,
      open: (ended) => this.#openSession(lane, ended),
      outage: this.#outage,
    };
    return new LanePool(options);
  }

  #openSession(lane: Lane, ended: (session: Session) => void): Session {
    const { target, applicationName, pgBouncer, connectTimeoutMs, maxLifetimeMs, timeoutMs } =
      this.#options;
    const options = {
      target,
      applicationName,
      connectTimeoutMs,
      maxLifetimeMs,
      chooseHost: () => this.#hosts.choose(),
      prepare: !pgBouncer,
      statementTimeoutMs: pgBouncer ? undefined : timeoutMs[lane],
    };
    const onEnded = (session: Session) => {
      if (!session.wasOpened) this.#hosts.forget();
      ended(session);
    };
    return new Session(
      options,
      { opened: () => this.#outage.recovered(), ended: onEnded },
      this.#logger,
    );
  }

  #logOutage(isDown: boolean): void {
    if (isDown) this.#logger.warn({}, 'the database cannot be reached');
    else this.#logger.info({}, 'the database can be reached again');
  }
}
