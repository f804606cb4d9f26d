/** How a dropped key reaches the L1 of every process: the bus, and the one of a single process. */
import type { CancelSignal } from '../../lib/async/cancel.ts';

export interface InvalidationHandlers {
  /** The key was invalidated by somebody else. */
  onInvalidate(key: string): void;
  /** Messages may have been lost: everything could be out of date. */
  onPurge(): void;
}

/** Membership of one cache. */
export interface InvalidationMember {
  /** Tells all other members of the same name. Rejects when the message cannot be sent. */
  publish(key: string, signal: CancelSignal): Promise<void>;
  leave(): void;
}

export interface InvalidationBus {
  /** `name` is the same in every process and has no spaces. */
  join(name: string, handlers: InvalidationHandlers): InvalidationMember;
}

interface LocalMember {
  readonly name: string;
  readonly handlers: InvalidationHandlers;
}

/** For one process without Redis: members hear of each other at once and nothing is ever lost. */
export function createLocalInvalidation(): InvalidationBus {
  const members = new Set<LocalMember>();
  return {
    join(name, handlers) {
      const self: LocalMember = { name, handlers };
      members.add(self);
      return {
        async publish(key) {
          for (const member of members) {
            if (member !== self && member.name === name) member.handlers.onInvalidate(key);
          }
        },
        leave: () => members.delete(self),
      };
    },
  };
}
