/** The deadline of one Redis command. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { cancellable } from '../../lib/async/wait.ts';

/** Thrown when a command took longer than its limit. */
export class CommandTimeout extends Error {
  override readonly name = 'CommandTimeout';
}

/**
 * Settles with `pending`, or rejects with `CommandTimeout` after `timeoutMs`, or with the signal's reason. Replies that
 * already lie in the socket are still read first: after a stall of the loop a healthy Redis must not look dead.
 */
export function withCommandDeadline<R>(
  pending: Promise<R>,
  timeoutMs: number,
  signal: CancelSignal,
): Promise<R> {
  return cancellable<R>(signal, (resolve, reject) => {
    const expire = () => reject(new CommandTimeout(`no reply within ${timeoutMs} ms`));
    let immediate: NodeJS.Immediate | undefined;
    const timer = setTimeout(() => {
      immediate = setImmediate(expire);
    }, timeoutMs);
    pending.then(resolve, reject);
    return () => {
      clearTimeout(timer);
      clearImmediate(immediate);
    };
  });
}
