/** What players get of a transcode, also while it is made: who asks before the first segment is there waits for it. */
import type { Buffer } from 'node:buffer';
import { LRUCache } from 'lru-cache';
import { Deadline } from '../../lib/async/deadline.ts';
import { poll } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { RUNG_NAMES, type RungName } from '../../lib/transcode/ladder.ts';
import { joinRuns } from '../../lib/transcode/runs.ts';
import type { Logger } from '../../platform/log/logger.ts';
import { MASTER, TranscodeFolder } from './folder.ts';
import type { TranscodeStore } from './store.ts';

export interface PlaybackParts {
  readonly store: Pick<TranscodeStore, 'find' | 'touch'>;
  /** Where the folders of transcodes are. */
  readonly directory: string;
  readonly logger: Logger;
}

export interface PlayedText {
  readonly text: string;
  readonly isDone: boolean;
}

const UUID = /^[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12}$/;
const LOOK_EVERY_MS = 100;
/** Players ask again, or give up: after that they are told so. */
const WAIT_MS = 20_000;
const STORE_TIMEOUT_MS = 10_000;
const SHARED_MS = 500;
const SHARED_MAX = 1000;
const RETRY_S = 2;
const TOUCH_EVERY_MS = 60_000;

export class TranscodePlayback {
  readonly #parts: PlaybackParts;
  /** All who wait for a playlist share one look at the disk. */
  readonly #shared = new LRUCache<string, Promise<PlayedText>>({ max: SHARED_MAX });
  readonly #touched = new LRUCache<string, true>({ max: SHARED_MAX, ttl: TOUCH_EVERY_MS });

  constructor(parts: PlaybackParts) {
    this.#parts = parts;
  }

  /** @throws AppError `transcode.not-found`, `transcode.failed`, `transcode.not-ready` */
  playlist(id: string, name: string): Promise<PlayedText> {
    const key = `${id}/${name}`;
    const known = this.#shared.get(key);
    if (known !== undefined) return known;
    const made = this.#wait(id, name);
    this.#shared.set(key, made);
    const forget = () => {
      if (this.#shared.peek(key) === made) this.#shared.delete(key);
    };
    made.then(() => setTimeout(forget, SHARED_MS).unref(), forget);
    return made;
  }

  /** @param name without separators @throws AppError `transcode.not-found` */
  async segment(id: string, name: string): Promise<Buffer> {
    const bytes = UUID.test(id) ? await this.#folder(id).bytes(name) : null;
    if (bytes === null) throw new AppError('transcode.not-found', 'there is no such segment');
    return bytes;
  }

  async #wait(id: string, name: string): Promise<PlayedText> {
    const rung = RUNG_NAMES.find((one) => name === `${one}.m3u8`) ?? null;
    if (!UUID.test(id) || (rung === null && name !== MASTER))
      throw new AppError('transcode.not-found', 'there is no such playlist');
    await this.#check(id);
    let found: PlayedText | null = null;
    await poll(
      async () => {
        found = await this.#look(id, rung);
        return found !== null;
      },
      { everyMs: LOOK_EVERY_MS, timeoutMs: WAIT_MS },
    );
    if (found !== null) return found;
    await this.#check(id);
    throw new AppError(
      'transcode.not-ready',
      'the transcode has not begun yet: it waits for others',
      {
        retryAfterS: RETRY_S,
      },
    );
  }

  /** @param rung null: the list of renditions */
  async #look(id: string, rung: RungName | null): Promise<PlayedText | null> {
    const folder = this.#folder(id);
    const plan = await folder.plan();
    if (plan === null) return null;
    if (rung === null) {
      const text = await folder.text(MASTER);
      return text === null ? null : { text, isDone: plan.isDone };
    }
    if (!plan.rungs.includes(rung))
      throw new AppError('transcode.not-found', 'the transcode has no such rendition');
    const text = joinRuns(rung, await folder.playlists(rung, plan), plan.ended, plan.isDone);
    return text === null ? null : { text, isDone: plan.isDone };
  }

  /** @throws AppError where nothing will ever come */
  async #check(id: string): Promise<void> {
    using deadline = new Deadline({
      timeoutMs: STORE_TIMEOUT_MS,
      failure: () => new AppError('server.timeout', 'reading the transcode takes too long'),
    });
    const { store, logger } = this.#parts;
    const stored = await store.find(id, deadline.signal);
    if (stored === null || stored.state === 'cancelled')
      throw new AppError('transcode.not-found', 'there is no transcode with this id');
    if (stored.state === 'failed')
      throw new AppError('transcode.failed', stored.failure ?? 'the transcode failed');
    if (this.#touched.has(id)) return;
    this.#touched.set(id, true);
    await store
      .touch(id, deadline.signal)
      .catch((error: unknown) => logger.debug({ err: error }, 'a play of a transcode is not kept'));
  }

  #folder(id: string): TranscodeFolder {
    return new TranscodeFolder(this.#parts.directory, id);
  }
}
