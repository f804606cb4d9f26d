/** What other features see of readiness. */
import type { BrownoutState } from '../../lib/admission/brownout.ts';

export interface Readiness {
  readonly ready: boolean;
  /** `ok` or why not, by part. */
  readonly parts: Readonly<Record<string, string>>;
  /** Of the process that was asked. */
  readonly load: BrownoutState;
}
