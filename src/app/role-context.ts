/** What every role is given. */
import type { CancelSignal } from '../lib/async/cancel.ts';
import type { Config } from '../platform/config/config.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Progress } from './banner.ts';

export interface RoleContext {
  readonly config: Config;
  /** What follows the role on the command line. */
  readonly parameters: readonly string[];
  readonly logger: Logger;
  readonly progress: Progress;
  /** Standard output, for people. */
  readonly print: (text: string) => void;
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly stop: CancelSignal;
  /** To be called when the start is over: from now on a signal begins a drain, which takes its time. */
  readonly started: () => void;
  /** Called at every SIGHUP from now on. */
  readonly onHangup: (listener: () => void) => void;
}
