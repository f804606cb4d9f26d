/** Which pages may open a WebSocket: browsers let every page do so, and say which it was. */
import { AppError } from '../lib/errors.ts';
import type { Request } from './route.ts';

/** Clients without a browser send none. @throws AppError `socket.bad-origin` */
export function checkOrigin(request: Request, origins: readonly string[]): void {
  const origin = request.header('origin');
  const isAllowed =
    origin === '' ||
    origins.includes('*') ||
    origins.includes(origin) ||
    isOwn(origin, request.baseUrl, request.header('host'));
  if (!isAllowed)
    throw new AppError(
      'socket.bad-origin',
      'pages of this origin may not connect: its operator adds it to WEBSOCKET_ORIGINS',
      { field: 'Origin' },
    );
}

/** The public address, or the one that the page itself came from. */
function isOwn(origin: string, baseUrl: string, host: string): boolean {
  if (!URL.canParse(origin)) return false;
  const { host: originHost, origin: canonical } = new URL(origin);
  return canonical === new URL(baseUrl).origin || originHost === host;
}
