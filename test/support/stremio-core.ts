/** What Stremio's own core makes of a `/stream` answer. */
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';

/** The streams that it takes, as it understands them; those that it refuses are missing, as they are in the app. */
export async function streamsInCore(
  body: string,
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const thread = new Worker(new URL('stremio-core-thread.js', import.meta.url), {
    workerData: body,
  });
  try {
    const [streams] = await once(thread, 'message', { signal: AbortSignal.timeout(60_000) });
    if (!Array.isArray(streams)) throw new Error(`the core says: ${JSON.stringify(streams)}`);
    return streams;
  } finally {
    await thread.terminate();
  }
}
