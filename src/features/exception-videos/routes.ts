/** `/static/exceptions/:name`: the videos that say what went wrong, from memory, in ranges as players ask for them. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RANGE_HEADERS, rangeReply } from '../../http/byte-range.ts';
import { Representation } from '../../http/representation.ts';
import type { Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { EXCEPTION_VIDEOS } from '../../lib/exception-videos/messages.ts';

/** Names stay while their videos may be drawn anew: a week, then the ETag is asked for. */
const CACHE_CONTROL = 'public, max-age=604800';
const TIMEOUT_MS = 5000;

/** Finished answers by file name. */
export type Videos = ReadonlyMap<string, Representation>;

/** @param directory absolute; must hold a file for each name of the table */
export async function readVideos(directory: string): Promise<Videos> {
  return new Map(
    await Promise.all(
      EXCEPTION_VIDEOS.map(async (name) => {
        const file = `${name}.mp4`;
        const representation = new Representation(await readFile(join(directory, file)), {
          contentType: 'video/mp4',
          cacheControl: CACHE_CONTROL,
          compressible: false,
        });
        return [file, representation] as const;
      }),
    ),
  );
}

export function videoRoute(videos: Videos): Route {
  return {
    pattern: '/static/exceptions/:name',
    name: 'exception-video',
    access: 'open',
    traffic: 'exempt',
    cachePolicy: CACHE_CONTROL,
    timeoutMs: TIMEOUT_MS,
    requestHeaders: RANGE_HEADERS,
    handler: (request) => {
      const video = videos.get(request.parameters[0] ?? '');
      if (video === undefined)
        throw new AppError(
          'request.not-found',
          'there is no such video: expected a name of the table',
        );
      return rangeReply(request, video);
    },
  };
}
