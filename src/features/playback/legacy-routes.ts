/**
 * Paths that links of other servers have and that nothing is known for here: a player that was led to one before is shown why
 * it does not play. Torrents of such links do (`routes.ts`).
 */
import type { Reply, Request, Route } from '../../http/route.ts';
import type { ExceptionVideo } from '../../lib/exception-videos/messages.ts';

/** Name of the first row, what its path begins with, and what is shown. */
type Kind = readonly [name: string, head: string, video: ExceptionVideo, tails: readonly string[]];

const FILE_TAILS = ['', '/:filename'];
const KINDS: readonly Kind[] = [
  // Posts are named there by numbers that no other server has.
  [
    'legacy-usenet',
    '/streaming_provider/:config/usenet/:provider/:guid',
    'stream_not_found',
    [...FILE_TAILS, '/:season/:episode', '/:season/:episode/:filename'],
  ],
  [
    'legacy-telegram',
    '/streaming_provider/:config/telegram/:chat/:message',
    'unsupported_direct_download',
    FILE_TAILS,
  ],
];
const CACHE_POLICY = 'no-store';
const TIMEOUT_MS = 5000;

/** @param toVideo leads a player to a video */
export function legacyRoutes(
  toVideo: (request: Request, video: ExceptionVideo) => Reply,
): readonly Route[] {
  return KINDS.flatMap(([name, head, video, tails]) =>
    tails.map((tail) => ({
      name: name + tail.replaceAll('/:', '-'),
      pattern: head + tail,
      access: 'install' as const,
      traffic: 'playback' as const,
      cachePolicy: CACHE_POLICY,
      timeoutMs: TIMEOUT_MS,
      handler: (request) => toVideo(request, video),
    })),
  );
}
