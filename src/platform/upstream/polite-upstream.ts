/** One upstream: place at the server, budget, breaker, call, judgement, next attempt. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { Deadline } from '../../lib/async/deadline.ts';
import { Semaphore } from '../../lib/async/semaphore.ts';
import { sleep, waitFailure } from '../../lib/async/wait.ts';
import { AppError, type ErrorCode } from '../../lib/errors.ts';
import { failureOf } from '../../lib/trace/request-trace.ts';
import type { FetchRoute } from '../fetch/connection-pools.ts';
import type { Fetcher } from '../fetch/fetcher.ts';
import type { Logger } from '../log/logger.ts';
import type { RedisClient } from '../redis/client.ts';
import { askedPauseMs } from './asked-pause.ts';
import { FailureRateBreaker, UPSTREAM_BREAKER, type Admission } from './failure-rate-breaker.ts';
import { LatencyWindow } from './latency-window.ts';
import type { Outcomes } from './outcomes.ts';
import { SharedBudget } from './shared-budget.ts';
import type {
  BreakerState,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
  UpstreamSpec,
} from './upstream.ts';

export interface PoliteUpstreamParts {
  readonly fetcher: Fetcher;
  readonly redis: RedisClient | null;
  readonly processes: number;
  readonly logger: Logger;
  readonly now: () => number;
  /** Of all upstreams of this name. */
  readonly outcomes: Outcomes;
  /** Shared with others where these are accounts at one server; one of its own when absent. */
  readonly breaker?: FailureRateBreaker;
}

/** Calls that may wait for a place. */
const WAITERS_MAX = 500;
/** Of the caller's time: whoever would get less has waited in vain. */
const CALL_MIN_MS = 100;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 2000;
/** Of 5xx, those that the next attempt may not meet again. */
const RETRIED_STATUS: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const RETRIED_CODES: ReadonlySet<ErrorCode> = new Set(['fetch.failed', 'fetch.timeout']);

/** What one attempt came to. */
type Attempt =
  | { readonly answer: UpstreamAnswer }
  | { readonly failure: Error; readonly mayRetry: boolean };

export class PoliteUpstream implements Upstream {
  readonly name: string;
  readonly #parts: PoliteUpstreamParts;
  readonly #route: FetchRoute;
  readonly #budget: SharedBudget;
  readonly #breaker: FailureRateBreaker;
  readonly #latencies = new LatencyWindow();
  readonly #places: Semaphore<null, true>;
  readonly #isPersonal: boolean;
  #active = 0;
  #limitedInRow = 0;

  /** @throws RangeError for limits that let nothing through */
  constructor(spec: UpstreamSpec, parts: PoliteUpstreamParts) {
    const { name, callsPerMinute, burst, concurrencyMax } = spec;
    if (!(callsPerMinute > 0 && burst >= 1 && concurrencyMax >= 1))
      throw new RangeError(`the limits of the upstream ${name} let nothing through`);
    this.name = name;
    this.#parts = parts;
    this.#isPersonal = spec.isPersonal;
    this.#route = {
      lane: spec.isPersonal ? 'personal' : 'shared',
      proxyUrl: spec.proxyUrl,
      trustedOrigins: spec.isPersonal ? [] : (spec.trustedOrigins ?? []),
    };
    const rate = { intervalMs: 60_000 / callsPerMinute, burst };
    this.#budget = new SharedBudget({ ...spec, ...parts, rate });
    this.#breaker = parts.breaker ?? new FailureRateBreaker(UPSTREAM_BREAKER, parts.now);
    this.#places = new Semaphore({
      take: () => {
        if (this.#active >= concurrencyMax) return undefined;
        this.#active++;
        return true;
      },
      waitingMax: WAITERS_MAX,
      refusal: () => this.#busy(),
    });
  }

  get breaker(): BreakerState {
    return this.#breaker.state;
  }

  latencyMs(percent: number): number | null {
    return this.#latencies.percentileMs(percent);
  }

  async request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { outcomes, now } = this.#parts;
    const startedAtMs = now();
    const { trace } = request.signal;
    try {
      const answer = await this.#request(request);
      trace?.add('upstream', this.name, startedAtMs, 'ok');
      outcomes.ended(null, now() - startedAtMs);
      return answer;
    } catch (error) {
      trace?.add('upstream', this.name, startedAtMs, failureOf(error));
      outcomes.ended(error instanceof AppError ? error.code : 'other', now() - startedAtMs);
      throw error;
    }
  }

  async #request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const endsAtMs = this.#parts.now() + request.timeoutMs;
    for (let attempt = 0; ; attempt++) {
      const result = await this.#inPlace(request, endsAtMs);
      if ('answer' in result) return result.answer;
      const { failure, mayRetry } = result;
      const pauseMs = Math.random() * Math.min(RETRY_FIRST_MS * 2 ** attempt, RETRY_MAX_MS);
      const isLast = attempt >= (request.retriesMax ?? 0) || !mayRetry;
      if (isLast || this.#parts.now() + pauseMs >= endsAtMs) throw failure;
      await sleepOrLeave(pauseMs, request.signal);
    }
  }

  /** One attempt, when there is a place and a token for it. */
  async #inPlace(request: UpstreamRequest, endsAtMs: number): Promise<Attempt> {
    this.#refuseWhileOpen();
    await this.#enter(endsAtMs - this.#parts.now(), request.signal);
    try {
      // Whoever waited behind calls that failed learns it now.
      this.#refuseWhileOpen();
      await this.#pay(endsAtMs, request.signal);
      const admission = this.#breaker.admit();
      if (admission === null) throw this.#open();
      return await this.#call(request, endsAtMs, admission);
    } finally {
      this.#active--;
      this.#places.pump();
    }
  }

  async #enter(timeoutMs: number, parent: CancelSignal): Promise<void> {
    if (parent.aborted) throw waitFailure(parent);
    using deadline = new Deadline({ timeoutMs, failure: () => this.#busy(), parent });
    try {
      await this.#places.acquire(null, deadline.signal);
    } catch (error) {
      throw deadline.signal.aborted ? waitFailure(deadline.signal) : error;
    }
  }

  /** Waits for a token; again when the server has asked for a pause meanwhile. */
  async #pay(endsAtMs: number, signal: CancelSignal): Promise<void> {
    do {
      const waitMaxMs = Math.max(0, endsAtMs - this.#parts.now() - CALL_MIN_MS);
      const { kind, waitMs } = await this.#budget.reserve(waitMaxMs, signal);
      if (kind === 'paused') throw this.#limited(waitMs);
      if (kind === 'busy') throw this.#busy(waitMs);
      if (waitMs > 0) await sleepOrLeave(waitMs, signal);
    } while (this.#budget.pausedForMs > 0);
  }

  async #call(request: UpstreamRequest, endsAtMs: number, admission: Admission): Promise<Attempt> {
    const { now, fetcher } = this.#parts;
    const startedAtMs = now();
    const timeoutMs = Math.max(1, Math.ceil(endsAtMs - startedAtMs));
    let wasGiven = false;
    const onBody = request.onBody;
    try {
      const answer = await fetcher.fetchBytes(request.url, {
        ...request,
        headers: this.#headers(request),
        timeoutMs,
        route: this.#route,
        acceptsCompressed: true,
        ...(onBody !== undefined && {
          onBody: (piece: Uint8Array, contentType: string) => {
            wasGiven = true;
            onBody(piece, contentType);
          },
        }),
      });
      return await this.#judge(answer, admission, now() - startedAtMs, request);
    } catch (error) {
      const code = error instanceof AppError ? error.code : null;
      // A call that was left little of its time says nothing about the server.
      const hadItsTime = timeoutMs * 2 >= request.timeoutMs;
      if (code === 'fetch.timeout' && hadItsTime) this.#took(now() - startedAtMs);
      if (code === 'fetch.failed' || (code === 'fetch.timeout' && hadItsTime))
        this.#record(admission, code, request.signal);
      else if (code === 'fetch.too-large') this.#record(admission, null, request.signal);
      const failure = error instanceof Error ? error : new Error(String(error));
      return { failure, mayRetry: code !== null && RETRIED_CODES.has(code) && !wasGiven };
    }
  }

  /** With the id of the request that asks: servers of the operator can be searched for it. Users' own servers do not get it. */
  #headers({ headers = {}, signal }: UpstreamRequest): Readonly<Record<string, string>> {
    const { requestId } = signal;
    return requestId === undefined || this.#isPersonal
      ? headers
      : { 'x-request-id': requestId, ...headers };
  }

  /** Any answer below 500 shows that the server works; 429 and pauses have a limit of their own. */
  async #judge(
    answer: UpstreamAnswer,
    admission: Admission,
    tookMs: number,
    { signal, isAnswer }: UpstreamRequest,
  ): Promise<Attempt> {
    const { status } = answer;
    this.#limitedInRow = status === 429 ? this.#limitedInRow + 1 : 0;
    const pauseMs = askedPauseMs(status, answer.header, this.#limitedInRow, Date.now());
    if (pauseMs > 0) await this.#budget.pause(pauseMs, signal);
    const isError = status >= 500 && isAnswer?.(answer) !== true;
    const isLimited = status === 429 || (isError && pauseMs > 0);
    this.#record(admission, isError && !isLimited ? 'upstream.failed' : null, signal);
    if (!isError && !isLimited) {
      this.#took(tookMs);
      return { answer };
    }
    const failure = isLimited ? this.#limited(pauseMs) : this.#failed(status);
    return { failure, mayRetry: RETRIED_STATUS.has(status) };
  }

  #took(ms: number): void {
    this.#latencies.add(ms);
    this.#parts.outcomes.took(ms);
  }

  #record(admission: Admission, code: ErrorCode | null, { requestId }: CancelSignal): void {
    const change = this.#breaker.record(admission, code !== null);
    if (change === null) return;
    const { logger } = this.#parts;
    const fields = { requestId, upstream: this.name, ...(code !== null && { code }) };
    // Servers that users have entered are theirs to mend.
    const level = this.#isPersonal ? 'debug' : change === 'opened' ? 'warn' : 'info';
    logger[level](
      fields,
      change === 'opened'
        ? 'An upstream fails; it is left alone, and tried again every few seconds'
        : 'An upstream answers again',
    );
  }

  #refuseWhileOpen(): void {
    if (this.#breaker.state === 'open') throw this.#open();
  }

  #open(): AppError {
    return new AppError(
      'upstream.open',
      `${this.name} has been failing: it is left alone for a moment`,
      { retryAfterS: seconds(this.#breaker.opensInMs) },
    );
  }

  #busy(waitMs?: number): AppError {
    return new AppError(
      'upstream.busy',
      `${this.name} is asked as often as it may be: try again in a moment`,
      waitMs === undefined ? {} : { retryAfterS: seconds(waitMs) },
    );
  }

  #limited(waitMs: number): AppError {
    const waitS = seconds(waitMs);
    return new AppError(
      'upstream.limited',
      `${this.name} wants to be left alone for ${waitS} s (too many requests)`,
      { retryAfterS: waitS },
    );
  }

  #failed(status: number): AppError {
    return new AppError('upstream.failed', `${this.name} answered with the error ${status}`);
  }
}

function seconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1000));
}

async function sleepOrLeave(ms: number, signal: CancelSignal): Promise<void> {
  try {
    await sleep(ms, signal, { ref: false });
  } catch {
    throw waitFailure(signal);
  }
}
