/** Codes of the chat beside live streams; part of the registry in `errors.ts`. */
import type { ErrorSpec } from './error-spec.ts';

export const CHAT_ERRORS = {
  'chat.not-found': {
    status: 404,
    meaning:
      'There is no chat message with this id beside this live stream, or nothing that the owner forbade or allowed this author.',
  },
  'chat.too-fast': {
    status: 429,
    retryAfterS: 10,
    meaning: 'An author, or an address, sent more chat messages than may come in ten seconds.',
  },
  'chat.muted': { status: 403, meaning: 'The owner of the live stream has muted the author.' },
  'chat.banned': { status: 403, meaning: 'The owner of the live stream has banned the author.' },
  'chat.followers-only': {
    status: 403,
    meaning: 'Only authors whom the owner of the live stream named as followers may write.',
  },
  'chat.slow-mode': {
    status: 429,
    retryAfterS: 5,
    meaning: 'The chat is in slow mode, and the last message of the author is too new.',
  },
  'chat.too-many-followers': {
    status: 409,
    meaning: 'The owner of the live stream has named as many followers as are kept.',
  },
  'chat.replayed': {
    status: 409,
    meaning: 'A message of another author has the `ref` of this one.',
  },
} as const satisfies Record<string, ErrorSpec>;
