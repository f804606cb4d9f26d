/**
 * Which torrents of a list services have ready. Services that answer for everybody are asked for all of them at once, and the
 * answer is everybody's; of the others only what the user's own account holds is known, which is for nobody else.
 */
import { Deadline } from '../../lib/async/deadline.ts';
import { BackgroundTasks } from '../../lib/async/background-tasks.ts';
import { NEVER_CANCELLED, type CancelSignal } from '../../lib/async/cancel.ts';
import { orCancelled } from '../../lib/async/wait.ts';
import { AppError } from '../../lib/errors.ts';
import { MARKS, type RowMarks, type ServiceMarks } from '../../lib/ranking/service-marks.ts';
import type { StreamSet } from '../../lib/stream-set/stream-set.ts';
import type { ServiceEntry } from '../../lib/user-config/own-services.ts';
import type { OwnServices } from '../../lib/user-config/playing-services.ts';
import type { Loader, Lookup, ReadThroughCache } from '../../platform/cache/cache.ts';
import type { CachedMarks, Waiter } from '../streams/contract.ts';
import type { DebridAccount, Played, Transfer } from './contract.ts';
import {
  corrected,
  type CheckedTorrents,
  type HeldTorrents,
  type LearntTorrents,
} from './availability-caches.ts';
import { refusedByName } from './refused-names.ts';
import { postHash } from './post-key.ts';
import { contentsOf, marksByRow, type HashedRows, type SetContents } from './contents-of-set.ts';

export interface AvailabilityParts {
  readonly open: (entry: ServiceEntry) => DebridAccount;
  readonly checked: ReadThroughCache<CheckedTorrents>;
  readonly held: ReadThroughCache<HeldTorrents>;
  readonly learnt: ReadThroughCache<LearntTorrents>;
  /** How long a list waits. */
  readonly deadlineMs: number;
}

/** Of one account or service: what is newer is mostly asked for. */
const LEARNT_MAX = 200;
const NO_VIEWER = '';
const NOTHING_LEARNT: LearntTorrents = [];
/** A service that takes an address may be anybody's server, also by what its token says, and answers for its own users alone. */
const ADDRESS_KEY = 'u';

/** An answer has an age, and its cache says where it is from. */
interface Aged {
  /** Epoch milliseconds. */
  readonly atMs: number;
}

/** How one service is asked for the torrents of one set. */
interface Question<T extends Aged> {
  readonly cache: ReadThroughCache<T>;
  readonly key: string;
  readonly load: Loader<T>;
  /** Of each torrent, before what was learnt since. */
  readonly answerOf: (value: T, infohash: string, place: number) => number;
  /** Whose answers are the same, and what was learnt of them. */
  readonly scope: string;
}

export class Availability implements CachedMarks, AsyncDisposable {
  readonly #parts: AvailabilityParts;
  readonly #accounts = new WeakMap<ServiceEntry, DebridAccount>();
  readonly #learning = new BackgroundTasks();
  revision = 0;

  constructor(parts: AvailabilityParts) {
    this.#parts = parts;
  }

  of(set: StreamSet, { all }: OwnServices, waiter: Waiter): ServiceMarks | Promise<ServiceMarks> {
    const contents = contentsOf(set);
    const answers = all.map(({ entry }) => this.#ask(contents, entry));
    const known = answers.filter(
      (answer): answer is RowMarks | null => !(answer instanceof Promise),
    );
    return known.length === answers.length ? known : this.#inTime(answers, waiter.signal);
  }

  /** What playing has shown: it corrects what lists say, in all processes. Returns at once. */
  learn(entry: ServiceEntry, played: Played, isReady: boolean): void {
    const isTorrent = played.kind === 'torrent';
    const infohash = isTorrent ? played.infohash : postHash(played.name);
    const scope = isTorrent ? this.#scopeOf(entry) : entry.accountKey;
    const add = (present: LearntTorrents | null): LearntTorrents => {
      const others = (present ?? NOTHING_LEARNT).filter((one) => one.infohash !== infohash);
      return [{ infohash, isReady, atMs: Date.now() }, ...others].slice(0, LEARNT_MAX);
    };
    const learning = this.#parts.learnt.update(scope, nothingLearnt, add, NEVER_CANCELLED).then(
      () => void this.revision++,
      () => undefined,
    );
    this.#learning.add(learning);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#learning.settled();
  }

  /** Who is late, or fails, is unknown; the check goes on for the next list. */
  async #inTime(
    answers: readonly (RowMarks | null | Promise<RowMarks | null>)[],
    signal: CancelSignal,
  ): Promise<ServiceMarks> {
    const failure = () => new AppError('upstream.failed', 'the check takes too long');
    using deadline = new Deadline({ timeoutMs: this.#parts.deadlineMs, failure, parent: signal });
    const marks = await Promise.all(
      answers.map((answer) =>
        answer instanceof Promise
          ? orCancelled(answer.catch(unknown), deadline.signal).catch(() => null)
          : Promise.resolve(answer),
      ),
    );
    return marks;
  }

  #ask(
    { torrents, posts }: SetContents,
    entry: ServiceEntry,
  ): RowMarks | null | Promise<RowMarks | null> {
    const account = this.#account(entry);
    if (account === null) return null;
    const ofTorrents = entry.playsTorrents ? this.#askOfTorrents(torrents, entry, account) : null;
    const ofPosts = entry.playsUsenet ? this.#askOfContent(posts, entry, account) : null;
    return ofTorrents instanceof Promise || ofPosts instanceof Promise
      ? Promise.all([ofTorrents, ofPosts]).then(([a, b]) => both(a, b))
      : both(ofTorrents, ofPosts);
  }

  #askOfTorrents(
    torrents: HashedRows,
    entry: ServiceEntry,
    account: DebridAccount,
  ): RowMarks | null | Promise<RowMarks | null> {
    if (account.checkCached === null) return this.#askOfContent(torrents, entry, account);
    return torrents.hashes.length === 0
      ? null
      : this.#answer(torrents, this.#check(torrents, entry, account));
  }

  #askOfContent(
    rows: HashedRows,
    entry: ServiceEntry,
    account: DebridAccount,
  ): RowMarks | null | Promise<RowMarks | null> {
    return account.list === null || rows.hashes.length === 0
      ? null
      : this.#answer(rows, this.#content(rows, entry, account));
  }

  #answer<T extends Aged>(
    torrents: HashedRows,
    question: Question<T>,
  ): RowMarks | null | Promise<RowMarks | null> {
    const { cache, key, load, scope } = question;
    const found = cache.peek(key, load);
    const learnt = this.#parts.learnt.peek(scope);
    if (found !== undefined && learnt !== undefined)
      return marksOf(torrents, question, found, learnt);
    return Promise.all([
      found ?? cache.get(key, load, NEVER_CANCELLED).catch(nothingAnswered),
      learnt ?? this.#parts.learnt.get(scope, nothingLearnt, NEVER_CANCELLED),
    ]).then(([answer, since]) => marksOf(torrents, question, answer, since));
  }

  #check(
    { key, hashes }: HashedRows,
    entry: ServiceEntry,
    account: DebridAccount,
  ): Question<CheckedTorrents> {
    const scope = this.#scopeOf(entry);
    return {
      cache: this.#parts.checked,
      key: `${scope}:${key}`,
      scope,
      load: (signal) => checkAll(account, hashes, signal),
      answerOf: ({ marks }, _infohash, place) => marks[place] ?? MARKS.unknown,
    };
  }

  #content(rows: HashedRows, entry: ServiceEntry, account: DebridAccount): Question<HeldTorrents> {
    const refused = refusedByName(entry.service.service, rows);
    return {
      cache: this.#parts.held,
      key: entry.accountKey,
      scope: entry.accountKey,
      load: (signal) => readContent(account, signal),
      answerOf: ({ infohashes }, infohash, place) =>
        infohashes.has(infohash)
          ? MARKS.cached
          : refused[place] === true
            ? MARKS.notCached
            : MARKS.unknown,
    };
  }

  /** Null where the entry can play nothing. */
  #account(entry: ServiceEntry): DebridAccount | null {
    const known = this.#accounts.get(entry);
    if (known !== undefined) return known;
    try {
      const account = this.#parts.open(entry);
      this.#accounts.set(entry, account);
      return account;
    } catch {
      return null;
    }
  }

  /** The service where its answers are everybody's, else the account. */
  #scopeOf(entry: ServiceEntry): string {
    if ((this.#account(entry)?.checkCached ?? null) === null) return entry.accountKey;
    const { service, credentials } = entry.service;
    // What comes through a user's proxy may be the proxy's own invention.
    if (entry.mediaflow !== null) return entry.accountKey;
    return credentials.some(({ key }) => key === ADDRESS_KEY) ? entry.accountKey : service;
  }
}

/** What was last made of an answer for a set: the same lists are asked for again and again. */
const lastMarks = new WeakMap<Aged, WeakMap<HashedRows, LastMarks>>();

interface LastMarks {
  readonly since: LearntTorrents;
  readonly marks: RowMarks;
}

function marksOf<T extends Aged>(
  torrents: HashedRows,
  { answerOf }: Question<T>,
  { value }: Lookup<T>,
  learnt: Lookup<LearntTorrents>,
): RowMarks | null {
  const since = learnt.value ?? NOTHING_LEARNT;
  if (value === null)
    return since === NOTHING_LEARNT
      ? null
      : marksByRow(torrents, (infohash) => corrected(infohash, MARKS.unknown, 0, since));
  let ofSets = lastMarks.get(value);
  if (ofSets === undefined) lastMarks.set(value, (ofSets = new WeakMap()));
  const last = ofSets.get(torrents);
  if (last?.since === since) return last.marks;
  const marks = marksByRow(torrents, (infohash, place) =>
    corrected(infohash, answerOf(value, infohash, place), value.atMs, since),
  );
  ofSets.set(torrents, { since, marks });
  return marks;
}

/** What playing has shown is known all the same. */
const nothingAnswered = (): Lookup<never> => ({ value: null, tier: 'origin', stale: false });
const unknown = () => null;
const nothingLearnt: Loader<LearntTorrents> = () => Promise.resolve(null);

const NONE: ReadonlySet<string> = new Set();

/** @throws AppError of the first batch that fails */
async function checkAll(
  account: DebridAccount,
  infohashes: readonly string[],
  signal: CancelSignal,
): Promise<CheckedTorrents | null> {
  if (account.checkCached === null) return null;
  const atMs = Date.now();
  const batches: (readonly string[])[] = [];
  for (let at = 0; at < infohashes.length; at += account.checkMax)
    batches.push(infohashes.slice(at, at + account.checkMax));
  const call = { signal, viewerIp: NO_VIEWER };
  const answers = await Promise.all(
    batches.map((batch) => account.checkCached?.(batch, call) ?? Promise.resolve(NONE)),
  );
  const isCached = (infohash: string) => answers.some((found) => found.has(infohash));
  const marks = Uint8Array.from(infohashes, (infohash) =>
    isCached(infohash) ? MARKS.cached : MARKS.notCached,
  );
  return { atMs, marks };
}

async function readContent(
  account: DebridAccount,
  signal: CancelSignal,
): Promise<HeldTorrents | null> {
  if (account.list === null) return null;
  const atMs = Date.now();
  const held = await account.list({ signal, viewerIp: NO_VIEWER });
  const ready = held.filter(({ state }) => state === 'ready');
  return { atMs, infohashes: new Set(ready.map(hashOf)) };
}

function hashOf({ kind, infohash, name }: Transfer): string {
  return kind === 'torrent' ? infohash : postHash(name);
}

/** No row is a torrent and a post. */
function both(a: RowMarks | null, b: RowMarks | null): RowMarks | null {
  if (a === null || b === null) return a ?? b;
  return a.map((mark, row) => (mark === MARKS.unknown ? (b[row] ?? mark) : mark));
}
