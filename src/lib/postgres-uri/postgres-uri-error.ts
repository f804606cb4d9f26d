/** An address of a PostgreSQL that cannot be read. */

/** `expected` completes "expected …", and quotes no value. */
export class PostgresUriError extends RangeError {
  override readonly name = 'PostgresUriError';
  readonly expected: string;

  constructor(expected: string) {
    super(`not accepted: expected ${expected}`);
    this.expected = expected;
  }
}
