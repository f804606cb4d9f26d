/** Who shares the stream of a channel: all who may see what plays, whatever order their sources have. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelSource } from '../../../../src/features/iptv/contract.ts';
import { ChannelStreams } from '../../../../src/features/iptv/proxy/channel-streams.ts';
import type { ChannelStreamParts } from '../../../../src/features/iptv/proxy/channel-stream.ts';
import type { Seat } from '../../../../src/features/iptv/proxy/seat.ts';
import { NEVER_CANCELLED, type CancelSignal } from '../../../../src/lib/async/cancel.ts';
import { poll, sleep } from '../../../../src/lib/async/wait.ts';
import { AppError } from '../../../../src/lib/errors.ts';
import { createTestLogger } from '../../../support/test-logger.ts';

const LINGER_MS = 20;
const GIVE_BACK_MS = 60;
const PIECE_MS = 5;

/** Providers whose sources send their number until they are broken, and accounts that give their slots back slowly. */
class Upstream {
  readonly open = new Map<number, () => void>();
  readonly opened: number[] = [];
  readonly broken = new Set<number>();
  slotsMax = 100;
  slotsTaken = 0;
  roomMakers: ((providerId: number) => Promise<boolean>)[] = [];

  streams(): ChannelStreams {
    const parts: unknown = {
      fetcher: { fetchBytes: (url: string, options: Asked) => this.#send(url, options) },
      slots: { roomMakers: this.roomMakers, take: () => this.#take(true) },
      learnt: { tell: () => undefined },
      counts: { connections: 0, skips: 0, failovers: 0, viewers: 0 },
      logger: createTestLogger(),
    };
    return new ChannelStreams(parts as ChannelStreamParts, LINGER_MS);
  }

  break(sourceId: number): void {
    this.broken.add(sourceId);
    this.open.get(sourceId)?.();
  }

  #send(url: string, { signal, onBody }: Asked): Promise<{ readonly status: number }> {
    const sourceId = Number(url.split('/').at(-1));
    this.opened.push(sourceId);
    assert.equal(this.open.has(sourceId), false, `source ${sourceId} is opened twice`);
    return new Promise((_resolve, reject) => {
      if (this.broken.has(sourceId)) return reject(new AppError('fetch.failed', 'broken'));
      const timer = setInterval(() => onBody(Buffer.alloc(32_768, sourceId), 'x'), PIECE_MS);
      const end = (error: unknown) => {
        clearInterval(timer);
        this.open.delete(sourceId);
        reject(error);
      };
      this.open.set(sourceId, () => end(new AppError('fetch.failed', 'broken')));
      signal.addEventListener('abort', () => end(signal.reason), { once: true });
    });
  }

  async #take(mayMakeRoom: boolean): Promise<AsyncDisposable | null> {
    if (this.slotsTaken < this.slotsMax) {
      this.slotsTaken++;
      return {
        [Symbol.asyncDispose]: async () => {
          await sleep(GIVE_BACK_MS);
          this.slotsTaken--;
        },
      };
    }
    const made = mayMakeRoom && (await Promise.all(this.roomMakers.map((make) => make(1))));
    return Array.isArray(made) && made.includes(true) ? this.#take(false) : null;
  }
}

interface Asked {
  readonly signal: CancelSignal;
  readonly onBody: (piece: Buffer, contentType: string) => void;
}

function source(sourceId: number): ChannelSource {
  const stream = {
    sourceId,
    providerId: 1,
    provider: 'One',
    url: `http://one.example/${sourceId}`,
    storedUrl: `http://one.example/${sourceId}`,
  };
  return {
    ...stream,
    quality: 0,
    catchupType: '',
    catchupSource: '',
    userAgent: '',
    referrer: '',
    properties: [],
    mode: 'proxy',
    slotsMax: 1,
    confidence: null,
    isDown: false,
    failure: '',
    checkedAt: null,
    seenAt: null,
  };
}

async function sit(streams: ChannelStreams, ids: number[], isChosen = false): Promise<Seat> {
  const wanted = { channelId: 'one', sources: ids.map(source), isChosen };
  const seat = await streams.join(wanted, NEVER_CANCELLED);
  assert.ok(typeof seat !== 'number');
  return seat;
}

/** What a viewer sees: numbers of sources, each once as they come. */
function watch(seat: Seat) {
  const seen: number[] = [];
  const watching = { seen, end: 'goes on' };
  const read = async () => {
    for await (const block of seat.read(NEVER_CANCELLED))
      if (block[0] !== undefined && seen.at(-1) !== block[0]) seen.push(block[0]);
  };
  read().then(
    () => (watching.end = 'ended'),
    (error: unknown) => (watching.end = error instanceof AppError ? error.code : String(error)),
  );
  return watching;
}

const until = async (what: string, isTrue: () => boolean) =>
  assert.ok(await poll(isTrue, { everyMs: 5, timeoutMs: 20_000 }), what);

test('the order of the sources makes no second connection, nor does the choice of one while others watch', async () => {
  const upstream = new Upstream();
  await using streams = upstream.streams();
  await sit(streams, [1, 2]);
  await sit(streams, [2, 1]);
  await sit(streams, [2, 1, 3], true);
  await sit(streams, [1]);
  assert.deepEqual(upstream.opened, [1]);
});

test('a viewer who may not see what plays has another stream', async () => {
  const upstream = new Upstream();
  await using streams = upstream.streams();
  await sit(streams, [1, 2]);
  const other = watch(await sit(streams, [2]));
  await until('it plays', () => other.seen.includes(2));
  assert.deepEqual([upstream.opened, other.seen], [[1, 2], [2]]);
});

test('the source that a viewer chooses takes the place of one that nobody watches any more', async () => {
  const upstream = new Upstream();
  await using streams = upstream.streams();
  (await sit(streams, [1, 2]))[Symbol.dispose]();
  const chosen = watch(await sit(streams, [2, 1], true));
  await until('it plays', () => chosen.seen.includes(2));
  assert.deepEqual([[...upstream.open.keys()], chosen.seen], [[2], [2]]);
});

test('a viewer who comes while the channel is being closed sees it, once its slot is free', async () => {
  const upstream = new Upstream();
  upstream.slotsMax = 1;
  await using streams = upstream.streams();
  (await sit(streams, [1]))[Symbol.dispose]();
  await until('it is being closed', () => upstream.open.size === 0 && upstream.slotsTaken === 1);
  const again = await Promise.all([sit(streams, [1]), sit(streams, [1])]);
  const watching = again.map(watch);
  await until('both see it', () => watching.every(({ seen }) => seen.length > 0));
  assert.deepEqual(
    [watching.map(({ end }) => end), upstream.opened],
    [
      ['goes on', 'goes on'],
      [1, 1],
    ],
  );
});

test('another channel of the account waits for the slot of the one that is being closed', async () => {
  const upstream = new Upstream();
  upstream.slotsMax = 1;
  await using streams = upstream.streams();
  (await sit(streams, [1]))[Symbol.dispose]();
  await until('it is being closed', () => upstream.open.size === 0 && upstream.slotsTaken === 1);
  const wanted = { channelId: 'two', sources: [source(2)], isChosen: false };
  const seat = await streams.join(wanted, NEVER_CANCELLED);
  assert.ok(typeof seat !== 'number');
});

test('when a source fails, each viewer goes on with one that they may see', async () => {
  const upstream = new Upstream();
  await using streams = upstream.streams();
  const narrow = watch(await sit(streams, [1, 3]));
  const wide = watch(await sit(streams, [2, 1]));
  const only = watch(await sit(streams, [1]));
  await until('all see the first', () =>
    [narrow, wide, only].every(({ seen }) => seen.includes(1)),
  );
  upstream.break(1);
  await until('the one with the third goes on', () => narrow.seen.includes(3));
  upstream.break(3);
  await until('the one with the second goes on', () => wide.seen.includes(2));
  await until('the others are told', () => only.end !== 'goes on' && narrow.end !== 'goes on');
  assert.deepEqual([narrow.end, only.end], ['fetch.failed', 'fetch.failed']);
  assert.equal(wide.end, 'goes on');
});
