/** An import is in no hurry: whoever watches meanwhile goes first. */
import { readdirSync } from 'node:fs';
import { setPriority } from 'node:os';

const NICENESS = 10;
const THREADS = '/proc/self/task';

/** Of every thread of this process, and those that they start; where that is refused, it stays as it is. */
export function giveWay(): void {
  for (const id of threadIds()) {
    try {
      setPriority(id, NICENESS);
    } catch {
      // It ended meanwhile, or has a lower priority already.
    }
  }
}

/** Linux has a priority for each thread, others one for the process. */
function threadIds(): readonly number[] {
  try {
    return readdirSync(THREADS).map(Number);
  } catch {
    return [0];
  }
}
