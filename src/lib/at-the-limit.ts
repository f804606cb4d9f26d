/** The errors of requests that are refused before anything was done for them. */
import { AppError } from './errors.ts';

/**
 * Always the same one: an error of its own for each refusal, with its stack and its text, took a third of what a refusal
 * costs, and at five times the capacity refusals are most of the work. `http/response.ts` answers it with prepared bytes.
 */
export const AT_THE_LIMIT = new AppError(
  'server.overloaded',
  'the server is at its limit: try again in a moment',
);

/** Of a class that makes way for others: nothing is said by it about how long turns are. */
export const MADE_WAY = new AppError(
  'server.overloaded',
  'the server is at its limit: try again in a moment',
);
