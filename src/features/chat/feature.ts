/** The door of the chat beside live streams. */
import { SocketTopics } from '../../http/socket-topics.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { LiveStreams } from '../live/contract.ts';
import { chatMetrics } from './metrics.ts';
import { moderationRoutes } from './moderation/routes.ts';
import { ModerationStore } from './moderation/store.ts';
import { Rooms } from './rooms.ts';
import { chatRoutes } from './routes.ts';
import { chatSocketRoute } from './socket-routes.ts';
import { Speaking } from './speaking.ts';
import { ChatStore } from './store.ts';
import { MessageWriter } from './writer.ts';

const CHANNEL = 'chat';

export interface ChatPorts {
  readonly live: LiveStreams;
  readonly ring: { readonly digest: (text: string) => string };
}

export function createChat(platform: Platform, { live, ring }: ChatPorts): Feature {
  const { config, database, logger } = platform;
  const store = new ChatStore(database);
  const topics = new SocketTopics();
  const channel = platform.openChannel(CHANNEL);
  const rooms = new Rooms({ store, channel, topics, logger });
  const writer = new MessageWriter({ store, onStored: rooms.stored });
  const speaking = new Speaking(writer);
  const timeoutMs = config.REQUEST_TIMEOUT_MS;
  const { digest } = ring;
  return {
    routes: [
      ...chatRoutes({ store, live, rooms, speaking, digest, timeoutMs }),
      ...moderationRoutes({ store: new ModerationStore(database), live, rooms, timeoutMs }),
    ],
    sockets: [
      chatSocketRoute({ live, store, rooms, speaking, topics, digest, config, timeoutMs, logger }),
    ],
    metrics: chatMetrics({ writer, rooms }),
    async dispose() {
      await writer[Symbol.asyncDispose]();
      await rooms[Symbol.asyncDispose]();
    },
  };
}
