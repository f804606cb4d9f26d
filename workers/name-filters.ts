/** Entry of the thread for users' regular expressions: nothing else waits for it, and no image library is loaded. */
import type { TaskEnvelope, TaskHandler } from './contract.ts';
import { checkNames } from './tasks/check-names.ts';
import { matchNames } from './tasks/match-names.ts';
import { reportMemory } from './thread-memory.ts';
import { movable } from './transfer.ts';

type FilterTask = 'names.check' | 'names.match';

const handlers: { readonly [K in FilterTask]: TaskHandler<K> } = {
  'names.check': checkNames,
  'names.match': matchNames,
};

/** Runs one task and gives its output, wrapped for the way back to the loop. */
export async function runTask<K extends FilterTask>({
  task,
  input,
}: TaskEnvelope<K>): Promise<unknown> {
  try {
    return movable(await handlers[task](input));
  } finally {
    reportMemory();
  }
}
