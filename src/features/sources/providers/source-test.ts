/** Tests of sources: every outcome is one line for whoever configured the source. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError, type ErrorCode } from '../../../lib/errors.ts';
import type { SourceReport } from '../source.ts';

/** Beside what happened, what to do about it. */
const ADVICE: Partial<Record<ErrorCode, string>> = {
  'fetch.bad-url': 'check the address',
  'fetch.failed': 'check the address, and whether the server runs',
  'fetch.timeout': 'check whether the server runs and can be reached from here',
  'source.refused': 'check the key',
  'upstream.open': 'it failed several times in a row: try again in a moment',
  'upstream.limited': 'it asks for a pause: try again later',
  'upstream.busy': 'too many calls for it are under way: try again in a moment',
  'upstream.failed': 'the server has a problem of its own: look at its log',
};

/** What a probe says when it succeeds, or why it did not. Rejects with the signal's reason only. */
export async function reportOf(
  signal: CancelSignal,
  probe: () => Promise<string>,
): Promise<SourceReport> {
  try {
    return { isWorking: true, message: await probe() };
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof AppError)) throw error;
    const advice = ADVICE[error.code];
    return {
      isWorking: false,
      message: advice === undefined ? error.message : `${error.message}; ${advice}`,
    };
  }
}
