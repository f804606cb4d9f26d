/** A service whose calls go through a user's MediaFlow proxy, so that it sees the address from which its links are played. */
import { AppError, type ErrorCode } from '../../../lib/errors.ts';
import type { MediaflowProxy } from '../../../lib/mediaflow/mediaflow-proxy.ts';
import { serviceOf } from '../../../lib/user-config/services.ts';
import type {
  BreakerState,
  Upstream,
  UpstreamAnswer,
  UpstreamRequest,
} from '../../../platform/upstream/upstream.ts';
import { debridFailure } from '../failures.ts';

export interface ForwardedUpstreamParts {
  /** Of the service. */
  readonly name: string;
  readonly proxy: MediaflowProxy;
  /** The proxy, asked for this account alone. */
  readonly way: Upstream;
  /** The service itself, for proxies that forward nothing: those before 2.4.9. */
  readonly direct: Upstream;
  readonly forwards: { isKnownNotTo(): boolean; doesNot(): void };
}

/** Set on answers of services, so that the proxy's own are told from them. */
const MARK = 'x-sluice-forwarded';
/** Clocks of home servers may be wrong by minutes. */
const ADDRESS_LIFETIME_MS = 3600 * 1000;
const NO_SUCH_PATH: ReadonlySet<number> = new Set([404, 405]);
/** The proxy had no answer of the service. */
const UNREACHED: ReadonlySet<number> = new Set([502, 504]);
/** The proxy's failures and nobody else's. */
const OF_THE_PROXY: ReadonlySet<ErrorCode> = new Set([
  'fetch.failed',
  'fetch.blocked-address',
  'fetch.bad-url',
  'upstream.failed',
  'upstream.open',
]);

export class ForwardedUpstream implements Upstream {
  readonly name: string;
  readonly #parts: ForwardedUpstreamParts;

  constructor(parts: ForwardedUpstreamParts) {
    this.name = parts.name;
    this.#parts = parts;
  }

  get breaker(): BreakerState {
    return this.#parts.way.breaker;
  }

  latencyMs(percent: number): number | null {
    return this.#parts.way.latencyMs(percent);
  }

  async request(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { direct, forwards } = this.#parts;
    if (forwards.isKnownNotTo()) return direct.request(request);
    const answer = await this.#forward(request);
    if (isOfService(answer)) return this.#judged(answer, request);
    if (UNREACHED.has(answer.status))
      throw debridFailure('debrid.service-down', this.#label(), 'MediaFlow does not reach it');
    if (!NO_SUCH_PATH.has(answer.status))
      throw this.#failure(`HTTP ${answer.status} of MediaFlow: is the password right?`);
    forwards.doesNot();
    return direct.request(request);
  }

  async #forward(request: UpstreamRequest): Promise<UpstreamAnswer> {
    const { proxy, way } = this.#parts;
    try {
      return await way.request({
        ...request,
        url: proxy.address('/proxy/forward', asked(request), Date.now() + ADDRESS_LIFETIME_MS),
        headers: {},
        retriesMax: 0,
        isAnswer: (answer) => isOfService(answer) || UNREACHED.has(answer.status),
      });
    } catch (error) {
      if (!(error instanceof AppError) || !OF_THE_PROXY.has(error.code)) throw error;
      throw this.#failure(error.message);
    }
  }

  /** What the service's own upstream would make of it. */
  #judged(answer: UpstreamAnswer, { isAnswer }: UpstreamRequest): UpstreamAnswer {
    if (answer.status < 500 || isAnswer?.(answer) === true) return answer;
    throw new AppError('upstream.failed', `${this.name} answered with the error ${answer.status}`);
  }

  #failure(detail: string): AppError {
    return debridFailure('debrid.proxy-failed', this.#label(), detail);
  }

  #label(): string {
    return serviceOf(this.name)?.name ?? this.name;
  }
}

function asked({ url, headers = {} }: UpstreamRequest): Readonly<Record<string, string>> {
  const sent = Object.entries(headers).map(([name, value]) => [`h_${name.toLowerCase()}`, value]);
  // It passes on what it has decompressed as if it had not.
  const own = { 'h_user-agent': 'Sluice', 'h_accept-encoding': 'identity', [`r_${MARK}`]: '1' };
  return { d: url, ...own, ...(Object.fromEntries(sent) as Readonly<Record<string, string>>) };
}

function isOfService({ header }: UpstreamAnswer): boolean {
  return header(MARK) === '1';
}
