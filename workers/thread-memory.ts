/** What a pool thread's heap holds, written after each task into memory that its process reads. */
import { threadId } from 'node:worker_threads';
import { getHeapStatistics } from 'node:v8';
import { Piscina } from 'piscina';
import { ThreadMemory } from '../src/lib/metrics/thread-memory.ts';

const shared: unknown = Piscina.workerData;
const memory = shared instanceof SharedArrayBuffer ? new ThreadMemory(shared) : null;

export function reportMemory(): void {
  if (memory === null) return;
  const { used_heap_size, external_memory } = getHeapStatistics();
  memory.write(threadId, used_heap_size, external_memory);
}
