/** The invalidation bus over Redis pub/sub: `origin name key` on one channel for all caches. */
import type { RedisClient } from '../redis/client.ts';
import type { InvalidationBus, InvalidationHandlers } from './invalidation.ts';

const CHANNEL = 'invalidate';

interface Member {
  readonly id: string;
  readonly name: string;
  readonly handlers: InvalidationHandlers;
}

/**
 * Pub/sub loses messages while a process is not connected, so every member purges on each
 * subscription. One bus for each client.
 */
export function createRedisInvalidation(redis: RedisClient): InvalidationBus {
  const members = new Set<Member>();
  redis.subscribe(CHANNEL, {
    onMessage: (message) => deliver(members, message),
    onSubscribed: () => {
      for (const member of members) member.handlers.onPurge();
    },
  });
  return {
    join(name, handlers) {
      const self: Member = { id: crypto.randomUUID(), name, handlers };
      members.add(self);
      return {
        publish: (key, signal) => redis.publish(CHANNEL, `${self.id} ${name} ${key}`, signal),
        leave: () => members.delete(self),
      };
    },
  };
}

/** Own messages are skipped: the sender dropped the key before it spoke. Keys may contain anything. */
function deliver(members: ReadonlySet<Member>, message: string): void {
  const nameAt = message.indexOf(' ') + 1;
  const keyAt = message.indexOf(' ', nameAt) + 1;
  if (nameAt === 0 || keyAt === 0) return;
  const origin = message.slice(0, nameAt - 1);
  const name = message.slice(nameAt, keyAt - 1);
  const key = message.slice(keyAt);
  for (const member of members) {
    if (member.name === name && member.id !== origin) member.handlers.onInvalidate(key);
  }
}
