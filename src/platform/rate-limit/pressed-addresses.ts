/** Processes tell each other which addresses have used up much of their bucket: those are counted together from then on. */
import { NEVER_CANCELLED } from '../../lib/async/cancel.ts';
import type { RedisClient } from '../redis/client.ts';

const CHANNEL = 'limits';
/** Messages may be lost: they are said again while an address goes on. */
const AGAIN_MS = 1000;
/** Emptied when full: then some are told once more. */
const TOLD_MAX = 10_000;
const MESSAGE = /^(\d{1,9}) ([\da-f.:/]{1,64})$/;

export class PressedAddresses {
  readonly #redis: Pick<RedisClient, 'publish' | 'subscribe'>;
  readonly #toldAtMs = new Map<string, number>();

  /** @param onHeard told of what any process says, this one too: the client group, and until when its bucket is full */
  constructor(
    redis: Pick<RedisClient, 'publish' | 'subscribe'>,
    onHeard: (group: string, backlogMs: number) => void,
  ) {
    this.#redis = redis;
    redis.subscribe(CHANNEL, {
      onMessage: (message) => {
        const [, backlogMs, group] = MESSAGE.exec(message) ?? [];
        if (group !== undefined) onHeard(group, Number(backlogMs));
      },
      onSubscribed: () => undefined,
    });
  }

  tell(group: string, backlogMs: number): void {
    const nowMs = performance.now();
    if (nowMs - (this.#toldAtMs.get(group) ?? -Infinity) < AGAIN_MS) return;
    if (this.#toldAtMs.size >= TOLD_MAX) this.#toldAtMs.clear();
    this.#toldAtMs.set(group, nowMs);
    this.#redis
      .publish(CHANNEL, `${Math.ceil(backlogMs)} ${group}`, NEVER_CANCELLED)
      .catch(() => undefined);
  }
}
