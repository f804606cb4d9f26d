/** What a child and its supervisor say to each other over the IPC channel. */

interface ReadyMessage {
  readonly type: 'sluice.ready';
}

export function isChildMessage(message: unknown): message is ReadyMessage {
  return typeof message === 'object' && message !== null && 'type' in message && message.type === 'sluice.ready';
}

/** Tells the supervisor that this process serves; without a supervisor nothing happens. */
export function announceReady(): void {
  const message: ReadyMessage = { type: 'sluice.ready' };
  process.send?.(message);
}

/** Calls back when the supervisor has gone: its channel closes, also after SIGKILL. */
export function onSupervisorGone(callback: () => void): void {
  if (process.send !== undefined) process.once('disconnect', callback);
}
