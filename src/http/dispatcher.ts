/** From a native request to a handler and back to an answer; nothing that is thrown gets past it. */
import { Exchange, type CompiledRoute, type ExchangeContext } from './exchange.ts';
import type { Responder } from './response.ts';
import type { Reply } from './route.ts';
import type { NativeRequest, NativeResponse } from './uws.ts';

export class Dispatcher {
  readonly #context: ExchangeContext;
  readonly #responder: Responder;
  #lastRequestAtMs = 0;

  constructor(context: ExchangeContext, responder: Responder) {
    this.#context = context;
    this.#responder = responder;
  }

  /** When the last request came, on the clock of `performance.now()`. */
  get lastRequestAtMs(): number {
    return this.#lastRequestAtMs;
  }

  /** Runs the row's handler. */
  dispatch(route: CompiledRoute, method: 'GET' | 'HEAD', response: NativeResponse, request: NativeRequest): void {
    this.answer(route, method, response, request, (exchange) => {
      exchange.checkPath();
      const result = route.handler(exchange);
      if (result instanceof Promise) this.#wait(exchange, result);
      else this.#responder.send(exchange, result);
    });
  }

  /** Runs `act`, which answers the exchange or throws what is to be answered. */
  answer(
    route: CompiledRoute, method: 'GET' | 'HEAD', response: NativeResponse, request: NativeRequest,
    act: (exchange: Exchange) => void,
  ): void {
    const exchange = new Exchange(this.#context, route, method, response, request);
    response.onAborted(() => exchange.clientGone());
    this.#lastRequestAtMs = exchange.startedAtMs;
    try {
      act(exchange);
    } catch (error) {
      this.#responder.sendError(exchange, error);
    } finally {
      exchange.release();
    }
  }

  /** @throws AppError `server.overloaded`; the handler's result is then not heard */
  #wait(exchange: Exchange, result: Promise<Reply>): void {
    const fail = (error: unknown) => this.#responder.sendError(exchange, error);
    result.then((reply) => this.#responder.send(exchange, reply)).catch(fail);
    exchange.checkCapacity();
    exchange.defer(fail);
  }
}
