/** Codes of refused WebSockets; part of the registry in `errors.ts`. */
import type { ErrorSpec } from './error-spec.ts';

export const SOCKET_ERRORS = {
  'socket.bad-origin': {
    status: 403,
    meaning:
      'A page of another origin wants to open a WebSocket; `WEBSOCKET_ORIGINS` names those that may.',
  },
  'socket.too-many': {
    status: 429,
    retryAfterS: 10,
    meaning: 'As many WebSockets are open from this address as one address may have.',
  },
  'socket.full': {
    status: 503,
    retryAfterS: 10,
    meaning:
      'As many WebSockets are open as this process takes, or as it takes for one live stream.',
  },
} as const satisfies Record<string, ErrorSpec>;
