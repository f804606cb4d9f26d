/** Failures that stop the start: one clear line for the operator, no stack trace, exit code 1. */

/**
 * Thrown while starting. The message is one line that names the variable or resource, its value
 * (secrets masked by the thrower) and what was expected.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
}
