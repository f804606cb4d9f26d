/** A request that says it was sent with another query. */
import type { GuardedRequest, RateLimit, Request } from './route.ts';

export class RequestWithQuery implements GuardedRequest {
  readonly query: string;
  rateLimit: RateLimit | null = null;
  readonly #inner: Request;

  constructor(inner: Request, query: string) {
    this.#inner = inner;
    this.query = query;
  }

  get method(): Request['method'] {
    return this.#inner.method;
  }

  get path(): string {
    return this.#inner.path;
  }

  get parameters(): readonly string[] {
    return this.#inner.parameters;
  }

  get body(): Buffer {
    return this.#inner.body;
  }

  get pieces(): AsyncIterable<Buffer> {
    return this.#inner.pieces;
  }

  get requestId(): string {
    return this.#inner.requestId;
  }

  get clientAddress(): string {
    return this.#inner.clientAddress;
  }

  get baseUrl(): string {
    return this.#inner.baseUrl;
  }

  get signal(): Request['signal'] {
    return this.#inner.signal;
  }

  get tiers(): number {
    return this.#inner.tiers;
  }

  set tiers(tiers: number) {
    this.#inner.tiers = tiers;
  }

  header(lowerCaseName: string): string {
    return this.#inner.header(lowerCaseName);
  }
}
