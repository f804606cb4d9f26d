/** Asks the server of a link for one byte: whether what a service gave is still there. */
import type { CancelSignal } from '../../lib/async/cancel.ts';
import { AppError } from '../../lib/errors.ts';
import type { Config } from '../../platform/config/config.ts';
import { proxyFor } from '../../platform/config/configured-sources.ts';
import type { Upstreams } from '../../platform/upstream/upstream.ts';

/** True when the link is gone; false also when nothing can be said of it. */
export type LinkProbe = (url: string, service: string, signal: CancelSignal) => Promise<boolean>;

/** The player waits meanwhile. */
const TIMEOUT_MS = 2000;
const GONE: ReadonlySet<number> = new Set([401, 403, 404, 410, 416]);
/** Of one server of links, in all processes. */
const POLITENESS = { callsPerMinute: 60, burst: 10, concurrencyMax: 4 } as const;

export function linkProbe(config: Config, upstreams: Pick<Upstreams, 'open'>): LinkProbe {
  return async (url, service, signal) => {
    try {
      const { origin } = new URL(url);
      const server = upstreams.open({
        ...POLITENESS,
        name: 'playback-link',
        credential: origin,
        isPersonal: true,
        proxyUrl: proxyFor(config, 'debrid', url, service),
      });
      const { status } = await server.request({
        url,
        signal,
        headers: { range: 'bytes=0-0' },
        timeoutMs: TIMEOUT_MS,
        // Servers that do not know ranges send the whole film: it is there then.
        bodyBytesMax: 1024,
      });
      return GONE.has(status);
    } catch (error) {
      if (signal.aborted || !(error instanceof AppError)) throw error;
      return false;
    }
  };
}
