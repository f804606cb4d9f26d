/**
 * Middleware, composed once at start-up. Request id, timing and client address stand before all of it
 * (`exchange.ts`); what is composed here are the steps that may answer instead of the handler: user
 * configuration, API key, rate limit.
 */
import type { Handler, Route } from './route.ts';

/** Takes the next step of this route and returns the step before it. Must not await without need. */
export type Middleware = (next: Handler, route: Route) => Handler;

/** The handler of `route` inside of `middleware`, the first one outermost. */
export function composeHandler(route: Route, middleware: readonly Middleware[]): Handler {
  return middleware.reduceRight<Handler>((next, wrap) => wrap(next, route), route.handler);
}
