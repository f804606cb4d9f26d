/** Look-ups one after the other: each holds a thread for as long as a name server is silent, and there are few. */
import { AppError } from '../../lib/errors.ts';
import type { ResolveAll } from './guarded-lookup.ts';

const WAITING_MAX = 100;

/** @returns the resolver, of which one look-up runs at a time */
export function oneAtATime(resolve: ResolveAll): ResolveAll {
  const waiting: (() => void)[] = [];
  let isRunning = false;
  const next = (): void => {
    const start = waiting.shift();
    isRunning = start !== undefined;
    start?.();
  };
  return (hostname, callback) => {
    if (waiting.length >= WAITING_MAX)
      return callback(new AppError('fetch.busy', 'too many names wait to be looked up'), []);
    waiting.push(() =>
      resolve(hostname, (error, addresses) => {
        next();
        callback(error, addresses);
      }),
    );
    if (!isRunning) next();
  };
}
