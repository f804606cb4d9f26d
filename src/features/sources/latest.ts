/** By what an item of a feed or an indexer is known again. */
import { createHash } from 'node:crypto';
import type { FeedItem } from '../../lib/torznab/feed-item.ts';

/** The same for the same item of any source. */
export function latestKey({ infohash, title, sizeBytes }: FeedItem): string {
  return infohash ?? createHash('sha1').update(`${title}\n${sizeBytes}`).digest('hex');
}
