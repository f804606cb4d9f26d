/**
 * Stores messages in batches: while one is being committed, the next one gathers, so that a quiet chat waits for nothing and a
 * busy one needs few commits. A message is acknowledged after its commit, and told to everybody then.
 */
import { AppError } from '../../lib/errors.ts';
import { CancelController } from '../../lib/async/cancel.ts';
import { settledWithin } from '../../lib/async/wait.ts';
import { Histogram } from '../../lib/metrics/histogram.ts';
import { messageEvent } from './events.ts';
import type { ChatMessage } from './message.ts';
import type { WireBatch } from './room.ts';
import type { ChatStore, Outcome, Said, Verdict } from './store.ts';

export interface WriterParts {
  readonly store: ChatStore;
  /** Called after every commit, before the senders hear of it. */
  readonly onStored: (batches: ReadonlyMap<string, WireBatch>) => void;
}

interface Waiting {
  readonly said: Said;
  readonly resolve: (message: ChatMessage) => void;
  readonly reject: (error: unknown) => void;
}

const BATCH_MAX = 500;
const WAITING_MAX = 5000;
const LAST_BATCH_TIMEOUT_MS = 3000;
export const BATCH_BOUNDS = [1, 2, 5, 10, 20, 50, 100, 200, 500];

/** What senders are told of messages that were not stored. */
const REFUSALS: Readonly<Record<Exclude<Verdict, 'stored'>, () => AppError>> = {
  unknown: () =>
    new AppError('live.not-found', 'there is no live stream with this id', { field: 'id' }),
  ended: () =>
    new AppError('live.bad-state', 'the live stream has ended: its chat can only be read'),
  muted: () => new AppError('chat.muted', 'the owner of the stream has muted you'),
  banned: () => new AppError('chat.banned', 'the owner of the stream has banned you'),
  followers: () =>
    new AppError('chat.followers-only', 'only followers may write at the moment: ask the owner'),
  slow: () =>
    new AppError('chat.slow-mode', 'the chat is in slow mode: wait before you write again'),
  replayed: () =>
    new AppError('chat.replayed', 'another message has this ref already', { field: 'ref' }),
};

export class MessageWriter implements AsyncDisposable {
  readonly batchSizes = new Histogram(BATCH_BOUNDS);
  readonly #parts: WriterParts;
  readonly #life = new CancelController();
  #waiting: Waiting[] = [];
  #writing: Promise<void> | null = null;
  #isClosed = false;

  constructor(parts: WriterParts) {
    this.#parts = parts;
  }

  /** Resolves after the commit. @throws AppError what the rules of the chat say, or the database */
  add(said: Said): Promise<ChatMessage> {
    if (this.#isClosed) return Promise.reject(new AppError('server.draining', 'stopping'));
    if (this.#waiting.length >= WAITING_MAX)
      return Promise.reject(new AppError('server.overloaded', 'too many messages are waiting'));
    return new Promise((resolve, reject) => {
      this.#waiting.push({ said, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** What waits is written; who is not told of it by now does not hear of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    this.#isClosed = true;
    await settledWithin(this.#writing ?? Promise.resolve(), LAST_BATCH_TIMEOUT_MS);
    this.#life.abort(new AppError('server.draining', 'the server is stopping'));
  }

  async #writeAll(): Promise<void> {
    // What came in the same turn goes together.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.splice(0, BATCH_MAX);
      await this.#write(batch).catch((error: unknown) => {
        for (const { reject } of batch) reject(error);
      });
    }
    // In the same turn as the last look: what comes now begins anew.
    this.#writing = null;
  }

  async #write(batch: readonly Waiting[]): Promise<void> {
    const { store, onStored } = this.#parts;
    this.batchSizes.observe(batch.length);
    const said = batch.map((waiting) => waiting.said);
    const outcomes = await store.add(said, this.#life.signal);
    onStored(batchesOf(said, outcomes));
    await Promise.all(batch.map((waiting, at) => this.#settle(waiting, outcomes[at])));
  }

  async #settle({ said, resolve, reject }: Waiting, outcome: Outcome | undefined): Promise<void> {
    const { message = null, verdict = 'unknown' } = outcome ?? {};
    if (message !== null) return resolve(message);
    const reason = verdict === 'stored' ? 'unknown' : verdict;
    try {
      const stored =
        reason === 'replayed' ? await this.#parts.store.replayed(said, this.#life.signal) : null;
      if (stored === null) reject(REFUSALS[reason]());
      else resolve(stored);
    } catch (error) {
      reject(error);
    }
  }
}

/** By stream; without the streams to which nothing was added. */
function batchesOf(
  said: readonly Said[],
  outcomes: readonly Outcome[],
): ReadonlyMap<string, WireBatch> {
  const batches = new Map<string, { sequence: number; added: number; messages: Entry[] }>();
  outcomes.forEach(({ verdict, sequence, message }, at) => {
    if (sequence === 0) return;
    const streamId = said[at]?.streamId ?? '';
    const batch = batches.get(streamId) ?? { sequence, added: 0, messages: [] };
    batches.set(streamId, batch);
    // A number was given to each that was to be stored, also where another process came first.
    batch.added += verdict === 'stored' || verdict === 'replayed' ? 1 : 0;
    if (message !== null) batch.messages.push([message.id, messageEvent(message)]);
  });
  return new Map(
    [...batches].map(([streamId, { sequence, added, messages }]) => [
      streamId,
      { previous: sequence - added, sequence, messages },
    ]),
  );
}

type Entry = readonly [id: number, event: string];
