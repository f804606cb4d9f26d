/** HTTP of where viewers left recordings; a viewer is whoever keeps a key. */
import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { jsonObjectBody } from '../../../http/json-body.ts';
import { jsonReply } from '../../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../../http/route.ts';
import { AppError } from '../../../lib/errors.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../../configure/contract.ts';
import type { PositionStore } from './store.ts';

export interface PositionRouteParts {
  readonly store: PositionStore;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const VIEWER_KEY_HEADER = 'x-viewer-key';
const KEY_CHARS_MIN = 16;
const KEY_CHARS_MAX = 100;
const BODY_BYTES_MAX = 1024;
/** Ten days. */
const SECONDS_MAX = 864_000;
const LISTED_MAX = 200;
const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;

export function positionRoutes(parts: PositionRouteParts): readonly Route[] {
  const { store } = parts;
  const row = (pattern: string, name: string, more: Partial<Route> & Pick<Route, 'handler'>) => ({
    pattern,
    name,
    access: 'private' as const,
    traffic: 'control' as const,
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [VIEWER_KEY_HEADER, OWNER_KEY_HEADER],
    ...more,
  });
  return [
    row('/api/v1/vod/positions', 'vod-positions', {
      handler: async (request) =>
        reply({ items: await store.ofViewer(viewerOf(request), LISTED_MAX, request.signal) }),
    }),
    row('/api/v1/vod/:id/position', 'vod-position', {
      handler: async (request) => {
        const viewer = viewerOf(request);
        const id = recordingOf(request);
        const position = await store.find(viewer, id, request.signal);
        return reply(position ?? { id, seconds: 0, updatedAt: null });
      },
    }),
    row('/api/v1/vod/:id/position', 'vod-position-put', {
      method: 'PUT',
      bodyBytesMax: BODY_BYTES_MAX,
      handler: async (request) => {
        const viewer = viewerOf(request);
        const id = recordingOf(request);
        return reply(
          (await store.put(viewer, id, secondsOf(request), request.signal)) ?? nothing(),
        );
      },
    }),
    row('/api/v1/vod/:id/position', 'vod-position-delete', {
      method: 'DELETE',
      handler: async (request) => {
        await store.remove(viewerOf(request), recordingOf(request), request.signal);
        return reply({ status: 'success' });
      },
    }),
  ];
}

/** Digest of the viewer's key, or of the owner's where there is none. @throws AppError `request.bad-query` */
function viewerOf(request: Request): Buffer {
  const key = request.header(VIEWER_KEY_HEADER) || ownerKeyOf(request);
  if (key.length < KEY_CHARS_MIN || key.length > KEY_CHARS_MAX)
    throw new AppError(
      'request.bad-query',
      `expected X-Viewer-Key to be ${KEY_CHARS_MIN} to ${KEY_CHARS_MAX} characters that its client made and keeps`,
      { field: 'X-Viewer-Key' },
    );
  return createHash('sha256').update(`viewer\n${key}`).digest();
}

/** @throws AppError `live.not-found` */
function recordingOf({ parameters: [id = ''] }: Request): string {
  return UUID.test(id) ? id : nothing();
}

/** @throws AppError `request.bad-body` */
function secondsOf(request: Request): number {
  const { seconds } = jsonObjectBody(request);
  if (typeof seconds === 'number' && seconds >= 0 && seconds <= SECONDS_MAX) return seconds;
  throw new AppError(
    'request.bad-body',
    `expected seconds to be a number from 0 to ${SECONDS_MAX}`,
    {
      field: 'seconds',
    },
  );
}

function nothing(): never {
  throw new AppError('live.not-found', 'there is no recording with this id', {
    field: 'id',
  });
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
