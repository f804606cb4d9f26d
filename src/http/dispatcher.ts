/** From a native request to a handler and back to an answer; nothing that is thrown gets past it. */
import { AT_THE_LIMIT } from '../lib/at-the-limit.ts';
import { AppError } from '../lib/errors.ts';
import { Exchange, type CompiledRoute, type ExchangeContext } from './exchange.ts';
import { IncomingBodies } from './incoming-bodies.ts';
import type { Responder } from './response.ts';
import type { ProxyHint } from './proxy-hint.ts';
import { readBody } from './request-body.ts';
import type { Method, Reply } from './route.ts';
import { isUntidy, tidyReference } from './tidy-path.ts';
import { UpgradeExchange } from './upgrade-exchange.ts';
import type { NativeRequest, NativeResponse, UpgradeContext } from './uws.ts';

const NOTHING: () => void = () => undefined;

export class Dispatcher {
  readonly #context: ExchangeContext;
  readonly #responder: Responder;
  readonly #proxyHint: ProxyHint | null;
  readonly #bodies: IncomingBodies;
  #lastRequestAtMs = 0;

  constructor(context: ExchangeContext, responder: Responder, proxyHint: ProxyHint | null = null) {
    this.#context = context;
    this.#responder = responder;
    this.#proxyHint = proxyHint;
    this.#bodies = new IncomingBodies(context.bodies);
  }

  /** When the last request came, on the clock of `performance.now()`. */
  get lastRequestAtMs(): number {
    return this.#lastRequestAtMs;
  }

  /** Runs the row's handler, when the body is complete where the row takes one; refuses when the loop cannot keep up. */
  dispatch(
    route: CompiledRoute,
    method: Method | 'HEAD',
    response: NativeResponse,
    request: NativeRequest,
  ): void {
    const nowMs = performance.now();
    const { admission } = this.#context;
    if (method === 'GET' && !route.uncapped && !admission.admits(route.worth, nowMs)) {
      route.recorder?.answered(AT_THE_LIMIT.status, 0);
      route.journal?.refused(AT_THE_LIMIT.status);
      return this.#responder.refuse(response);
    }
    this.answer(
      route,
      method,
      response,
      request,
      (exchange) => {
        exchange.checkPath();
        if (isUntidy(exchange.path)) return this.#responder.send(exchange, redirect(exchange));
        const passed = route.guard?.(exchange);
        if (route.takesPieces) this.#handleWithPieces(exchange, response, passed);
        else if (route.bodyBytesMax === 0) this.#handle(exchange, passed);
        else this.#handleWithBody(exchange, response, passed);
      },
      nowMs,
    );
  }

  /** Runs `act`, which answers the exchange or throws what is to be answered. */
  answer(
    route: CompiledRoute,
    method: Method | 'HEAD',
    response: NativeResponse,
    request: NativeRequest,
    act: (exchange: Exchange) => void,
    nowMs = performance.now(),
  ): void {
    const exchange = new Exchange(this.#context, route, method, response, request, nowMs);
    this.#begin(exchange, response, request, act);
  }

  /** A request that asks for a WebSocket. */
  upgrade(
    route: CompiledRoute,
    response: NativeResponse,
    request: NativeRequest,
    context: UpgradeContext,
  ): void {
    const nowMs = performance.now();
    if (!this.#context.admission.admits(route.worth, nowMs)) {
      route.recorder?.answered(AT_THE_LIMIT.status, 0);
      return this.#responder.refuse(response);
    }
    const exchange = new UpgradeExchange(this.#context, route, context, response, request, nowMs);
    this.#begin(exchange, response, request, () => {
      exchange.checkPath();
      this.#handle(exchange, route.guard?.(exchange));
    });
  }

  #begin<E extends Exchange>(
    exchange: E,
    response: NativeResponse,
    request: NativeRequest,
    act: (exchange: E) => void,
  ): void {
    response.onAborted(() => exchange.clientGone());
    this.#lastRequestAtMs = exchange.startedAtMs;
    if (this.#proxyHint?.wantsLook() === true) this.#proxyHint.look(response, request);
    try {
      act(exchange);
    } catch (error) {
      if (error === AT_THE_LIMIT)
        this.#context.admission.turns.refusedByHandler(exchange.startedAtMs);
      this.#responder.sendError(exchange, error);
    } finally {
      exchange.release();
    }
  }

  /** @param passed the guard's word, where it is not given yet @param over called when the handler has ended */
  #handle(exchange: Exchange, passed: Promise<void> | void, over: () => void = NOTHING): void {
    const result =
      passed instanceof Promise
        ? passed.then(() => exchange.route.handler(exchange))
        : exchange.route.handler(exchange);
    if (!(result instanceof Promise)) {
      over();
      return this.#responder.send(exchange, result);
    }
    if (over !== NOTHING) result.then(over, over);
    this.#wait(exchange, result);
  }

  /** A request that is still being sent counts as in flight, and against the row's deadline. */
  #handleWithBody(
    exchange: Exchange,
    response: NativeResponse,
    passed: Promise<void> | void,
  ): void {
    const { bodyBytesMax: bytesMax, bodyTimeoutMs } = exchange.route;
    const share = this.#context.bodies.open(bytesMax);
    let letGo = NOTHING;
    const release = () => {
      letGo();
      share.release();
    };
    const fail = (error: unknown) => {
      release();
      this.#responder.sendError(exchange, error);
    };
    exchange.checkCapacity();
    exchange.onGone = release;
    if (passed instanceof Promise) passed.catch(fail);
    const deadline = this.#bodyDeadline(exchange, fail);
    if (bodyTimeoutMs !== null) letGo = this.#bodies.hold(exchange);
    readBody(
      response,
      { announcedBytes: exchange.contentLengthBytes, bytesMax, share },
      (body) => {
        clearTimeout(deadline);
        letGo();
        // What is done with it may go on when the client is gone.
        exchange.onGone = undefined;
        if (exchange.isAnswered) return release();
        exchange.body = body;
        try {
          this.#handle(exchange, passed, release);
        } catch (error) {
          fail(error);
        }
      },
      fail,
    );
    exchange.defer(fail);
  }

  /** The handler goes on with what came when the client has left: so do those who send live. */
  #handleWithPieces(
    exchange: Exchange,
    response: NativeResponse,
    passed: Promise<void> | void,
  ): void {
    exchange.checkCapacity();
    const over = this.#bodies.begin(exchange, response, (error) => {
      exchange.closesConnection = true;
      this.#responder.sendError(exchange, error);
    });
    this.#handle(exchange, passed, () => {
      // What still comes is a body that nobody takes.
      if (!over()) exchange.closesConnection = true;
    });
  }

  /** The server stops: bodies that have no end end now. */
  drain(): void {
    this.#bodies.drain();
  }

  /** Before the parser gives up on its own, which closes the connection without a word. */
  #bodyDeadline(exchange: Exchange, fail: (error: unknown) => void): NodeJS.Timeout {
    const bodyTimeoutMs = exchange.route.bodyTimeoutMs ?? this.#context.bodyTimeoutMs;
    return setTimeout(() => {
      exchange.closesConnection = true;
      fail(
        new AppError(
          'request.body-timeout',
          `the body did not come to its end within ${bodyTimeoutMs} ms`,
        ),
      );
    }, bodyTimeoutMs).unref();
  }

  /** @throws AppError `server.overloaded`; the handler's result is then not heard */
  #wait(exchange: Exchange, result: Promise<Reply>): void {
    const fail = (error: unknown) => this.#responder.sendError(exchange, error);
    result.then((reply) => this.#responder.send(exchange, reply)).catch(fail);
    exchange.checkCapacity();
    exchange.defer(fail);
  }
}

/** 307: the method stays, nothing is remembered, and every client follows it. */
function redirect({ path, query }: Exchange): Reply {
  const headers = ['Location', tidyReference(path, query), 'Cache-Control', 'no-store'];
  return { status: 307, representation: null, headers };
}
