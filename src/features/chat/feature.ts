/** The door of the chat beside live streams. */
import { AddressRate } from '../../lib/address-rate.ts';
import type { Platform } from '../../platform/platform.ts';
import type { Feature } from '../feature.ts';
import type { LiveStreams } from '../live/contract.ts';
import { chatRoutes } from './routes.ts';
import { ChatStore } from './store.ts';

const MESSAGES_MAX = 20;
const WINDOW_S = 10;

export function createChat(
  { config, database }: Platform,
  { live }: { readonly live: LiveStreams },
): Feature {
  const rate = new AddressRate({
    max: MESSAGES_MAX,
    windowMs: WINDOW_S * 1000,
    code: 'chat.too-fast',
    message: `at most ${MESSAGES_MAX} chat messages in ${WINDOW_S} seconds`,
  });
  const store = new ChatStore(database);
  return { routes: chatRoutes({ store, live, rate, timeoutMs: config.REQUEST_TIMEOUT_MS }) };
}
