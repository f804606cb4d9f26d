/** Several calls of one search at a time: what one of them found counts although another failed. */

/** Waits for all of them. @throws the first failure, once all have ended */
export async function settledCalls(calls: readonly Promise<void>[]): Promise<void> {
  for (const outcome of await Promise.allSettled(calls))
    if (outcome.status === 'rejected') throw outcome.reason;
}
