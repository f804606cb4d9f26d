/** What is known of an error code. */
export interface ErrorSpec {
  /** HTTP status of the answer. 503 is the only 5xx of ours; 505 is the parser's. */
  readonly status: number;
  /** Seconds for the `Retry-After` header, when trying again later makes sense. */
  readonly retryAfterS?: number;
  /** `WWW-Authenticate` header: what would be accepted. */
  readonly authenticate?: string;
  /** For docs/errors.md. */
  readonly meaning: string;
}
