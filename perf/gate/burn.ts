/**
 * Loaded by `node --import` into the server that the self-test slows down: burns processor time at the HTTP layer,
 * before every request is handled. Nothing happens in a process that is not told how much.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/** Microseconds a request. */
export const BURN_VARIABLE = 'GATE_BURN_MICROS';

interface HttpLayer {
  readonly Dispatcher: { readonly prototype: { dispatch: (...parameters: unknown[]) => void } };
}

const micros = Number(process.env[BURN_VARIABLE] ?? 0);
if (micros > 0 && isMainThread) await slowDown(process.argv[1] ?? '', micros);

/** @param main the server's `dist/src/main.js`: its own copy of the class is the one to change */
async function slowDown(main: string, burnMicros: number): Promise<void> {
  const layer = await import(pathToFileURL(join(main, '../http/dispatcher.js')).href) as HttpLayer;
  const { prototype } = layer.Dispatcher;
  const dispatch = prototype.dispatch;
  prototype.dispatch = function slowed(this: unknown, ...parameters: unknown[]): void {
    const until = performance.now() + burnMicros / 1000;
    while (performance.now() < until);
    dispatch.apply(this, parameters);
  };
}
