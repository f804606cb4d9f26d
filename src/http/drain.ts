/** Waits until a server that accepts no connections any more has nothing left to answer. */
import { setTimeout as sleep } from 'node:timers/promises';

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
 * Resolves when all connections are closed, when the server has been idle for a moment, or at the
 * deadline. The pause lets requests that are on their way arrive: a connection that is closed under a
 * request loses it.
 */
export async function drainConnections(server: Drainee, deadlineMs: number): Promise<void> {
  const startedAtMs = performance.now();
  while (performance.now() - startedAtMs < deadlineMs) {
    const quietSinceMs = Math.max(startedAtMs, server.lastRequestAtMs);
    if (server.connections === 0) return;
    if (!server.isBusy && performance.now() - quietSinceMs >= QUIET_MS) return;
    await sleep(Math.min(POLL_MS, deadlineMs));
  }
}
