/** HTTP of the chat beside live streams: read, said, taken away. */
import { Buffer } from 'node:buffer';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../configure/contract.ts';
import type { LiveStreams } from '../live/contract.ts';
import { parseMessage } from './message.ts';
import { noStream, numberOf, streamIdOf } from './request.ts';
import type { Rooms } from './rooms.ts';
import { CHAT_KEY_HEADER, senderOf } from './sender.ts';
import type { Speaking } from './speaking.ts';
import type { ChatStore } from './store.ts';

export interface ChatRouteParts {
  readonly store: ChatStore;
  readonly live: LiveStreams;
  readonly rooms: Rooms;
  readonly speaking: Speaking;
  readonly digest: (text: string) => string;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

/** Escapes of JSON make up to twelve bytes of a character. */
const BODY_BYTES_MAX = 8192;
const PAGE_MAX = 200;
const PAGE_USUAL = 50;

export function chatRoutes(parts: ChatRouteParts): readonly Route[] {
  const shared = {
    pattern: '/api/v1/live/:id/chat',
    access: 'private',
    traffic: 'control',
    cachePolicy: 'no-store',
    timeoutMs: parts.timeoutMs,
  } as const;
  return [
    { ...shared, name: 'chat-page', handler: (request) => page(parts, request) },
    {
      ...shared,
      name: 'chat-add',
      method: 'POST',
      bodyBytesMax: BODY_BYTES_MAX,
      requestHeaders: [OWNER_KEY_HEADER, CHAT_KEY_HEADER],
      handler: (request) => add(parts, request),
    },
    {
      ...shared,
      name: 'chat-delete',
      method: 'DELETE',
      pattern: '/api/v1/live/:id/chat/:message',
      requestHeaders: [OWNER_KEY_HEADER],
      handler: (request) => remove(parts, request),
    },
  ];
}

async function page({ store }: ChatRouteParts, request: Request): Promise<Reply> {
  const query = new URLSearchParams(request.query);
  const limit = numberOf(query, 'limit', { usual: PAGE_USUAL, min: 1, max: PAGE_MAX });
  const last = Number.MAX_SAFE_INTEGER;
  const beforeId = numberOf(query, 'before_id', { usual: last, min: 1, max: last });
  const found = await store.page(
    streamIdOf(request),
    { beforeId, limit: limit + 1 },
    request.signal,
  );
  if (found === null) throw noStream();
  const messages = found.slice(0, limit);
  return reply({ messages, has_more: found.length > limit, total: null });
}

async function add(parts: ChatRouteParts, request: Request): Promise<Reply> {
  const { live, speaking, digest } = parts;
  const streamId = streamIdOf(request);
  const message = parseMessage(jsonObjectBody(request));
  const { clientAddress, signal } = request;
  const sender = senderOf(request, digest);
  const key = ownerKeyOf(request);
  const isOwner = key !== '' && (await live.isOwner(streamId, key, signal));
  if (key !== '' && !isOwner) throw wrongKey();
  return reply(await speaking.say({ ...message, ...sender, streamId, isOwner, clientAddress }));
}

async function remove({ store, live, rooms }: ChatRouteParts, request: Request): Promise<Reply> {
  const streamId = streamIdOf(request);
  const [, id = ''] = request.parameters;
  const { signal } = request;
  if ((await live.find(streamId, signal)) === null) throw noStream();
  if (!(await live.isOwner(streamId, ownerKeyOf(request), signal))) throw wrongKey();
  if (!/^\d{1,15}$/.test(id) || !(await store.delete(streamId, Number(id), signal)))
    throw new AppError('chat.not-found', 'there is no chat message with this id', {
      field: 'message',
    });
  rooms.announce([{ kind: 'deleted', streamId, id: Number(id) }]);
  return reply({ status: 'success' });
}

function wrongKey(): AppError {
  return new AppError('live.wrong-key', 'the owner key is missing or not that of the stream');
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
