/** What became of asking a service for a file: a link, or why there is none. Plain data, so that many share it. */
import { pack, unpack } from 'msgpackr';
import { Buffer } from 'node:buffer';
import type { KeyRing } from '../../lib/install-token/key-ring.ts';
import type { CacheCodec, CacheSpec } from '../../platform/cache/cache.ts';
import type { Lifetimes } from '../../platform/cache/timed-value.ts';

export interface PlayableLink {
  readonly kind: 'link';
  readonly url: string;
  /** Epoch milliseconds: nobody is led there later. */
  readonly expiresAtMs: number;
}

export interface PlaybackFailure {
  readonly kind: 'failure';
  /** Error code, or the name of the video for what is none of a service's. */
  readonly code: string;
  /** `/static/exceptions/<video>.mp4` */
  readonly video: string;
  /** For the log: the HTTP status that an API would have answered with. */
  readonly status: number;
  /** Milliseconds for which nobody asks again. */
  readonly holdsForMs: number;
}

export type Resolution = PlayableLink | PlaybackFailure;

const LINK_MS_MAX = 3600 * 1000;
/** Longest of `holdsForMs`. */
const LIFETIMES: Lifetimes = {
  freshMs: LINK_MS_MAX,
  staleMs: 0,
  negativeMs: { first: 1000, max: 1000, growth: 1 },
};
/** Before a link ends, so that a player that was led there still begins. */
const LINK_MARGIN_MS = 60_000;
const OVERHEAD_BYTES = 512;
/** Sealed for nothing else. */
const CONTEXT = 'playback link';

/** Epoch milliseconds until which players are led to a link. @param expiresAtMs as the service says; null when it does not */
export function linkEndMs(expiresAtMs: number | null, nowMs: number): number {
  const latest = nowMs + LINK_MS_MAX;
  return expiresAtMs === null ? latest : Math.min(latest, expiresAtMs - LINK_MARGIN_MS);
}

/** By digest of account and file; links are sealed, for whoever has one plays with it. */
export function resolutionCache(ring: KeyRing, loadTimeoutMs: number): CacheSpec<Resolution> {
  const codec: CacheCodec<Resolution> = {
    encode: (resolution) => ring.seal(pack(resolution), CONTEXT),
    decode(bytes) {
      const content = ring.open(Buffer.from(bytes), CONTEXT);
      if (content === null) return null;
      try {
        return resolutionOf(unpack(content));
      } catch {
        return null;
      }
    },
    sizeBytes: (resolution) =>
      OVERHEAD_BYTES + (resolution.kind === 'link' ? 2 * resolution.url.length : 0),
    freshForMs: (resolution) =>
      resolution.kind === 'link'
        ? Math.max(0, resolution.expiresAtMs - Date.now())
        : resolution.holdsForMs,
  };
  return {
    name: 'playback-link',
    schemaVersion: 1,
    codec,
    lifetimes: () => LIFETIMES,
    loadTimeoutMs,
  };
}

function resolutionOf(value: unknown): Resolution | null {
  if (typeof value !== 'object' || value === null) return null;
  const found = value as Partial<PlayableLink> | Partial<PlaybackFailure>;
  if (found.kind === 'link')
    return typeof found.url === 'string' && typeof found.expiresAtMs === 'number'
      ? { kind: 'link', url: found.url, expiresAtMs: found.expiresAtMs }
      : null;
  if (found.kind !== 'failure') return null;
  const { code, video, status, holdsForMs } = found;
  return typeof code === 'string' &&
    typeof video === 'string' &&
    typeof status === 'number' &&
    typeof holdsForMs === 'number'
    ? { kind: 'failure', code, video, status, holdsForMs }
    : null;
}
