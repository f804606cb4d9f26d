/** Response reuse: finished replies. */
import { ReuseCache } from '../lib/reuse/reuse-cache.ts';
import type { Reply } from './route.ts';

export interface ReplyCacheOptions {
  /** Bytes of all bodies, their compressed variants and their keys together. 0 keeps nothing. */
  readonly bytesMax: number;
}

export class ReplyCache extends ReuseCache<Reply> {
  constructor({ bytesMax }: ReplyCacheOptions) {
    super({ bytesMax, sizeOf: ({ representation }) => representation?.sizeBytes ?? 0 });
  }
}
