/** What streams without an infohash are kept by. */
import { createHash } from 'node:crypto';

const CONTENT_KEY_BYTES = 20;

/** 40 hexadecimal digits. */
export function contentKeyOf(locator: string): string {
  const hash = createHash('sha256').update(locator).digest();
  return hash.subarray(0, CONTENT_KEY_BYTES).toString('hex');
}
