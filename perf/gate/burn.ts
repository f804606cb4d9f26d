/**
 * Loaded by `node --import` into the server that the self-test slows down: does work for nothing at the HTTP layer, before
 * every request is handled. Work and not time: like slower code it takes longer where the machine is slower, so that its
 * share of a request stays the same. Nothing happens in a process that is not told how much.
 */
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isMainThread } from 'node:worker_threads';

/** Turns of an integer calculation a request; one takes about a nanosecond. */
export const BURN_VARIABLE = 'GATE_BURN_TURNS';

interface HttpLayer {
  readonly Dispatcher: { readonly prototype: { dispatch: (...parameters: unknown[]) => void } };
}

/** Kept, so that the compiler cannot leave the work out. */
let scrambled = 1;

const turns = Number(process.env[BURN_VARIABLE] ?? 0);
if (turns > 0 && isMainThread) await slowDown(process.argv[1] ?? '');

/** @param main the server's `dist/src/main.js`: its own copy of the class is the one to change */
async function slowDown(main: string): Promise<void> {
  const layer = (await import(
    pathToFileURL(join(main, '../http/dispatcher.js')).href
  )) as HttpLayer;
  const { prototype } = layer.Dispatcher;
  const dispatch = prototype.dispatch;
  prototype.dispatch = function slowed(this: unknown, ...parameters: unknown[]): void {
    scrambled = scramble(scrambled, turns);
    dispatch.apply(this, parameters);
  };
}

/** Every turn needs the one before it (xorshift): nothing of it can be done side by side. */
function scramble(seed: number, count: number): number {
  let word = seed;
  for (let turn = 0; turn < count; turn += 1) {
    word ^= word << 13;
    word ^= word >>> 17;
    word ^= word << 5;
  }
  return word;
}
