/** HTTP of the chat beside live streams: read, said, taken away. */
import { Buffer } from 'node:buffer';
import { jsonObjectBody } from '../../http/json-body.ts';
import { jsonReply } from '../../http/json-reply.ts';
import type { Reply, Request, Route } from '../../http/route.ts';
import type { AddressRate } from '../../lib/address-rate.ts';
import { AppError } from '../../lib/errors.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../configure/contract.ts';
import type { LiveStreams } from '../live/contract.ts';
import { parseMessage } from './message.ts';
import type { ChatStore } from './store.ts';

export interface ChatRouteParts {
  readonly store: ChatStore;
  readonly live: LiveStreams;
  readonly rate: AddressRate;
  /** Deadline of a request in milliseconds. */
  readonly timeoutMs: number;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
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
  const limit = numberOf(query, 'limit', PAGE_USUAL, PAGE_MAX);
  const beforeId = numberOf(query, 'before_id', Number.MAX_SAFE_INTEGER, Number.MAX_SAFE_INTEGER);
  const found = await store.page(
    streamIdOf(request),
    { beforeId, limit: limit + 1 },
    request.signal,
  );
  if (found === null) throw noStream();
  const messages = found.slice(0, limit);
  return reply({ messages, has_more: found.length > limit, total: null });
}

async function add({ store, live, rate }: ChatRouteParts, request: Request): Promise<Reply> {
  const streamId = streamIdOf(request);
  const message = parseMessage(jsonObjectBody(request));
  rate.take(request.clientAddress);
  const added = await store.add(streamId, message, request.signal);
  if (added !== null) return reply(added);
  if ((await live.find(streamId, request.signal)) === null) throw noStream();
  throw new AppError('live.bad-state', 'the live stream has ended: its chat can only be read');
}

async function remove({ store, live }: ChatRouteParts, request: Request): Promise<Reply> {
  const streamId = streamIdOf(request);
  const [, id = ''] = request.parameters;
  const { signal } = request;
  if ((await live.find(streamId, signal)) === null) throw noStream();
  if (!(await live.isOwner(streamId, ownerKeyOf(request), signal)))
    throw new AppError('live.wrong-key', 'the owner key is missing or not that of the stream');
  if (!/^\d{1,15}$/.test(id) || !(await store.delete(streamId, Number(id), signal)))
    throw new AppError('chat.not-found', 'there is no chat message with this id', {
      field: 'message',
    });
  return reply({ status: 'success' });
}

/** @throws AppError `live.not-found` for what is no id */
function streamIdOf({ parameters: [id = ''] }: Request): string {
  if (!UUID.test(id)) throw noStream();
  return id;
}

function numberOf(query: URLSearchParams, name: string, usual: number, max: number): number {
  const text = query.get(name);
  if (text === null) return usual;
  const number = Number(text);
  if (/^\d{1,16}$/.test(text) && number >= 1 && number <= max) return number;
  throw new AppError('request.bad-query', `expected ${name} to be a number from 1 to ${max}`, {
    field: name,
  });
}

function noStream(): AppError {
  return new AppError('live.not-found', 'there is no live stream with this id', { field: 'id' });
}

function reply(body: object): Reply {
  return jsonReply(Buffer.from(JSON.stringify(body)), 'no-store');
}
