/**
 * Tokens of playback links: 22 characters that stand for one account of a user, whatever else they set. They hold nothing;
 * whoever has one plays through the account, so that nothing that is stored holds it either, but its id.
 */
import { createHash } from 'node:crypto';
import type { ServiceEntry } from '../user-config/own-services.ts';

export const PLAYBACK_TOKEN_CHARS = 22;

const TOKEN = /^[\w-]{22}$/;

/**
 * @param profileId of the stored profile that the entry is in: its tokens die with it; empty for install addresses
 * @param digest keyed, of `PLAYBACK_TOKEN_CHARS` characters
 */
export function playbackToken(
  entry: ServiceEntry,
  profileId: string,
  digest: (text: string) => string,
): string {
  return digest(JSON.stringify(['playback', entry.playing(), profileId]));
}

export function isPlaybackToken(text: string): boolean {
  return TOKEN.test(text);
}

/** What the account is stored under. The token cannot be made of it. */
export function playbackAccountId(token: string): string {
  return createHash('sha256').update(token).digest('base64url').slice(0, PLAYBACK_TOKEN_CHARS);
}
