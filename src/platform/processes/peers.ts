/** What the processes of one instance on one machine tell each other, over the channel of their supervisor. */
import type { ChildGroup, ChildPort } from './supervisor.ts';

export interface Peers {
  /** False: nobody hears. */
  readonly hasOthers: boolean;
  /** To all other processes; what one misses that is just starting is lost. @param body structured-clonable as JSON */
  tell(topic: string, body: object): void;
  /** One handler a topic. */
  listen(topic: string, handler: (body: unknown) => void): void;
}

interface PeerMessage {
  readonly type: 'sluice.peers';
  readonly topic: string;
  readonly body: object;
}

export const NO_PEERS: Peers = {
  hasOthers: false,
  tell: () => undefined,
  listen: () => undefined,
};

/** @param processes of the instance; without a supervisor there is no way to the others */
export function openPeers(processes: number): Peers {
  return processes > 1 && process.send !== undefined ? new SupervisedPeers() : NO_PEERS;
}

class SupervisedPeers implements Peers {
  readonly hasOthers = true;
  readonly #handlers = new Map<string, (body: unknown) => void>();

  constructor() {
    process.on('message', (message: unknown) => {
      if (isPeerMessage(message)) this.#handlers.get(message.topic)?.(message.body);
    });
    // Listening would hold the process, see `onSupervisorGone`.
    process.channel?.unref();
  }

  tell(topic: string, body: object): void {
    const message: PeerMessage = { type: 'sluice.peers', topic, body };
    if (process.connected) process.send?.(message, () => undefined);
  }

  listen(topic: string, handler: (body: unknown) => void): void {
    this.#handlers.set(topic, handler);
  }
}

/** The supervisor's side: what one says goes to all others. */
export class PeerRelay implements ChildGroup {
  readonly #children = new Set<ChildPort>();

  joined(child: ChildPort): void {
    this.#children.add(child);
  }

  heard(child: ChildPort, message: unknown): void {
    if (!isPeerMessage(message)) return;
    for (const other of this.#children) if (other !== child) other.send(message);
  }

  left(child: ChildPort): void {
    this.#children.delete(child);
  }
}

/** Both ends are the same program: the type says the rest. */
function isPeerMessage(message: unknown): message is PeerMessage {
  return (
    typeof message === 'object' &&
    message !== null &&
    'type' in message &&
    message.type === 'sluice.peers'
  );
}
