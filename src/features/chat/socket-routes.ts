/** The row of the socket table: who may connect to a chat, and from where they go on. */
import type { SocketLimits, SocketRoute } from '../../http/socket-route.ts';
import type { SocketTopics } from '../../http/socket-topics.ts';
import type { Request } from '../../http/route.ts';
import { AppError } from '../../lib/errors.ts';
import type { Config } from '../../platform/config/config.ts';
import { OWNER_KEY_HEADER, ownerKeyOf } from '../configure/contract.ts';
import type { LiveStreams } from '../live/contract.ts';
import { noStream, numberOf, streamIdOf } from './request.ts';
import { CHAT_KEY_HEADER, senderOf } from './sender.ts';
import { ChatSocket, type ChatSocketParts, type Viewer } from './socket.ts';

type Settings = Pick<
  Config,
  | 'CHAT_SOCKETS_MAX'
  | 'CHAT_SOCKETS_PER_ADDRESS_MAX'
  | 'CHAT_SOCKETS_PER_STREAM_MAX'
  | 'WEBSOCKET_ORIGINS'
>;

export interface ChatSocketRouteParts extends ChatSocketParts {
  readonly live: LiveStreams;
  readonly topics: SocketTopics;
  readonly digest: (text: string) => string;
  readonly config: Settings;
  /** Deadline of the upgrade in milliseconds. */
  readonly timeoutMs: number;
}

export function chatSocketRoute(parts: ChatSocketRouteParts): SocketRoute {
  return {
    pattern: '/api/v1/live/:id/chat',
    name: 'chat-socket',
    access: 'private',
    traffic: 'control',
    timeoutMs: parts.timeoutMs,
    requestHeaders: [OWNER_KEY_HEADER, CHAT_KEY_HEADER],
    protocol: 'sluice.chat.v1',
    limits: limitsOf(parts.config),
    origins: parts.config.WEBSOCKET_ORIGINS,
    topics: parts.topics,
    handler: (request) => accept(parts, request),
  };
}

/** A message of 500 characters, escaped, takes 6 KB; what waits for one reader is twice what is sent at once. */
function limitsOf(config: Settings): SocketLimits {
  return {
    socketsMax: config.CHAT_SOCKETS_MAX,
    socketsPerAddressMax: config.CHAT_SOCKETS_PER_ADDRESS_MAX,
    socketsPerGroupMax: config.CHAT_SOCKETS_PER_STREAM_MAX,
    messageBytesMax: 8192,
    messagesMax: 60,
    backlogBytesMax: 128 * 1024,
    idleTimeoutS: 60,
  };
}

async function accept(parts: ChatSocketRouteParts, request: Request): Promise<ChatSocket> {
  const streamId = streamIdOf(request);
  const query = new URLSearchParams(request.query);
  const afterId = query.has('after_id')
    ? numberOf(query, 'after_id', { usual: 0, min: 0, max: Number.MAX_SAFE_INTEGER })
    : null;
  const sender = senderOf(request, parts.digest);
  const { signal, clientAddress } = request;
  const key = ownerKeyOf(request);
  const admission = await parts.store.admission(streamId, sender, signal);
  if (admission === null) throw noStream();
  const isOwner = key !== '' && (await parts.live.isOwner(streamId, key, signal));
  if (key !== '' && !isOwner)
    throw new AppError('live.wrong-key', 'the owner key is not that of the stream');
  if (admission.isBanned && !isOwner)
    throw new AppError('chat.banned', 'the owner of the stream has banned you');
  const { owner } = admission;
  const viewer: Viewer = { ...sender, streamId, owner, isOwner, clientAddress, afterId };
  return new ChatSocket(viewer, parts);
}
