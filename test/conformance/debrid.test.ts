/** What every service must do: one suite, run on each of them against a server that speaks its protocol, well and badly. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inspect } from 'node:util';
import type {
  DebridAccount,
  DebridCall,
  DebridFile,
  Transfer,
} from '../../src/features/debrid/contract.ts';
import type { ExceptionVideo } from '../../src/lib/exception-videos/messages.ts';
import { videoOf } from '../../src/features/debrid/failures.ts';
import { Deadline } from '../../src/lib/async/deadline.ts';
import { AppError } from '../../src/lib/errors.ts';
import { CLIENT_KITS } from '../support/client-kits.ts';
import { eventually, NEVER } from '../support/cache-parts.ts';
import {
  CANARY,
  DEBRID_KITS,
  wanted,
  type DebridKit,
  type DebridKitOptions,
} from '../support/debrid-kits.ts';
import { type AccountState, type CloudTorrent } from '../support/upstreams/debrid-cloud.ts';
import { BOMB_BYTES, type Fault } from '../support/upstreams/fault.ts';

const DOWN: ExceptionVideo = 'debrid_service_down_error';

/** What the viewer is shown; more than one where services differ in which call meets the fault. */
const FAULTS: readonly (readonly [fault: Fault, videos: readonly ExceptionVideo[]])[] = [
  [{ kind: 'hang' }, [DOWN]],
  [{ kind: 'hang-body' }, [DOWN]],
  [{ kind: 'slow-drip', pieceBytes: 1, pauseMs: 50 }, [DOWN]],
  [{ kind: 'reset' }, [DOWN]],
  [{ kind: 'cut' }, [DOWN]],
  [{ kind: 'truncated' }, ['api_error']],
  [{ kind: 'garbage' }, ['api_error']],
  [{ kind: 'json', text: '' }, ['api_error']],
  [{ kind: 'json', text: '{}' }, ['api_error']],
  [{ kind: 'json', text: '[]' }, ['api_error']],
  [{ kind: 'json', text: 'null' }, ['api_error']],
  [{ kind: 'json', text: '""' }, ['api_error']],
  [{ kind: 'json', text: '['.repeat(1_000_000) }, ['api_error']],
  [{ kind: 'web-page' }, [DOWN]],
  [{ kind: 'long-json', bytes: 200 * 2 ** 20 }, ['api_error']],
  [{ kind: 'gzip-bomb', bytes: BOMB_BYTES }, ['api_error']],
  [{ kind: 'status', status: 400 }, [DOWN]],
  [{ kind: 'status', status: 401 }, ['invalid_token', 'invalid_credentials']],
  [{ kind: 'status', status: 403 }, ['invalid_token', 'invalid_credentials']],
  [{ kind: 'status', status: 404 }, [DOWN]],
  [{ kind: 'status', status: 500 }, [DOWN]],
  [{ kind: 'status', status: 503 }, [DOWN]],
  [{ kind: 'limited', retryAfterS: 3600 }, ['too_many_requests']],
  [{ kind: 'redirect' }, [DOWN]],
  [{ kind: 'redirect', location: 'http://169.254.169.254/latest/meta-data' }, ['network_error']],
  [{ kind: 'redirect', location: 'http://127.0.0.1:1/' }, ['network_error']],
  [{ kind: 'redirect', location: 'file:///etc/passwd' }, ['network_error', DOWN]],
];
/** What may come in place of any answer, also of a later one: a failure, or no worse than the film that was asked for. */
const LATER_FAULTS: readonly Fault[] = [
  { kind: 'web-page' },
  { kind: 'json', text: '' },
  { kind: 'json', text: '{}' },
  { kind: 'json', text: '[]' },
  { kind: 'json', text: '{"error":"something","success":false,"status":"error"}' },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 502 },
  { kind: 'limited', retryAfterS: 1 },
  { kind: 'reset' },
  { kind: 'truncated' },
  { kind: 'echo', status: 200 },
  { kind: 'echo', status: 500 },
  { kind: 'long-json', bytes: 200 * 2 ** 20 },
  { kind: 'redirect', location: 'http://169.254.169.254/latest/meta-data' },
];
/** Errors that repeat what was sent. */
const ECHOES: readonly Fault[] = [200, 400, 401, 403, 500].map((status) => ({
  kind: 'echo',
  status,
}));
/** These never end by themselves: the caller gives up. */
const ENDLESS: ReadonlySet<Fault['kind']> = new Set(['hang', 'hang-body', 'slow-drip']);
/** Bodies that may not be held: one at a time in this process, so that its memory shows what one costs. */
const LARGE: ReadonlySet<Fault['kind']> = new Set(['long-json', 'gzip-bomb']);
const GIVEN_UP_MS = 500;
const PATIENCE_MS = 60_000;
/** They wait for the rates that services allow much more than they work. */
const CASES_AT_ONCE = 12;
/** Looks until what downloads is ready. */
const LOOKS_MAX = 30;

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };

/** Accounts that cannot play, and what the viewer is shown. */
const STATES: readonly (readonly [AccountState, readonly ExceptionVideo[]])[] = [
  ['expired', ['invalid_token', 'invalid_credentials']],
  ['banned', ['invalid_token', 'invalid_credentials']],
  ['limited', ['too_many_requests']],
];

let lastLarge: Promise<void> = Promise.resolve();
/** Calls `run`, after all whose fault is large, too. */
function inTurn(fault: Fault, run: () => Promise<void>): Promise<void> {
  if (!LARGE.has(fault.kind)) return run();
  const turn = lastLarge.then(run);
  lastLarge = turn.catch(() => undefined);
  return turn;
}

/** All that playing takes. */
async function play(account: DebridAccount, torrent: CloudTorrent, call = CALL): Promise<string> {
  const transfer = await ready(account, await account.open(wanted(torrent), call), call);
  return (await account.link(transfer, fileOf(transfer, 'mp4'), call)).url;
}

async function ready(account: DebridAccount, opened: Transfer, call = CALL): Promise<Transfer> {
  let transfer = opened;
  for (let looks = 0; transfer.state !== 'ready' || transfer.files.length === 0; looks++) {
    assert.ok(looks < LOOKS_MAX, `still ${transfer.state}`);
    assert.notEqual(transfer.state, 'failed');
    const next = await account.refresh(transfer, call);
    assert.ok(next.progress >= transfer.progress, 'progress goes up');
    transfer = next;
  }
  return transfer;
}

function fileOf({ files }: Transfer, extension: string): DebridFile {
  const file = files.find(({ path }) => path.endsWith(extension));
  assert.ok(file !== undefined, inspect(files));
  return file;
}

function checkTransfer(transfer: Transfer): void {
  assert.equal(transfer.kind, 'torrent');
  assert.match(transfer.infohash, /^[0-9a-f]{40}$/);
  assert.ok(transfer.progress >= 0 && transfer.progress <= 1);
  assert.ok(transfer.state !== 'ready' || transfer.progress === 1);
  assert.equal(transfer.failure !== null, transfer.state === 'failed');
  assert.equal(new Set(transfer.files.map(({ id }) => id)).size, transfer.files.length);
  for (const { id, path, sizeBytes } of transfer.files) {
    assert.notEqual(id, '');
    assert.match(path, /^[^/].*$/);
    assert.ok(Number.isSafeInteger(sizeBytes) && sizeBytes >= 0);
  }
}

function checkFailure(error: unknown): asserts error is AppError {
  assert.ok(error instanceof AppError, inspect(error));
  assert.match(error.code, /^(debrid|upstream|fetch)\./);
  assert.match(error.message, /^[^\n]{10,300}$/);
  assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(CANARY), inspect(error));
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    (value) => assert.fail(`it succeeded: ${inspect(value)}`),
    (failure: unknown) => failure,
  );
  checkFailure(error);
  return error;
}

function debridSuite(kit: DebridKit): void {
  const closing: AsyncDisposable[] = [];
  let left = 0;
  /** A case; after the last one of this service all that was opened for it is closed. */
  const it = (name: string, run: () => Promise<void>) => {
    left++;
    void test(`${kit.name} › ${name}`, async () => {
      try {
        await run();
      } finally {
        if (--left === 0) for (const one of closing) await one[Symbol.asyncDispose]();
      }
    });
  };
  /** A case of services that have all of these. */
  const where = (
    needs: readonly (keyof DebridKit['has'])[],
    name: string,
    run: () => Promise<void>,
  ) => {
    if (needs.every((need) => kit.has[need])) it(name, run);
  };
  const open = async (options: DebridKitOptions = {}) => {
    const opened = await kit.open(options);
    closing.push(opened);
    return opened;
  };

  it('offers what its row says, and nothing else', async () => {
    const { checkCached, list, remove } = (await open()).account;
    assert.deepEqual(
      [checkCached !== null, list !== null, remove !== null],
      [kit.has.globalCheck, kit.has.list, kit.has.remove],
    );
  });

  it('right credentials: who it is, and until when', async () => {
    const { account } = await open();
    const info = await account.verify(CALL);
    assert.notEqual(info.user, '');
    assert.equal(info.isPremium, true);
    assert.ok(info.premiumUntilMs === null || info.premiumUntilMs > Date.now());
  });

  where(['subscriptions'], 'an account without a subscription is one', async () => {
    const { account } = await open({ state: 'free' });
    assert.equal((await account.verify(CALL)).isPremium, false);
  });

  it('wrong credentials are refused, by every method', async () => {
    const { account, cloud } = await open({ credentials: 'wrong' });
    const { list, checkCached } = account;
    const calls = [
      account.verify(CALL),
      account.open(wanted(cloud.cached), CALL),
      ...(list === null ? [] : [list.call(account, CALL)]),
      ...(checkCached === null ? [] : [checkCached([cloud.cached.infohash], CALL)]),
    ];
    for (const call of calls) {
      const error = await failureOf(call);
      assert.match(error.code, /^debrid\.bad-(token|login)$/, error.message);
    }
  });

  it('refused credentials are not tried again for a while, but by whoever verifies them', async () => {
    const { account, cloud, upstream } = await open({ credentials: 'wrong' });
    const first = await failureOf(account.open(wanted(cloud.cached), CALL));
    const asked = upstream.asked.length;
    const second = await failureOf(account.open(wanted(cloud.uncached), CALL));
    assert.deepEqual([second.code, second.message], [first.code, first.message]);
    assert.equal(upstream.asked.length, asked);
    await failureOf(account.verify(CALL));
    assert.ok(upstream.asked.length > asked);
  });

  for (const [state, videos] of kit.has.subscriptions ? STATES : [])
    it(`an account that is ${state}: ${videos.join(' or ')}`, async () => {
      const { account, cloud } = await open({ state });
      for (const call of [
        () => account.verify(CALL),
        () => account.open(wanted(cloud.cached), CALL),
      ]) {
        const error = await failureOf(call());
        assert.ok(videos.includes(videoOf(error)), error.message);
      }
    });

  where(['subscriptions'], 'without a subscription nothing plays: need_premium', async () => {
    const { account, cloud } = await open({ state: 'free' });
    assert.equal(videoOf(await failureOf(play(account, cloud.cached))), 'need_premium');
  });

  where(['transfers', 'subscriptions'], 'as many downloads as it may have', async () => {
    const { account, cloud } = await open({ state: 'full' });
    const error = await failureOf(account.open(wanted(cloud.uncached), CALL));
    assert.ok(
      ['torrent_limit', 'queue_full', 'not_enough_space'].includes(videoOf(error)),
      error.message,
    );
    assert.equal((await account.verify(CALL)).isPremium, true, 'the service is not left alone');
  });

  it('what is cached plays at once', async () => {
    const { account, cloud, urlOf } = await open();
    const transfer = await ready(account, await account.open(wanted(cloud.cached), CALL));
    checkTransfer(transfer);
    assert.equal(transfer.infohash, cloud.cached.infohash);
    const video = fileOf(transfer, 'mp4');
    const [, expected] = cloud.cached.files;
    assert.ok(expected !== undefined);
    assert.ok(expected.path.endsWith(video.path), video.path);
    assert.equal(video.sizeBytes, expected.sizeBytes);
    const link = await account.link(transfer, video, CALL);
    assert.equal(link.url, urlOf(cloud.cached, expected));
  });

  where(
    ['transfers'],
    'what is not cached is added once, gets on, and every file of it plays',
    async () => {
      const { account, cloud, held, urlOf } = await open();
      const opened = await account.open(wanted(cloud.uncached), CALL);
      checkTransfer(opened);
      assert.notEqual(opened.state, 'ready');
      assert.notEqual(opened.id, '');
      await account.open(wanted(cloud.uncached), CALL);
      assert.equal(held.held.length, 1);
      const transfer = await ready(account, opened);
      checkTransfer(transfer);
      assert.equal(transfer.files.length, cloud.uncached.files.length);
      for (const file of transfer.files) {
        const expected = cloud.uncached.files.find(({ path }) => path.endsWith(file.path));
        assert.ok(expected !== undefined, file.path);
        const { url } = await account.link(transfer, file, CALL);
        assert.equal(url, urlOf(cloud.uncached, expected));
      }
    },
  );

  it('a link survives a transfer that has forgotten its locators', async () => {
    const { account, cloud } = await open();
    const transfer = await ready(account, await account.open(wanted(cloud.cached), CALL));
    const file = { ...fileOf(transfer, 'mp4'), locator: '' };
    const { url } = await account.link({ ...transfer, files: [file] }, file, CALL);
    assert.ok(url.endsWith('/Sintel.mp4'), url);
  });

  where(
    ['transfers'],
    'what nobody seeds has failed, and is tried again when it is asked for again',
    async () => {
      const { account, cloud } = await open();
      let transfer = await account.open(wanted(cloud.dead), CALL);
      for (let looks = 0; transfer.state !== 'failed' && looks < LOOKS_MAX; looks++)
        transfer = await account.refresh(transfer, CALL);
      checkTransfer(transfer);
      assert.equal(transfer.state, 'failed');
      cloud.dead.health = 'good';
      const again = await ready(account, await account.open(wanted(cloud.dead), CALL));
      assert.ok((await account.link(again, fileOf(again, 'mp4'), CALL)).url.endsWith('.mp4'));
    },
  );

  where(['globalCheck'], 'asks about many torrents at once', async () => {
    const { account, cloud } = await open();
    const { checkCached, checkMax } = account;
    assert.ok(checkCached !== null);
    const others = Array.from({ length: checkMax - 2 }, (_, index) =>
      index.toString(16).padStart(40, 'f'),
    );
    const asked = [...others, cloud.uncached.infohash, cloud.cached.infohash];
    assert.deepEqual([...(await checkCached(asked, CALL))], [cloud.cached.infohash]);
  });

  where(['list'], 'lists all that the account holds, newest first', async () => {
    const { account, cloud, held } = await open();
    const { list } = account;
    assert.ok(list !== null);
    assert.deepEqual(await list.call(account, CALL), []);
    cloud.fill(held, 1203);
    const transfers = await list.call(account, CALL);
    assert.equal(transfers.length, 1203);
    assert.equal(transfers[0]?.name, 'Film 1202');
    for (const transfer of transfers) checkTransfer(transfer);
    assert.ok(transfers.every(({ state }) => state === 'ready'));
  });

  it('what the account holds plays, however much else there is', async () => {
    const { account, cloud, held } = await open();
    await ready(account, await account.open(wanted(cloud.cached), CALL));
    cloud.fill(held, 700);
    const before = held.held.length;
    assert.ok((await play(account, cloud.cached)).endsWith('/Sintel.mp4'));
    assert.equal(held.held.length, before);
  });

  where(['remove'], 'removes this one and nothing else', async () => {
    const { account, cloud, held } = await open();
    const { remove } = account;
    assert.ok(remove !== null);
    cloud.fill(held, 3);
    const others = [...held.held];
    const { id } = await account.open(wanted(cloud.uncached), CALL);
    assert.equal(held.held.length, 4);
    await remove.call(account, id, CALL);
    assert.deepEqual(held.held, others);
    const error = await failureOf(remove.call(account, id, CALL));
    assert.equal(error.code, 'debrid.not-found', error.message);
  });

  for (const [fault, videos] of FAULTS)
    it(`${inspect(fault, { breakLength: Infinity, maxStringLength: 40 })}: ${videos.join(' or ')}`, () =>
      inTurn(fault, async () => {
        const { account, cloud, upstream } = await open({ script: { fault } });
        const startedMs = performance.now();
        const rssBytes = process.memoryUsage().rss;
        using deadline = new Deadline({
          timeoutMs: ENDLESS.has(fault.kind) ? GIVEN_UP_MS : PATIENCE_MS,
          failure: () => new AppError('fetch.timeout', 'this was given up'),
        });
        const call = { signal: deadline.signal, viewerIp: '192.0.2.7' };
        const error = await failureOf(account.open(wanted(cloud.cached), call));
        assert.ok(videos.includes(videoOf(error)), `${error.code}: ${error.message}`);
        assert.ok(performance.now() - startedMs < PATIENCE_MS / 2);
        if (LARGE.has(fault.kind)) assert.ok(process.memoryUsage().rss - rssBytes < 150 * 2 ** 20);
        await eventually('no call is left', () => upstream.underWay === 0);
      }));

  for (const fault of ECHOES)
    it(`${inspect(fault)}: an error that repeats the credentials shows none`, async () => {
      const { account, cloud } = await open({ script: { fault } });
      await failureOf(account.verify(CALL));
      await failureOf(account.open(wanted(cloud.cached), CALL));
    });

  for (const fault of LATER_FAULTS)
    it(`${inspect(fault, { breakLength: Infinity, maxStringLength: 40 })} at each call of a play`, () =>
      inTurn(fault, async () => {
        for (let at = 1; ; at++) {
          let calls = 0;
          const { account, cloud, upstream } = await open({
            script: () => (++calls === at ? { fault } : {}),
          });
          const outcome = await play(account, cloud.cached).then(
            (url) => url,
            (error: unknown) => error,
          );
          if (typeof outcome === 'string') assert.ok(outcome.endsWith('/Sintel.mp4'), outcome);
          else if (!(outcome instanceof assert.AssertionError)) checkFailure(outcome);
          await eventually('no call is left', () => upstream.underWay === 0);
          if (calls < at) return assert.ok(at > 1);
        }
      }));

  it('a caller that leaves ends its call, at each of them', async () => {
    const reason = new AppError('request.cancelled', 'enough');
    for (let at = 1; ; at++) {
      let calls = 0;
      const { account, cloud, upstream } = await open({
        script: () => (++calls < at ? {} : { fault: { kind: 'hang' } }),
      });
      const control = new AbortController();
      const work = play(account, cloud.cached, { signal: control.signal, viewerIp: '' });
      let isOver = false;
      const outcome = work
        .then(
          () => null,
          (error: unknown) => error,
        )
        .finally(() => (isOver = true));
      await eventually('it hangs or is over', () => isOver || calls >= at);
      if (calls < at) {
        assert.equal(await outcome, null);
        assert.ok(at > 1);
        return;
      }
      control.abort(reason);
      assert.equal(await outcome, reason);
      await eventually('the call has ended', () => upstream.underWay === 0);
      upstream.script = {};
      assert.ok((await play(account, cloud.cached)).endsWith('/Sintel.mp4'));
    }
  });

  it('works again when the fault is over', async () => {
    const { account, cloud, upstream } = await open({ script: { fault: { kind: 'reset' } } });
    await failureOf(play(account, cloud.cached));
    upstream.script = {};
    assert.ok((await play(account, cloud.cached)).endsWith('/Sintel.mp4'));
  });

  it('many at a time keep within its bound', async () => {
    const { account, cloud, upstream } = await open({ script: { latency: 5 } });
    const plays = Array.from({ length: 4 }, () => play(account, cloud.cached));
    for (const url of await Promise.all(plays)) assert.ok(url.endsWith('/Sintel.mp4'));
    assert.ok(upstream.mostUnderWay <= kit.concurrencyMax, String(upstream.mostUnderWay));
  });

  it('nothing that it gives holds a credential, and none stands in an address', async () => {
    const { account, cloud, upstream } = await open();
    const transfer = await ready(account, await account.open(wanted(cloud.cached), CALL));
    const link = await account.link(transfer, fileOf(transfer, 'mp4'), CALL);
    const info = await account.verify(CALL);
    assert.ok(!inspect([transfer, link, info, account], { depth: 10 }).includes(CANARY));
    assert.ok(!JSON.stringify([transfer, link, info]).includes(CANARY));
    for (const { path, query } of upstream.asked)
      if (path !== kit.tokenInAddressOf)
        assert.ok(!`${path}?${query}`.includes(CANARY), `${path}?${query}`);
  });
}

describe('services', { concurrency: CASES_AT_ONCE }, () => {
  for (const kit of [...DEBRID_KITS, ...CLIENT_KITS]) debridSuite(kit);
});
