/** The deadline of one Redis command. */
import { CancelController } from '../../lib/async/cancel.ts';

/** For commands whose only limit is the command timeout. Many wait on it at a time. */
export const NEVER_ABORTS: AbortSignal = new CancelController().signal;

/** Thrown when a command took longer than its limit. */
export class CommandTimeout extends Error {
  override readonly name = 'CommandTimeout';
}

/**
 * Settles with `pending`, or rejects with `CommandTimeout` after `timeoutMs`, or with the signal's
 * reason. When the timer fires, replies that already lie in the socket are still read first (one
 * turn of the poll phase): after a stall of the event loop a healthy Redis must not look dead.
 */
export function withCommandDeadline<R>(pending: Promise<R>, timeoutMs: number, signal: AbortSignal): Promise<R> {
  return new Promise<R>((resolve, reject) => {
    const expire = () => {
      finish();
      reject(new CommandTimeout(`no reply within ${timeoutMs} ms`));
    };
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      immediate = setImmediate(expire);
    }, timeoutMs);
    const onAbort = () => {
      finish();
      reject(signal.reason);
    };
    const finish = () => {
      clearTimeout(timer);
      clearImmediate(immediate);
      signal.removeEventListener('abort', onAbort);
    };
    signal.addEventListener('abort', onAbort, { once: true });
    pending.then(
      (value) => {
        finish();
        resolve(value);
      },
      (error: unknown) => {
        finish();
        reject(error);
      },
    );
  });
}
