/** What tells one stream from all others: the infohash of torrents, else what plays. */
import { Buffer } from 'node:buffer';
import type { StreamRow } from './fields.ts';

export function streamKey({ infohash, kind, locator }: StreamRow): string {
  return infohash === null ? `${kind}:${locator}` : Buffer.from(infohash).toString('hex');
}
