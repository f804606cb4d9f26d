/** What every Usenet client must do: one suite, run on each of them against a server that speaks its protocol, well and badly. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { inspect } from 'node:util';
import type { DebridAccount, DebridCall, Transfer } from '../../src/features/debrid/contract.ts';
import { videoOf } from '../../src/features/debrid/failures.ts';
import { AppError } from '../../src/lib/errors.ts';
import type { JsonObject } from '../../src/lib/json/json-value.ts';
import { eventually, NEVER } from '../support/cache-parts.ts';
import { onOwnHost, OWN_HOST } from '../support/client-kits.ts';
import {
  CANARY,
  NZB,
  openAccount,
  openDebridTools,
  TOKEN,
  wantedNzb,
} from '../support/debrid-kits.ts';
import type { FakeUpstream, UpstreamOptions } from '../support/upstreams/fake-upstream.ts';
import { BOMB_BYTES, type Fault } from '../support/upstreams/fault.ts';
import { NewsWorld, VIDEO_BYTES } from '../support/upstreams/news-world.ts';
import { startNzbGet } from '../support/upstreams/nzbget.ts';
import { startSabnzbd } from '../support/upstreams/sabnzbd.ts';

const CALL: DebridCall = { signal: NEVER, viewerIp: '' };
const LOOKS_MAX = 30;
const NO_NZB = 'a page';
const WANTED = wantedNzb('Sintel.2010.1080p.WEB.H264-BLENDER');
const FAULTS: readonly Fault[] = [
  { kind: 'json', text: '""' },
  { kind: 'json', text: '{"status":false,"error":"something"}' },
  { kind: 'gzip-bomb', bytes: BOMB_BYTES },
  { kind: 'status', status: 400 },
  { kind: 'status', status: 401 },
  { kind: 'status', status: 403 },
  { kind: 'status', status: 502 },
  { kind: 'redirect' },
  { kind: 'redirect', location: 'http://127.0.0.1:1/' },
  { kind: 'redirect', location: 'file:///etc/passwd' },
  { kind: 'echo', status: 500 },
  { kind: 'reset' },
  { kind: 'cut' },
  { kind: 'truncated' },
  { kind: 'garbage' },
  { kind: 'json', text: '' },
  { kind: 'json', text: '{}' },
  { kind: 'json', text: '[]' },
  { kind: 'json', text: 'null' },
  { kind: 'web-page' },
  { kind: 'long-json', bytes: 200 * 2 ** 20 },
  { kind: 'status', status: 404 },
  { kind: 'status', status: 500 },
  { kind: 'limited', retryAfterS: 60 },
  { kind: 'redirect', location: 'http://169.254.169.254/latest/meta-data' },
  { kind: 'echo', status: 200 },
  { kind: 'echo', status: 403 },
];

interface NewsKit {
  readonly service: string;
  start(world: NewsWorld, options: Partial<UpstreamOptions>): Promise<FakeUpstream>;
  entry(url: string, secret: string, category: string): JsonObject;
}

const KITS: readonly NewsKit[] = [
  {
    service: 'sabnzbd',
    start: (world, options) => startSabnzbd(world, { ...options, kind: 'sabnzbd', apiKey: TOKEN }),
    entry: (u, ak, cat) => ({ sv: 'sabnzbd', sbc: { u, ak, cat, wur: `${u}/dav` } }),
  },
  {
    service: 'nzbdav',
    start: (world, options) => startSabnzbd(world, { ...options, kind: 'nzbdav', apiKey: TOKEN }),
    entry: (u, ak, cat) => ({ sv: 'nzbdav', ndc: { u, ak, cat } }),
  },
  {
    service: 'nzbget',
    start: (world, options) => startNzbGet(world, { ...options, login: `me:${TOKEN}` }),
    entry: (u, pw, cat) => ({ sv: 'nzbget', ngc: { u, un: 'me', pw, cat, wur: `${u}/dav` } }),
  },
];

async function ended(account: DebridAccount, opened: Transfer): Promise<Transfer> {
  let transfer = opened;
  for (let looks = 0; transfer.state !== 'ready' && transfer.state !== 'failed'; looks++) {
    assert.ok(looks < LOOKS_MAX, `still ${transfer.state}`);
    const next = await account.refresh(transfer, CALL);
    assert.ok(next.progress >= transfer.progress, 'progress goes up');
    transfer = next;
  }
  return transfer;
}

async function failureOf(work: Promise<unknown>): Promise<AppError> {
  const error = await work.then(
    (value) => assert.fail(`it succeeded: ${inspect(value)}`),
    (failure: unknown) => failure,
  );
  assert.ok(error instanceof AppError, inspect(error));
  assert.match(error.code, /^(debrid|upstream|fetch)\./);
  assert.ok(!inspect(error, { depth: 10, showHidden: true }).includes(CANARY), inspect(error));
  return error;
}

function usenetSuite(kit: NewsKit): void {
  describe(kit.service, () => {
    const closing: AsyncDisposable[] = [];
    after(async () => {
      for (const one of closing) await one[Symbol.asyncDispose]();
    });

    const open = async (script?: UpstreamOptions['script']) => {
      const world = new NewsWorld();
      const upstream = await kit.start(world, script === undefined ? {} : { script });
      const tools = openDebridTools({}, [OWN_HOST]);
      closing.push(tools, upstream);
      const account = (category = 'films', secret = TOKEN) =>
        openAccount(kit.entry(onOwnHost(upstream.url), secret, category), tools);
      return { account, world, upstream };
    };

    it('right credentials, and wrong ones', async () => {
      const { account } = await open();
      assert.equal((await account().verify(CALL)).isPremium, true);
      for (const own of [account('films', 'wrong'), account('', 'wrong2')]) {
        assert.equal((await failureOf(own.open(WANTED, CALL))).code, 'debrid.bad-token');
        assert.equal((await failureOf(own.verify(CALL))).code, 'debrid.bad-token');
      }
    });

    it('an NZB is added once, gets on, and its files play', async () => {
      for (const category of ['films', '']) {
        const { account, world, upstream } = await open();
        const own = account(category);
        const opened = await own.open(WANTED, CALL);
        assert.equal(opened.state, 'queued');
        await own.open(WANTED, CALL);
        const transfer = await ended(own, opened);
        await own.open(WANTED, CALL);
        assert.equal(world.jobs.length, 1);
        assert.equal(transfer.name, WANTED.name);
        const expected = [`${WANTED.name}.mkv`, 'Subs/english.srt'];
        assert.deepEqual(transfer.files.map(({ path }) => path).toSorted(), expected.toSorted());
        const video = transfer.files.find(({ path }) => path.endsWith('.mkv'));
        assert.equal(video?.sizeBytes, VIDEO_BYTES);
        const { url } = await own.link(transfer, video, CALL);
        assert.match(url, /^http:\/\/localhost:\d+\/.*\/Sintel.*\/Sintel.*\.mkv$/);
        const forgotten = { ...transfer, files: [] };
        const again = await own.link(forgotten, { ...video, locator: '' }, CALL);
        assert.equal(again.url, url);
        assert.deepEqual((await own.list?.(CALL))?.length, 1);
        for (const { path, query } of upstream.asked)
          assert.ok(!`${path}?${query}`.includes(CANARY), `${path}?${query}`);
        assert.ok(!JSON.stringify([transfer, url]).includes(CANARY));
      }
    });

    it('a share that shows a file a little late is waited for, and one that never shows it is named', async () => {
      const { account, world } = await open();
      const own = account();
      world.endedAtS = Math.floor(Date.now() / 1000);
      const opened = await own.open(WANTED, CALL);
      for (const job of world.jobs) job.looks = LOOKS_MAX;
      world.shareLag = 2;
      const late = await own.refresh(opened, CALL);
      assert.deepEqual([late.state, late.progress, late.files], ['downloading', 0.99, []]);
      assert.equal((await ended(own, late)).files.length, 2);
      world.endedAtS -= 3600;
      world.shareLag = Number.POSITIVE_INFINITY;
      assert.equal((await failureOf(own.refresh(opened, CALL))).code, 'debrid.share-failed');
    });

    for (const wasTaken of [true, false])
      it(`the connection breaks as it is added, ${wasTaken ? 'and it was taken' : 'and it was not'}: added once`, async () => {
        let broken = 0;
        const { account, world } = await open((asked) => {
          const isAdd = /addfile|"append"/.test(`${asked.query} ${asked.body}`);
          return isAdd && broken++ === 0 ? { fault: { kind: 'reset' } } : {};
        });
        // The fake takes what it is sent before it breaks the connection.
        if (!wasTaken) world.ignored = 1;
        const { state } = await ended(account(), await account().open(WANTED, CALL));
        assert.deepEqual([state, world.jobs.length], ['ready', 1]);
      });

    it('what misses posts has failed, and is added anew', async () => {
      const { account, world } = await open();
      const own = account();
      world.broken.add(NZB);
      const failed = await ended(own, await own.open(WANTED, CALL));
      assert.deepEqual([failed.state, failed.failure], ['failed', 'debrid.usenet-failed']);
      world.broken.clear();
      const { state } = await ended(own, await own.open(WANTED, CALL));
      assert.equal(state, 'ready');
    });

    it('removes what is of its category, and nothing else', async () => {
      const { account, world } = await open();
      const own = account('films');
      const users = world.add(NZB, 'Of the user', 'tv');
      const transfer = await ended(own, await own.open(WANTED, CALL));
      const rows = (await own.list?.(CALL)) ?? [];
      const other = rows.find(({ name }) => name === users.name);
      assert.ok(own.remove !== null && other !== undefined);
      assert.equal((await failureOf(own.remove(other.id, CALL))).code, 'debrid.unsupported');
      await own.remove(transfer.id, CALL);
      assert.deepEqual(world.jobs, [users]);
      assert.equal((await failureOf(own.remove(transfer.id, CALL))).code, 'debrid.not-found');
      assert.equal((await failureOf(own.refresh(transfer, CALL))).code, 'debrid.not-found');
      assert.equal(account('').remove, null);
    });

    it('what is no NZB is not taken, and an NZB that cannot be had is not asked for again', async () => {
      const { account, world } = await open();
      const own = account();
      const failure = await own.open(wantedNzb(WANTED.name, NO_NZB), CALL).then(
        async (transfer) => (await ended(own, transfer)).failure,
        (error: AppError) => error.code,
      );
      assert.equal(failure, 'debrid.usenet-failed');
      world.jobs.length = 0;
      const content = () => Promise.reject(new AppError('upstream.limited', 'no more today'));
      const limited = await failureOf(own.open({ ...WANTED, content }, CALL));
      assert.equal(limited.code, 'upstream.limited');
      assert.equal(world.jobs.length, 0);
    });

    it('torrents are not for it', async () => {
      const { account } = await open();
      const torrent = {
        kind: 'torrent',
        infohash: 'a'.repeat(40),
        name: '',
        trackers: [],
      } as const;
      const error = await failureOf(account().open(torrent, CALL));
      assert.equal(error.code, 'debrid.unsupported');
    });

    for (const fault of FAULTS)
      it(`${inspect(fault, { breakLength: Infinity })}: a failure that says nothing secret`, async () => {
        const { account, upstream } = await open({ fault });
        const memoryBytes = process.memoryUsage().rss;
        await failureOf(account().verify(CALL));
        const error = await failureOf(account().open(WANTED, CALL));
        assert.notEqual(videoOf(error), undefined);
        assert.ok(process.memoryUsage().rss - memoryBytes < 150 * 2 ** 20);
        await eventually('no call is left', () => upstream.underWay === 0);
      });
  });
}

for (const kit of KITS) usenetSuite(kit);
