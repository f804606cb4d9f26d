/** A Prometheus beside a rehearsal, with the alerts of `deploy/`: sees them fire, and be quiet again after the cure. */
import { poll } from '../../src/lib/async/wait.ts';
import { startPrometheus, type Prometheus, type ScrapeJob } from '../support/prometheus.ts';
import { alertRules, hastened } from './alert-rules.ts';

/** What became of an alert. */
export interface AlertSeen {
  readonly name: string;
  readonly firedAfterS: number;
  resolvedAfterS: number | null;
}

/** What keeps a fault up, or shows that it is over, while an alert is waited for. */
export interface Load {
  /** Not waited for; how it ends is nothing that matters. */
  readonly ask: () => Promise<unknown>;
  readonly everyMs: number;
}

/** Longer than a server waits for a process that hangs, and short enough for the ranges of hastened rules. */
const EVERY_S = 2;
const LOOK_EVERY_MS = 250;
const TIMEOUT_MS = 90_000;
/** Calls of a load at a time. */
const UNDER_WAY_MAX = 4;

export interface Alerts extends AsyncDisposable {
  /** Waits until all of them fire. @throws Error naming those that do not */
  fires(names: readonly string[], load?: Load): Promise<void>;
  /** Waits until none fires that was seen. @throws Error naming those that still do */
  resolves(load?: Load): Promise<void>;
}

/** Where no Prometheus looks on. */
export const UNWATCHED: Alerts = {
  fires: nothing,
  resolves: nothing,
  [Symbol.asyncDispose]: nothing,
};

export interface AlertWatchOptions {
  readonly jobs: readonly ScrapeJob[];
  readonly say: (line: string) => void;
  /** Is given every alert that fires. */
  readonly seen: AlertSeen[];
}

export class AlertWatch implements Alerts {
  readonly #prometheus: Prometheus;
  readonly #say: (line: string) => void;
  readonly #seen: AlertSeen[];

  private constructor(prometheus: Prometheus, { say, seen }: AlertWatchOptions) {
    this.#prometheus = prometheus;
    this.#say = say;
    this.#seen = seen;
  }

  /** Resolves when everything is scraped and nothing fires. */
  static async start(options: AlertWatchOptions): Promise<AlertWatch> {
    const { jobs } = options;
    const rules = hastened(await alertRules());
    const prometheus = await startPrometheus({ jobs, everyS: EVERY_S, rules });
    const watch = new AlertWatch(prometheus, options);
    try {
      await watch.#until('Prometheus scrapes everything', async () => {
        const up = await prometheus.ask('up == 1').catch(() => new Map());
        return up.size === jobs.length;
      });
      await watch.#until('no alert fires', async () => (await watch.#firing()).size === 0);
    } catch (error) {
      await prometheus[Symbol.asyncDispose]();
      throw error;
    }
    return watch;
  }

  async fires(names: readonly string[], load: Load | null = null): Promise<void> {
    const startedAtMs = performance.now();
    const missing = new Set(names);
    await using _ = new RunningLoad(load);
    await this.#until(
      () => `the alerts ${[...missing].join(', ')} fire`,
      async () => {
        const firing = await this.#firing();
        for (const name of missing) {
          const summary = firing.get(name);
          if (summary === undefined) continue;
          missing.delete(name);
          const firedAfterS = secondsSince(startedAtMs);
          this.#seen.push({ name, firedAfterS, resolvedAfterS: null });
          this.#say(`✔ the alert ${name} fires (after ${firedAfterS.toFixed(1)} s): ${summary}`);
        }
        return missing.size === 0;
      },
    );
  }

  async resolves(load: Load | null = null): Promise<void> {
    const startedAtMs = performance.now();
    await using _ = new RunningLoad(load);
    const left = new Map(this.#seen.map((alert) => [alert.name, alert]));
    await this.#until(
      () => `the alerts ${[...left.keys()].join(', ')} are quiet`,
      async () => {
        const firing = await this.#firing();
        for (const alert of left.values()) {
          if (firing.has(alert.name)) continue;
          left.delete(alert.name);
          alert.resolvedAfterS = secondsSince(startedAtMs);
          this.#say(`✔ it is quiet again: ${alert.name} (${alert.resolvedAfterS.toFixed(1)} s)`);
        }
        return left.size === 0;
      },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#prometheus[Symbol.asyncDispose]();
  }

  /** Summaries of alerts by name. */
  async #firing(): Promise<ReadonlyMap<string, string>> {
    const alerts = await this.#prometheus.alerts();
    return new Map(
      alerts
        .filter(({ state }) => state === 'firing')
        .map(({ labels, annotations }) => [labels.alertname, annotations['summary'] ?? '']),
    );
  }

  async #until(what: string | (() => string), isSo: () => Promise<boolean>): Promise<void> {
    if (await poll(isSo, { everyMs: LOOK_EVERY_MS, timeoutMs: TIMEOUT_MS })) return;
    const text = typeof what === 'string' ? what : what();
    throw new Error(`${text}: not within ${TIMEOUT_MS / 1000} s`);
  }
}

/** Asks until it is disposed, and ends when all of it has ended. */
class RunningLoad implements AsyncDisposable {
  readonly #timer: NodeJS.Timeout | null;
  readonly #underWay = new Set<Promise<unknown>>();

  constructor(load: Load | null) {
    this.#timer = load === null ? null : setInterval(() => this.#ask(load), load.everyMs);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#timer !== null) clearInterval(this.#timer);
    await Promise.allSettled(this.#underWay);
  }

  #ask({ ask }: Load): void {
    if (this.#underWay.size >= UNDER_WAY_MAX) return;
    const asked: Promise<unknown> = ask().then(
      () => this.#underWay.delete(asked),
      () => this.#underWay.delete(asked),
    );
    this.#underWay.add(asked);
  }
}

function secondsSince(startedAtMs: number): number {
  return (performance.now() - startedAtMs) / 1000;
}

function nothing(): Promise<void> {
  return Promise.resolve();
}
