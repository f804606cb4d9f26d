/** Rounds on real servers: one of each side on equal data, pinned to the same core, and only one of them running at a time. */
import { DisposeStack } from '../../src/lib/async/dispose-stack.ts';
import type { BenchData } from '../harness/bench-data.ts';
import type { RoundResult } from '../result.ts';
import { RATE_MAX } from '../scenarios/phases.ts';
import type { LoadScenario, Requests } from '../scenarios/scenario.ts';
import { startScenarioServer, verify } from '../scenarios/standard.ts';
import { oneAfterTheOther, type Session } from './compare.ts';
import { GateError, messageOf } from './gate-error.ts';
import { medianOf } from './median-interval.ts';
import type { GateSample, Pair, Side } from './metrics.ts';
import { lostShare, percentileOf, runPart, type Served } from './part.ts';
import { inTurns } from './turns.ts';

/** A build to measure. */
export interface Program {
  /** Folder with `dist/src/main.js`. */
  readonly root: string;
  /** As an error message names it. */
  readonly name: string;
  /** Modules to load first. */
  readonly imports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** With the database of its server, where that is not the settings'. */
  readonly data?: BenchData;
}

export interface RoundSettings {
  readonly programs: Readonly<Record<Side, Program>>;
  readonly data: BenchData;
  /** Of the closed and of the open part of a round; whole seconds. */
  readonly partS: number;
  readonly warmUpSMax: number;
  readonly signal: AbortSignal;
}

/** Of the open part: half of what the slower side can do. */
const RATE_SHARE = 0.5;
const LOST_SHARE_MAX = 0.01;
const SIDES = 2;
/** Nothing is refused, though each side is stopped while the other runs and finds its event loop late. */
const ENVIRONMENT = { HTTP_TURN_BUDGET_MS: '0', ENABLE_BROWNOUT: 'false' };

/** One scenario on both programs; its servers are fresh in every session, its request rate stays the same. */
export class ScenarioRounds {
  readonly #scenario: LoadScenario;
  readonly #settings: RoundSettings;
  readonly #othersShares: number[] = [];
  #requests: Requests | null = null;
  /** Of the open part; decided once. */
  #ratePerS: number | null;

  constructor(scenario: LoadScenario, settings: RoundSettings) {
    this.#scenario = scenario;
    this.#settings = settings;
    this.#ratePerS = scenario.ratePerS ?? null;
  }

  /** Of the machine, that neither servers nor generator used: median over what was measured, 0 to 1. */
  get othersShare(): number {
    return this.#othersShares.length === 0 ? 0 : medianOf(this.#othersShares);
  }

  /** Starts and warms up both. @throws GateError that names the side which does not start or answers something else */
  async open(): Promise<Session> {
    this.#requests ??= await this.#scenario.requests(this.#settings.data);
    const stack = new DisposeStack();
    try {
      await this.#settings.data.emptyRedis();
      const served = {
        base: await this.#start('base', this.#requests, stack),
        head: await this.#start('head', this.#requests, stack),
      };
      this.#ratePerS ??= await this.#chooseRate(served);
      return {
        measurePair: (isBaseFirst) => this.#measurePair(served, isBaseFirst),
        [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
      };
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(side: Side, requests: Requests, stack: DisposeStack): Promise<Served> {
    const { data, programs, signal, warmUpSMax } = this.#settings;
    const { root, name, imports = [], environment = {}, data: own = data } = programs[side];
    const { needs, warmUpS, name: scenario } = this.#scenario;
    signal.throwIfAborted();
    // A database each: what one side wrote must not be what the other reads.
    const redis =
      data.redisUrl === null || !needs.redis
        ? {}
        : { REDIS_URL: `${data.redisUrl}/${side === 'base' ? 1 : 2}` };
    const server = await startScenarioServer(
      {
        needs,
        environment: { ...ENVIRONMENT, ...this.#scenario.environment, ...redis, ...environment },
      },
      own,
      { root, imports },
    ).catch((error: unknown) => {
      throw new GateError(
        side === 'base' ? 'incomparable' : 'broken',
        `${name} does not start on its data: ${messageOf(error)}`,
      );
    });
    stack.use(server);
    await verify(server, requests.paths[0] ?? '/', requests.headers ?? {}).catch(
      (error: unknown) => {
        throw new GateError(
          side === 'base' ? 'unserved' : 'broken',
          `${name} cannot serve ${scenario}: ${messageOf(error)}`,
        );
      },
    );
    const served: Served = { server, requests, position: 0 };
    await runPart(served, { ratePerS: null, durationS: Math.min(warmUpS, warmUpSMax), signal });
    return served;
  }

  /** Neither side is overloaded by it, so that latency tells of requests and not of queues. */
  async #chooseRate(served: Readonly<Record<Side, Served>>): Promise<number> {
    const { base, head } = await this.#closedParts(served);
    const rates = [base, head].map((part) => SIDES * part.requestsPerS);
    return Math.max(1, Math.floor(Math.min(RATE_MAX, ...rates.map((rate) => rate * RATE_SHARE))));
  }

  /** A closed part for the work of a request, both in turn many times a second; then an open one of each for its latency. */
  async #measurePair(served: Readonly<Record<Side, Served>>, isBaseFirst: boolean): Promise<Pair> {
    const closed = await this.#closedParts(served);
    const open = await oneAfterTheOther(
      (side) => this.#part(served[side], this.#ratePerS, this.#settings.partS),
      isBaseFirst,
    );
    return { base: sampleOf(closed.base, open.base), head: sampleOf(closed.head, open.head) };
  }

  async #closedParts({
    base,
    head,
  }: Readonly<Record<Side, Served>>): Promise<Record<Side, RoundResult>> {
    const [ofBase, ofHead] = await inTurns(
      [base.server.pid, head.server.pid],
      Promise.all([this.#closedPart('base', base), this.#closedPart('head', head)]),
    );
    return { base: ofBase, head: ofHead };
  }

  /** @throws GateError when more requests fail than a disturbed machine explains */
  async #closedPart(side: Side, served: Served): Promise<RoundResult> {
    const round = await this.#part(served, null, SIDES * this.#settings.partS);
    if (lostShare(round) <= LOST_SHARE_MAX) return round;
    const { name } = this.#settings.programs[side];
    throw new GateError(
      'broken',
      `${name} failed ${round.failed} of ${round.failed + round.succeeded} requests of ${this.#scenario.name}`,
    );
  }

  async #part(served: Served, ratePerS: number | null, durationS: number): Promise<RoundResult> {
    const { result, othersShare } = await runPart(served, {
      ratePerS,
      durationS,
      signal: this.#settings.signal,
    });
    // While both are loaded in turn, one's own load is the other's disturbance.
    if (ratePerS !== null) this.#othersShares.push(othersShare);
    return result;
  }
}

/** A side has half of the time of a closed part. */
function sampleOf(closed: RoundResult, open: RoundResult): GateSample {
  return {
    cpu: closed.server.cpuMicrosPerRequest,
    p95: percentileOf(open, 0.95, open.latency?.p95),
    p99: percentileOf(open, 0.99, open.latency?.p99),
    requestsPerS: SIDES * closed.requestsPerS,
    rss: open.server.rssBytes,
  };
}
