/**
 * The event loop goes first where it shares a core with V8's helper threads. Every api process has four of them for
 * marking, scavenging and compilation; with a process a core they take turns with the loop on it
 * (docs/memory.md has the figures).
 */
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';
import { setFlagsFromString } from 'node:v8';

/** Four workers and the one that schedules delayed tasks: Node starts them first, in this order, before libuv's. */
const V8_THREADS = 5;
/** A tenth of the main thread's weight: marking still ends, and does not halve the loop's core meanwhile. */
const HELPER_NICENESS = 10;

/**
 * Lowers the priority of V8's helper threads, where threads have one (Linux), and scavenges on the main thread alone. To
 * be called once, before worker threads start.
 */
export function putEventLoopFirst(): void {
  setFlagsFromString('--no-parallel-scavenge');
  if (process.platform !== 'linux') return;
  try {
    const [, ...others] = readdirSync('/proc/self/task');
    for (const id of others.slice(0, V8_THREADS)) setPriority(Number(id), HELPER_NICENESS);
  } catch {
    // A sandbox without /proc, or one that forbids it: slower under load, not wrong.
  }
}
