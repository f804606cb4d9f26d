/** Who watches playlists now: they come back every few seconds, and are gone when they do not. */
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { Viewer } from '../viewers/store.ts';
import type { Watches, WatchTicket } from './watches.ts';

interface Watcher {
  readonly channelId: string;
  readonly ticket: WatchTicket;
  seenAtMs: number;
}

const WATCHERS_MAX = 5000;

interface Asking {
  readonly clientAddress: string;
  readonly signal: CancelSignal;
}

export class HlsViewers {
  readonly #watches: Watches;
  readonly #watchers = new Map<string, Watcher>();

  constructor(watches: Watches) {
    this.#watches = watches;
  }

  /** Somebody begins to watch: also who was replaced before. */
  async open(viewer: Viewer, channelId: string, request: Asking): Promise<void> {
    const name = nameOf(viewer, channelId, request);
    const known = this.#watchers.get(name);
    if (known?.ticket.signal.aborted === false) known.seenAtMs = performance.now();
    else await this.#begin(name, viewer, channelId, request);
  }

  /** @throws AppError `iptv.replaced` once a newer stream of the viewer has taken its place */
  async goOn(viewer: Viewer, channelId: string, request: Asking): Promise<void> {
    const known = this.#watchers.get(nameOf(viewer, channelId, request));
    if (known?.ticket.signal.aborted === true)
      throw new AppError('iptv.replaced', 'a newer stream of the viewer took its place');
    await this.open(viewer, channelId, request);
  }

  /** Whether anybody else watches the channel. */
  hasOthers(viewer: Viewer, channelId: string, request: Asking): boolean {
    const own = nameOf(viewer, channelId, request);
    for (const [name, watcher] of this.#watchers)
      if (name !== own && watcher.channelId === channelId) return true;
    return false;
  }

  sweep(idleMs: number): void {
    const nowMs = performance.now();
    for (const [name, { ticket, seenAtMs }] of this.#watchers)
      if (nowMs - seenAtMs >= idleMs) {
        ticket[Symbol.dispose]();
        this.#watchers.delete(name);
      }
  }

  async #begin(
    name: string,
    viewer: Viewer,
    channelId: string,
    { clientAddress, signal }: Asking,
  ): Promise<void> {
    if (this.#watchers.size >= WATCHERS_MAX)
      throw new AppError('server.overloaded', 'too many viewers: try again later');
    const ticket = await this.#watches.begin(viewer, channelId, clientAddress, signal);
    this.#watchers.get(name)?.ticket[Symbol.dispose]();
    this.#watchers.set(name, { channelId, ticket, seenAtMs: performance.now() });
  }
}

function nameOf({ id }: Viewer, channelId: string, { clientAddress }: Asking): string {
  return `${id} ${channelId} ${clientAddress}`;
}
