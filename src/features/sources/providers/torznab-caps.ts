/** What an endpoint can, asked once in half a day; and where its API is, for people leave `/api` out or in. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import { PLAIN_CAPS, type Caps } from '../../../lib/torznab/caps.ts';
import { Remembered } from './remembered.ts';
import type { TorznabEndpoint } from './torznab-endpoint.ts';

export interface EndpointCaps {
  readonly caps: Caps;
  /** Behind the configured address: empty or `/api`. */
  readonly path: string;
}

const LIFETIME_MS = 12 * 3_600_000;
const LOAD_TIMEOUT_MS = 10_000;
/** How long a wrong answer is told again without a call: doubled for each in a row. Dead servers are the breaker's. */
const FAILURE_MS = { first: 15_000, max: 600_000 } as const;

export class KnownCaps {
  readonly #endpoint: TorznabEndpoint;
  readonly #paths: readonly string[];
  readonly #remembered: Remembered<EndpointCaps>;
  #failure: { readonly error: AppError; readonly untilMs: number } | null = null;
  #failures = 0;

  /** @param paths where the API may be behind the configured address, the likely one first */
  constructor(endpoint: TorznabEndpoint, paths: readonly string[]) {
    this.#endpoint = endpoint;
    this.#paths = paths;
    this.#remembered = new Remembered({
      lifetimeMs: LIFETIME_MS,
      timeoutMs: LOAD_TIMEOUT_MS,
      load: (signal) => this.#load(signal),
    });
  }

  /** Without asking. */
  get latest(): Caps | undefined {
    return this.#remembered.latest?.caps;
  }

  /** @throws AppError why the endpoint does not say; for a while the same one, at once */
  value(signal: CancelSignal): Promise<EndpointCaps> {
    const failure = this.#failure;
    if (failure !== null && this.latest === undefined && performance.now() < failure.untilMs)
      return Promise.reject(failure.error);
    return this.#remembered.value(signal);
  }

  /** Asks now, whatever is remembered. @throws AppError as `value` */
  async ask(signal: CancelSignal): Promise<EndpointCaps> {
    let first: AppError | null = null;
    for (const path of this.#paths) {
      try {
        return { caps: await this.#capsAt(path, signal), path };
      } catch (error) {
        if (!(error instanceof AppError) || !isElsewhere(error)) throw error;
        // Of several wrong addresses, what the likely one answered is said.
        first ??= error;
      }
    }
    throw first ?? new AppError('source.bad-answer', 'it has no address');
  }

  async #load(signal: CancelSignal): Promise<EndpointCaps> {
    try {
      const found = await this.ask(signal);
      this.#failure = null;
      this.#failures = 0;
      return found;
    } catch (error) {
      if (error instanceof AppError && error.code.startsWith('source.')) this.#remember(error);
      throw error;
    }
  }

  #remember(error: AppError): void {
    const forMs = Math.min(FAILURE_MS.first * 2 ** this.#failures, FAILURE_MS.max);
    this.#failures = Math.min(this.#failures + 1, 16);
    this.#failure = { error, untilMs: performance.now() + forMs };
  }

  /** A feed instead: an endpoint that looks at nothing but words. */
  async #capsAt(path: string, signal: CancelSignal): Promise<Caps> {
    try {
      const call = { signal, onItems: () => undefined };
      const { caps } = await this.#endpoint.ask(path, { t: 'caps' }, call);
      return caps ?? PLAIN_CAPS;
    } catch (error) {
      if (error instanceof AppError && error.code === 'source.unsupported') return PLAIN_CAPS;
      throw error;
    }
  }
}

/** What a wrong path answers: nothing, or a page. */
function isElsewhere({ code }: AppError): boolean {
  return code === 'source.not-found' || code === 'source.bad-answer';
}
