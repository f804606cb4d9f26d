/** Codes of the chat beside live streams; part of the registry in `errors.ts`. */
import type { ErrorSpec } from './error-spec.ts';

export const CHAT_ERRORS = {
  'chat.not-found': {
    status: 404,
    meaning: 'There is no chat message with this id beside this live stream.',
  },
  'chat.too-fast': {
    status: 429,
    meaning: 'An author sent more chat messages than may come in ten seconds.',
  },
} as const satisfies Record<string, ErrorSpec>;
