/**
 * A second client beside a load that brings its generator to the limit. At 40,000 requests a second the generator reads answers late,
 * and its own queue is in its latencies: p95 of refusals was 88 ms for it and 13 ms for a control client, 16 and 11 at 20,000. This
 * one asks the same server for the same things at a small fixed rate, on connections of its own, and goes before the generator.
 */
import { runLoadPlan } from './generator.ts';
import type { LoadPlan, LoadReport } from './load-plan.ts';

export class ControlClient implements AsyncDisposable {
  readonly #ended: Promise<LoadReport | Error>;
  readonly #stop: AbortController;
  readonly #begin: () => void;

  private constructor(
    ended: Promise<LoadReport | Error>,
    stop: AbortController,
    begin: () => void,
  ) {
    this.#ended = ended;
    this.#stop = stop;
    this.#begin = begin;
  }

  /**
   * Resolves when its connections are open: later, beside the load, its process would have no time to start.
   * @throws Error when they cannot be opened
   */
  static async start(plan: LoadPlan, signal: AbortSignal): Promise<ControlClient> {
    const stop = new AbortController();
    let begin = (): void => undefined;
    const begun = new Promise<void>((resolve) => {
      begin = resolve;
    });
    let connected = (): void => undefined;
    const isConnected = new Promise<null>((resolve) => {
      connected = () => resolve(null);
    });
    const listener = {
      connected: () => {
        connected();
        return begun;
      },
      counting: () => Promise.resolve(),
      tick: () => undefined,
    };
    // An error is told to whoever asks for the report, and to nobody when it is disposed before.
    const ended = runLoadPlan(plan, listener, AbortSignal.any([signal, stop.signal])).catch(
      (error: Error) => error,
    );
    const failed = await Promise.race([isConnected, ended]);
    if (failed instanceof Error) throw failed;
    return new ControlClient(ended, stop, begin);
  }

  /** Its lead-in starts now. */
  begin(): void {
    this.#begin();
  }

  /** @throws Error when it failed or was stopped */
  async report(): Promise<LoadReport> {
    const report = await this.#ended;
    if (report instanceof Error) throw report;
    return report;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    this.#begin();
    await this.#ended;
  }
}
