/** Readiness: asks every outside part that requests need, each under one deadline. */
import { orCancelled } from '../../lib/async/wait.ts';
import type { CancelSignal } from '../../lib/async/cancel.ts';
import type { BrownoutState } from '../../lib/admission/brownout.ts';
import { AppError } from '../../lib/errors.ts';
import type { ReadinessCheck } from '../../platform/platform.ts';
import type { Readiness } from './contract.ts';

const NO_LOAD: BrownoutState = { stage: 'normal', level: 0, reasons: [] };

export class HealthService {
  readonly #checks: readonly ReadinessCheck[];
  readonly #timeoutMs: number;
  readonly #load: () => BrownoutState;
  #draining = false;

  /** @param timeoutMs limit of all checks together, which run side by side. */
  constructor(
    checks: readonly ReadinessCheck[],
    timeoutMs: number,
    load: () => BrownoutState = () => NO_LOAD,
  ) {
    this.#checks = checks;
    this.#load = load;
    this.#timeoutMs = timeoutMs;
  }

  /** From now on the instance reports that it is not ready, so that load balancers turn away. */
  startDraining(): void {
    this.#draining = true;
  }

  async readiness(): Promise<Readiness> {
    const signal = AbortSignal.timeout(this.#timeoutMs);
    const outcomes = await Promise.all(this.#checks.map((one) => outcomeOf(one, signal)));
    const parts = Object.fromEntries(
      this.#checks.map((one, index) => [one.name, outcomes[index] ?? 'ok']),
    );
    const ready = !this.#draining && outcomes.every((outcome) => outcome === 'ok');
    const load = this.#load();
    return { ready, parts: this.#draining ? { ...parts, server: 'draining' } : parts, load };
  }
}

/** `ok`, or a short reason without addresses or credentials: details are in the log of the part itself. */
async function outcomeOf({ check }: ReadinessCheck, signal: CancelSignal): Promise<string> {
  return await orCancelled(check(signal), signal).then(
    () => 'ok',
    (error: unknown) => (error === signal.reason ? 'no answer in time' : failureText(error)),
  );
}

function failureText(error: unknown): string {
  if (!(error instanceof Error) || !('code' in error)) return 'failed';
  const detail =
    error instanceof AppError && error.detail !== undefined ? ` (${error.detail})` : '';
  return `failed: ${String(error.code)}${detail}`;
}
