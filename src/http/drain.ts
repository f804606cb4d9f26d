/** Waits until a server that accepts no connections any more has nothing left to answer. */
import { poll } from '../lib/async/wait.ts';

/** What the drain needs to know about a server. */
export interface Drainee {
  readonly connections: number;
  /** A request waits, or a body is being written. */
  readonly isBusy: boolean;
  /** On the clock of `performance.now()`. */
  readonly lastRequestAtMs: number;
}

const POLL_MS = 20;
/** A kept-alive connection without a request for this long is idle: its next request can be sent elsewhere. */
const QUIET_MS = 250;

/**
 * Resolves when all connections are closed, when the server has been idle for a moment, or at the deadline. The pause
 * lets requests that are on their way arrive.
 */
export async function drainConnections(server: Drainee, deadlineMs: number): Promise<void> {
  const startedAtMs = performance.now();
  await poll(
    () => {
      const quietSinceMs = Math.max(startedAtMs, server.lastRequestAtMs);
      return (
        server.connections === 0 || (!server.isBusy && performance.now() - quietSinceMs >= QUIET_MS)
      );
    },
    { everyMs: POLL_MS, timeoutMs: deadlineMs },
  );
}
