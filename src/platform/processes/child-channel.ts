/** What a child and its supervisor say to each other over the IPC channel. */

interface ReadyMessage {
  readonly type: 'sluice.ready';
}

export function isChildMessage(message: unknown): message is ReadyMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'sluice.ready'
  );
}

/** Tells the supervisor that this process serves; without a supervisor nothing happens. */
export function announceReady(): void {
  const message: ReadyMessage = { type: 'sluice.ready' };
  // The supervisor may have gone in this moment: `onSupervisorGone` hears of it, too.
  process.send?.(message, () => undefined);
}

/**
 * Calls back when the supervisor has gone: its channel closes, also after SIGKILL. Nobody is left then to end
 * a process that hangs, so it ends itself.
 * @param exitAfterMs how long the orderly end may take
 */
export function onSupervisorGone(callback: () => void, exitAfterMs: number): void {
  if (process.send === undefined) return;
  const gone = () => {
    setTimeout(() => process.exit(1), exitAfterMs).unref();
    callback();
  };
  if (!process.connected) return gone();
  process.once('disconnect', gone);
  // Listening would hold the process: one that fails to start has to end, not to wait to be killed.
  process.channel?.unref();
}
