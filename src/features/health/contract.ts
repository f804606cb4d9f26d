/** What other features see of readiness. */

export interface Readiness {
  readonly ready: boolean;
  /** `ok` or why not, by part. */
  readonly parts: Readonly<Record<string, string>>;
}
