/** What every role is given, and how a role waits for the operator. */
import type { Config } from '../platform/config/config.ts';
import type { Logger } from '../platform/log/logger.ts';
import type { Progress } from './banner.ts';

export interface RoleContext {
  readonly config: Config;
  readonly logger: Logger;
  readonly progress: Progress;
  /** Standard output, for people. */
  readonly print: (text: string) => void;
  /** Aborted by the first SIGTERM or SIGINT. */
  readonly stop: AbortSignal;
  /** To be called when the start is over: from now on a signal begins a drain, which takes its time. */
  readonly started: () => void;
  /** Called at every SIGHUP from now on. */
  readonly onHangup: (listener: () => void) => void;
}

/** Resolves when the signal aborts. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => { signal.addEventListener('abort', () => resolve(), { once: true }); });
}
