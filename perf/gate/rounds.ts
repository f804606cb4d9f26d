/** Rounds on real servers: one of each side on the same data, pinned to the same core, and only one of them under load at a time. */
import { DisposeStack } from '../../src/lib/dispose-stack.ts';
import type { BenchData } from '../harness/bench-data.ts';
import type { ServerProcess } from '../harness/server-process.ts';
import { generator } from '../load.ts';
import type { RoundResult } from '../result.ts';
import { RATE_MAX, runPhase, warmUp, type PhaseOptions, type Target } from '../scenarios/phases.ts';
import type { Bench, LoadScenario, Requests } from '../scenarios/scenario.ts';
import { startScenarioServer, verify } from '../scenarios/standard.ts';
import type { Session } from './compare.ts';
import { GateError, messageOf } from './gate-error.ts';
import type { GateSample, Side } from './metrics.ts';

/** A build to measure. */
export interface Program {
  /** Folder with `dist/src/main.js`. */
  readonly root: string;
  /** As an error message names it. */
  readonly name: string;
  /** Modules to load first. */
  readonly imports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

export interface RoundSettings {
  readonly programs: Readonly<Record<Side, Program>>;
  readonly data: BenchData;
  /** Of the closed and of the open part of a round; whole seconds. */
  readonly partS: number;
  readonly warmUpSMax: number;
  readonly progress: (text: string) => void;
  readonly signal: AbortSignal;
}

const RATE_SHARE = 0.5;
const LOST_SHARE_MAX = 0.01;
/** What a request counts that was never answered or answered wrongly: as long as the generator waits for one. */
const LOST_MICROS = 5e6;
/** Nothing is refused: on a busy machine, too, the same work is compared with the same work. */
const ENVIRONMENT = { HTTP_TURN_BUDGET_MS: '0' };

/** One scenario on both programs; its servers are fresh in every session, its request rate stays the same. */
export class ScenarioRounds {
  readonly #scenario: LoadScenario;
  readonly #settings: RoundSettings;
  readonly #bench: Bench;
  #requests: Requests | null = null;
  /** Of the open part; decided once. */
  #ratePerS: number | null;

  constructor(scenario: LoadScenario, settings: RoundSettings) {
    const { data, signal, progress, partS } = settings;
    this.#scenario = scenario;
    this.#settings = settings;
    this.#ratePerS = scenario.ratePerS ?? null;
    this.#bench = {
      data, signal, progress, tick: () => undefined,
      settings: { rounds: 1, roundS: partS, soakMinutes: 1, closedLoop: 'sluice' },
    };
  }

  /** Starts and warms up both. @throws GateError that names the side which does not start or answers something else */
  async open(): Promise<Session> {
    this.#requests ??= await this.#scenario.requests(this.#settings.data);
    const stack = new DisposeStack();
    try {
      await this.#settings.data.emptyRedis();
      const targets = { base: await this.#start('base', stack), head: await this.#start('head', stack) };
      this.#ratePerS ??= await this.#rateOf(targets);
      return {
        measure: (side) => this.#measure(side, targets[side]),
        [Symbol.asyncDispose]: () => stack[Symbol.asyncDispose](),
      };
    } catch (error) {
      await stack[Symbol.asyncDispose]();
      throw error;
    }
  }

  async #start(side: Side, stack: DisposeStack): Promise<Target> {
    const { data, programs, signal, warmUpSMax } = this.#settings;
    const { root, name, imports = [], environment = {} } = programs[side];
    const requests = this.#requests ?? { paths: [] };
    signal.throwIfAborted();
    // A database each: what one side wrote must not be what the other reads.
    const redis = data.redisUrl === null ? {} : { REDIS_URL: `${data.redisUrl}/${side === 'base' ? 1 : 2}` };
    const server = await startScenarioServer({
      needs: this.#scenario.needs,
      environment: { ...ENVIRONMENT, ...this.#scenario.environment, ...(this.#scenario.needs.redis ? redis : {}), ...environment },
    }, data, { root, imports }).catch((error: unknown) => {
      throw new GateError(side === 'base' ? 'incomparable' : 'broken', `${name} does not start on the head's data: ${messageOf(error)}`);
    });
    stack.use(server);
    await this.#verify(side, server, requests);
    const target: Target = { server, requests, needs: this.#scenario.needs, position: 0 };
    await warmUp(this.#benchFor(requests), target, Math.min(this.#scenario.warmUpS, warmUpSMax));
    return target;
  }

  async #verify(side: Side, server: ServerProcess, requests: Requests): Promise<void> {
    await verify(server, requests.paths[0] ?? '/', requests.headers ?? {}).catch((error: unknown) => {
      const { name } = this.#settings.programs[side];
      throw new GateError(side === 'base' ? 'unserved' : 'broken', `${name} cannot serve ${this.#scenario.name}: ${messageOf(error)}`);
    });
  }

  /** Half of what the slower side can do: neither is overloaded, so that latency tells of requests and not of queues. */
  async #rateOf(targets: Readonly<Record<Side, Target>>): Promise<number> {
    const rates = [await this.#closedPart('base', targets.base), await this.#closedPart('head', targets.head)].map((one) => one.requestsPerS);
    return Math.max(1, Math.floor(Math.min(RATE_MAX, ...rates.map((rate) => rate * RATE_SHARE))));
  }

  /** A closed part for the work of a request, then an open one for its latency. */
  async #measure(side: Side, target: Target): Promise<GateSample> {
    const closed = await this.#closedPart(side, target);
    const open = await this.#part(target, { name: side, loop: 'open', ratePerS: this.#ratePerS ?? 1 });
    return {
      cpu: closed.server.cpuMicrosPerRequest,
      p95: percentileOf(open, 0.95, open.latency?.p95),
      p99: percentileOf(open, 0.99, open.latency?.p99),
      requestsPerS: closed.requestsPerS,
      rss: open.server.rssBytes,
    };
  }

  /** @throws GateError when more requests fail than a disturbed machine explains */
  async #closedPart(side: Side, target: Target): Promise<RoundResult> {
    const round = await this.#part(target, { name: side, loop: 'closed' });
    if (lostShare(round) <= LOST_SHARE_MAX) return round;
    const { name } = this.#settings.programs[side];
    throw new GateError('broken', `${name} failed ${round.failed} of ${round.failed + round.succeeded} requests of ${this.#scenario.name}`);
  }

  async #part(target: Target, options: PhaseOptions): Promise<RoundResult> {
    const { result } = await runPhase(this.#benchFor(target.requests), target, { ...options, rounds: 1 });
    const [round] = result.rounds;
    if (round === undefined) throw new RangeError('a phase of one round has one');
    return round;
  }

  /** wrk leaves a fast server no rest, but begins anew with every round: where every request is another one, our own goes on. */
  #benchFor(requests: Requests): Bench {
    const isWrk = generator === 'wrk' && requests.paths.length === 1;
    return isWrk ? { ...this.#bench, settings: { ...this.#bench.settings, closedLoop: 'wrk' } } : this.#bench;
  }
}

function lostShare({ succeeded, failed, shed }: RoundResult): number {
  return (failed + shed) / Math.max(1, succeeded + failed + shed);
}

/** Of all requests, lost ones included; null when nothing was asked. */
function percentileOf(round: RoundResult, share: number, ofServed: number | undefined): number | null {
  return lostShare(round) >= 1 - share ? LOST_MICROS : (ofServed ?? null);
}
