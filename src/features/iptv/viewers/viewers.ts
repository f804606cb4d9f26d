/** Who asks, by the token in the address. */
import { createHash, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { CancelSignal } from '../../../lib/async/cancel.ts';
import { AppError } from '../../../lib/errors.ts';
import type { NewViewer, Viewer, ViewerChange, ViewerStore } from './store.ts';

const TOKEN_BYTES = 16;
const TOKEN = /^[\w-]{22}$/;
/** A revoked token works for so long in processes that know it. */
const KNOWN_MS = 10_000;
const KNOWN_MAX = 2000;

export interface Login {
  readonly username: string;
  readonly password: string;
}

/** What a viewer's clients log in with; the password is the token. */
export function xtreamUsername(viewerId: number): string {
  return `viewer${viewerId}`;
}

export class Viewers {
  readonly #store: ViewerStore;
  readonly #known = new LRUCache<string, Viewer>({ max: KNOWN_MAX, ttl: KNOWN_MS });

  constructor(store: ViewerStore) {
    this.#store = store;
  }

  /** The token is told once, and never again. */
  async add(
    settings: Omit<NewViewer, 'hash'>,
    signal: CancelSignal,
  ): Promise<{ readonly viewer: Viewer; readonly token: string }> {
    const token = randomBytes(TOKEN_BYTES).toString('base64url');
    const viewer = await this.#store.add({ ...settings, hash: hashOf(token) }, signal);
    return { viewer, token };
  }

  all(signal: CancelSignal): Promise<readonly Viewer[]> {
    return this.#store.all(signal);
  }

  /** Null when there is none. */
  async change(id: number, change: ViewerChange, signal: CancelSignal): Promise<Viewer | null> {
    const changed = await this.#store.change(id, change, signal);
    this.#forget(id);
    return changed;
  }

  async revoke(id: number, signal: CancelSignal): Promise<boolean> {
    const isFound = await this.#store.revoke(id, signal);
    this.#forget(id);
    return isFound;
  }

  /** How many streams the viewer has open, and may have; `most` 0: not limited. */
  async streams(
    viewer: Viewer,
    signal: CancelSignal,
  ): Promise<{ readonly open: number; readonly most: number }> {
    const { open, accountsMax } = await this.#store.streamUse(viewer, signal);
    const limits = [viewer.streamsMax, accountsMax].filter((limit) => limit > 0);
    return { open, most: limits.length === 0 ? 0 : Math.min(...limits) };
  }

  /** As Xtream clients log in: the password is the token. @throws AppError `iptv.bad-token` */
  async ofLogin({ username, password }: Login, signal: CancelSignal): Promise<Viewer> {
    const viewer = await this.ofToken(password, signal);
    if (username === xtreamUsername(viewer.id)) return viewer;
    throw new AppError('iptv.bad-token', 'this user name and password do not belong together');
  }

  #forget(id: number): void {
    for (const [token, viewer] of this.#known) if (viewer.id === id) this.#known.delete(token);
  }

  /** @throws AppError `iptv.bad-token` */
  async ofToken(token: string, signal: CancelSignal): Promise<Viewer> {
    const known = this.#known.get(token);
    if (known !== undefined) return known;
    const viewer = TOKEN.test(token) ? await this.#store.byToken(hashOf(token), signal) : null;
    if (viewer === null)
      throw new AppError('iptv.bad-token', 'this address was revoked, or never given out');
    this.#known.set(token, viewer);
    return viewer;
  }
}

function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
