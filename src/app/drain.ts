/** The order of stopping: no new connections, requests in flight finish, then everything is closed. */
import type { Logger } from '../platform/log/logger.ts';

export interface Drainable extends AsyncDisposable {
  /** Stops accepting and resolves when nothing is in flight or the deadline has passed. */
  drain(deadlineMs: number): Promise<void>;
}

/** Drains, then disposes; a resource that does not close cleanly is logged, not thrown. */
export async function drainAndDispose(
  target: Drainable,
  deadlineMs: number,
  logger: Logger,
): Promise<void> {
  try {
    await target.drain(deadlineMs);
  } catch (error) {
    logger.warn({ error }, 'drain did not finish cleanly');
  }
  await disposeQuietly(target, logger);
}

/** Disposes; a failure is logged, not thrown, so that the rest of the shut-down goes on. */
export async function disposeQuietly(target: AsyncDisposable, logger: Logger): Promise<void> {
  try {
    await target[Symbol.asyncDispose]();
  } catch (error) {
    logger.warn({ error }, 'a resource did not close cleanly');
  }
}
