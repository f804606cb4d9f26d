/** Tests of sources while they are being set up: each is opened for the one call. */
import { Deadline } from '../../lib/async/deadline.ts';
import { AppError } from '../../lib/errors.ts';
import { withoutCredentials } from '../../lib/source-settings/conceal.ts';
import type { SourceSettings } from '../../lib/source-settings/source-settings.ts';
import type { SourceTests } from '../configure/contract.ts';
import type { Source } from './source.ts';

const MESSAGE_CHARS_MAX = 500;

/** @param timeoutMs of one test */
export function sourceTests(
  open: (settings: SourceSettings) => Pick<Source, 'test'>,
  timeoutMs: number,
): SourceTests {
  return {
    async test(settings, signal) {
      using deadline = new Deadline({
        timeoutMs,
        failure: () => new AppError('fetch.timeout', `no answer within ${timeoutMs / 1000} s`),
        parent: signal,
      });
      const { isWorking, message } = await open(settings)
        .test(deadline.signal)
        .catch((error: unknown) => {
          // What fails is what the test is for: its reason is the answer.
          if (signal.aborted || !(error instanceof AppError)) throw error;
          return { isWorking: false, message: error.message };
        });
      const shown = withoutCredentials(message, settings).slice(0, MESSAGE_CHARS_MAX);
      return { isWorking, message: shown };
    },
  };
}
