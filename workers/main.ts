/** Entry of every pool thread. Piscina loads it before the thread counts as ready. */
import type { TaskEnvelope, TaskName } from './contract.ts';
import { registry } from './registry.ts';
import { reportMemory } from './thread-memory.ts';
import { movable } from './transfer.ts';

/** Runs one task and gives its output, wrapped for the way back to the loop. */
export async function runTask<K extends TaskName>({
  task,
  input,
}: TaskEnvelope<K>): Promise<unknown> {
  try {
    return movable(await registry[task](input));
  } finally {
    reportMemory();
  }
}
